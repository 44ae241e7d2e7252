"""What starting the window loads: nothing that its first picture does not need, so that the start stays quick."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LATER = {
    "the web engine": ("PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "PySide6.QtNetwork"),
    "servers": ("aioimaplib", "aiosmtplib", "truststore", "idna", "desktopmail.protocols"),
    "the key store": ("keyring", "cryptography", "secretstorage"),
    "messages": ("nh3", "tinycss2", "email", "html", "desktopmail.mime", "desktopmail.formats"),
    "content": ("zstandard", "hashlib"),
    "verbs": ("desktopmail.engine.actions", "desktopmail.engine.lanes", "desktopmail.engine.outbox"),
    "search": ("desktopmail.domain.query", "desktopmail.store.searching", "desktopmail.gui.search.hints"),
    "what the first picture does not show": (
        "desktopmail.gui.accounts",
        "desktopmail.gui.activity.panel",
        "desktopmail.gui.choosing",
        "desktopmail.gui.composer",
        "desktopmail.gui.reader.pane",
        "desktopmail.gui.widgets.toast",
        "desktopmail.gui.wizard",
    ),
}
WINDOW = "import desktopmail.app.main, desktopmail.app.window, desktopmail.gui.loop, desktopmail.gui.window"
COMMAND = "import desktopmail.app.main"


def loaded(imports: str) -> set[str]:
    """The modules that a new interpreter holds after these imports."""
    run = subprocess.run(
        [sys.executable, "-c", f"{imports}\nimport sys\nprint(*sys.modules)"],
        capture_output=True, text=True, check=True, env=os.environ | {"QT_API": "pyside6"}, timeout=60,
    )  # fmt: skip
    return set(run.stdout.split())


@pytest.fixture(scope="module")
def window() -> set[str]:
    return loaded(f"{WINDOW}, desktopmail.engine.engine")


@pytest.mark.parametrize("what", LATER)
def test_the_window_starts_without(what: str, window: set[str]) -> None:
    early = [name for name in window for later in LATER[what] if name == later or name.startswith(f"{later}.")]
    assert early == []


def test_reading_the_command_line_loads_neither_engine_nor_toolkit() -> None:
    """`desktopmail --help` answers at once."""
    early = [name for name in loaded(COMMAND) if name.split(".")[0] in ("PySide6", "asyncio", "apsw", "ssl")]
    early += [name for name in loaded(COMMAND) if name.startswith(("desktopmail.engine", "desktopmail.store"))]
    assert early == []
