"""What starting the window loads: nothing that its first picture does not need, so that the start stays quick."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LATER = {
    "the web engine": ("PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "PySide6.QtNetwork"),
    "the parser of commands": ("argparse", "gettext", "desktopmail.app.commandline", "desktopmail.cli.arguments"),
    "servers": ("aioimaplib", "aiosmtplib", "truststore", "idna", "desktopmail.protocols"),
    "the key store": ("keyring", "cryptography", "secretstorage"),
    "messages": ("nh3", "tinycss2", "email", "html", "desktopmail.mime", "desktopmail.formats"),
    "content": ("zstandard", "hashlib"),
    "verbs": ("desktopmail.engine.actions", "desktopmail.engine.lanes", "desktopmail.engine.outbox"),
    "search": ("desktopmail.domain.query", "desktopmail.store.searching", "desktopmail.gui.search.hints"),
    "the loop": ("asyncio", "qasync", "ssl", "concurrent"),
    "news and notes": ("desktopmail.domain.changes", "desktopmail.domain.hosts", "desktopmail.gui.gathering"),
    "what the first picture does not show": (
        "desktopmail.app.logs",
        "desktopmail.engine.keys",
        "desktopmail.gui.accounts",
        "desktopmail.gui.activity.panel",
        "desktopmail.gui.applying",
        "desktopmail.gui.beside",
        "desktopmail.gui.choosing",
        "desktopmail.gui.commands",
        "desktopmail.gui.composer",
        "desktopmail.gui.desktop",
        "desktopmail.gui.foldering",
        "desktopmail.gui.going",
        "desktopmail.gui.menus",
        "desktopmail.gui.notify",
        "desktopmail.gui.reader.pane",
        "desktopmail.gui.trouble",
        "desktopmail.gui.verbs",
        "desktopmail.gui.welcome",
        "desktopmail.gui.widgets.toast",
        "desktopmail.gui.wiring",
        "desktopmail.gui.wizard",
        "desktopmail.gui.writing",
    ),
    "further starts": ("socket", "desktopmail.app.instance", "desktopmail.app.wishes"),
}
COMMAND = "import desktopmail.app.main"
WINDOW = """
import asyncio, sys
from pathlib import Path
from desktopmail.domain.account import NewAccount
from desktopmail.store.store import Store

async def fill():
    store = Store.open(Path(sys.argv[1]))
    await store.write(lambda tx: tx.accounts.add(NewAccount("ada@example.org", "Ada", "Ada", None, None)))
    await store.close()

asyncio.run(fill())
"""
START = """
import sys
from desktopmail.app.options import parse
from desktopmail.app.window import run
from desktopmail.gui.toolkit import LATER

def painted(window):
    print(*sys.modules)
    print("rows are shown:", window.messages.model.place is not None and window.isVisible())
    print(*(name for name in LATER if "__getattr__" not in vars(sys.modules[name])))
    window.settled.connect(window.close)

sys.exit(run(parse(["--profile", sys.argv[1]]), painted))
"""
CLOSED = """
import sys
from desktopmail.app.options import parse
from desktopmail.app.window import run

print(run(parse(["--profile", sys.argv[1]]), lambda window: window.close()))
"""


def said(program: str, *arguments: str) -> str:
    """What a new interpreter says that runs this program to its end."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True, text=True, check=True, env=environment, timeout=120,
    )  # fmt: skip
    return run.stdout


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What is loaded when the list of a profile with an account is on screen."""
    profile = str(tmp_path_factory.mktemp("start") / "profile")
    said(WINDOW, profile)
    modules, shown, described = said(START, profile).splitlines()
    assert shown == "rows are shown: True"
    assert described == "shibokensupport.signature.importhandler", "signatures are described when somebody asks"
    return set(modules.split())


@pytest.mark.parametrize("what", LATER)
def test_the_window_starts_without(what: str, window: set[str]) -> None:
    early = [name for name in window for later in LATER[what] if name == later or name.startswith(f"{later}.")]
    assert early == []


def test_reading_the_command_line_loads_neither_engine_nor_toolkit() -> None:
    """`desktopmail --help` answers at once."""
    loaded = said(f"{COMMAND}\nimport sys\nprint(*sys.modules)").split()
    early = [name for name in loaded if name.split(".")[0] in ("PySide6", "asyncio", "apsw", "ssl")]
    early += [name for name in loaded if name.startswith(("desktopmail.engine", "desktopmail.store"))]
    assert early == []


def test_a_window_closed_at_its_first_picture_ends_the_program(tmp_path: Path) -> None:
    """It is closed before there is a loop, and stays so."""
    profile = str(tmp_path / "profile")
    said(WINDOW, profile)
    assert said(CLOSED, profile).split() == ["0"]
