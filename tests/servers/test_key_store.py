"""Passwords in a real Secret Service: GNOME Keyring on a private D-Bus session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
import asyncio
from desktopmail.domain.account import Account, Endpoint, ImapServer, Security
from desktopmail.domain.errors import MailError
from desktopmail.store.secrets.keystore import Keyring
source = Keyring(seconds=15)
server = ImapServer(Endpoint("imap.example.org", 993, Security.TLS, "ada"))
account = Account(1, "Work", "ada@example.org", server, None, ())
def say(work):
    try:
        print(asyncio.run(work))
    except MailError as error:
        print(error.kind, error.log)
"""
UNLOCKED = 'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; '
LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null; "


@pytest.fixture
def home() -> Iterator[Path]:
    """A short path, because sockets are made in it."""
    folder = Path(tempfile.mkdtemp(prefix="keys-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _in_session(home: Path, daemon: str, *programs: str) -> list[str]:
    """Run Python programs one after the other in one private session; what each printed."""
    for need in ("dbus-run-session", "gnome-keyring-daemon"):
        if shutil.which(need) is None:
            pytest.skip(f"{need} is not installed")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "PYTHONPATH": str(ROOT),
    }
    (home / "data").mkdir(mode=0o700)
    files = []
    for number, program in enumerate(programs):
        file = home / f"program{number}.py"
        file.write_text(BEGIN + program)
        files.append(f"{sys.executable} {file}")
    command = ["dbus-run-session", "--", "sh", "-c", daemon + "; ".join(files)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.splitlines() or [done.stderr]


def test_kept_from_one_run_to_the_next(home: Path) -> None:
    said = _in_session(
        home,
        UNLOCKED,
        'say(source.ready()); say(source.set(account, "incoming", "pass wörd " * 300))',
        'say(source.get(account, "incoming")); say(source.delete(account)); say(source.get(account, "incoming"))',
    )
    assert said == [
        "in the key store of this system (SecretService)",
        "None",
        "pass wörd " * 300,
        "None",
        "password-missing ",
    ]


def test_locked_and_nobody_there_to_unlock(home: Path) -> None:
    [said] = _in_session(home, LOCKED, 'say(source.set(account, "incoming", "x"))')
    assert said.startswith("no-keyring")


def test_no_session_at_all(home: Path) -> None:
    file = home / "program.py"
    file.write_text(BEGIN + "say(source.ready())")
    nowhere = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)}
    nowhere["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home}/nothing"
    done = subprocess.run(
        [sys.executable, str(file)], env=nowhere, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.startswith("no-keyring"), done.stderr
