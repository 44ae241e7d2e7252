"""Starting with the session, in the background: what each system wants to be told, and telling it."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.errors import StoreFailed, WrongUsage
from desktopmail.domain.product import APP_ID

translate = QCoreApplication.translate

_BACKSLASH = "\\"
_RESERVED = " \t\n\"'\\><~|&;$*?#()`"
"""What the Desktop Entry Specification wants quoted in Exec."""


def command(profile: str = "") -> list[str]:
    """How this program is started in the background, wherever it was installed; `profile` when it is not the usual
    one."""
    if image := os.environ.get("APPIMAGE"):
        start = [image]
    elif getattr(sys, "frozen", False):
        start = [sys.executable]
    else:
        start = [sys.executable, "-m", "desktopmail"]
    return [*start, *(["--profile", profile] if profile else []), "--background"]


def desktop_entry(start: Sequence[str]) -> str:
    """The text of a file in an autostart folder (XDG Autostart and Desktop Entry Specifications). Raises WrongUsage
    for a command that no such file can say."""
    return (
        f"[Desktop Entry]\nType=Application\nName=Desktopmail\nIcon={APP_ID}\nTerminal=false\n"
        f"Exec={' '.join(_quoted(each) for each in start)}\n"
        # The file stays when the program is removed; then it means nothing.
        f"TryExec={start[0].replace(_BACKSLASH, _BACKSLASH * 2)}\nX-GNOME-Autostart-enabled=true\n"
    )


def _quoted(word: str) -> str:
    if not word.isprintable():
        raise WrongUsage(
            translate("login", "The program cannot start by itself from there"),
            translate("login", "{0} holds signs that files cannot say.").format(repr(word)),
        )
    plain = word.replace("%", "%%")
    if not any(sign in word for sign in _RESERVED):
        return plain
    inside = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in plain)
    # The value is read as a string first, which takes a backslash away.
    return '"' + inside.replace("\\", "\\\\") + '"'


def is_enabled(entry: str) -> bool:
    """Whether a file in an autostart folder starts anything: tools of the desktop switch it off by a line in it."""
    lines = {line.strip().lower() for line in entry.splitlines()}
    return "[desktop entry]" in lines and not lines & {"hidden=true", "x-gnome-autostart-enabled=false"}


def launch_agent(start: Sequence[str]) -> bytes:
    """The property list for launchd (launchd.plist(5))."""
    return plistlib.dumps(
        {
            "Label": "org.desktopmail.desktopmail",
            "ProgramArguments": list(start),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
    )


def run_value(start: Sequence[str]) -> str:
    """The value under HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run."""
    return subprocess.list2cmdline(start)


class Login:
    """Whether the program starts with the session, and making it so. What is told is the system's own setting, so that
    its tools see it and can change it."""

    def __init__(self, start: Sequence[str]) -> None:
        self._start = list(start)

    @property
    def on(self) -> bool:
        """Whether it starts with the session now."""
        if sys.platform == "win32":
            return _registered() is not None
        try:
            text = self.file.read_bytes()
        except OSError:
            return False
        return sys.platform == "darwin" or is_enabled(text.decode("utf-8", "replace"))

    @property
    def file(self) -> Path:
        """The file that says so, on systems where it is a file."""
        if sys.platform == "darwin":
            return Path.home() / "Library" / "LaunchAgents" / "org.desktopmail.desktopmail.plist"
        named = os.environ.get("XDG_CONFIG_HOME", "")
        config = Path(named) if Path(named).is_absolute() else Path.home() / ".config"
        return config / "autostart" / f"{APP_ID}.desktop"

    def turn(self, on: bool) -> None:
        """Start with the session from now on, or no longer. Raises StoreFailed and WrongUsage."""
        try:
            if sys.platform == "win32":
                _register(run_value(self._start) if on else None)
            elif not on:
                self.file.unlink(missing_ok=True)
            else:
                text = launch_agent(self._start) if sys.platform == "darwin" else desktop_entry(self._start).encode()
                self.file.parent.mkdir(parents=True, exist_ok=True)
                self.file.write_bytes(text)
        except OSError as error:
            raise StoreFailed(
                translate("login", "Starting at login could not be changed"),
                translate("login", "The system did not let its setting be written."),
                str(error),
            ) from error


if sys.platform == "win32":
    import winreg

    _NAME = "Desktopmail"
    _KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"

    def _registered() -> str | None:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _KEY) as key:
                return str(winreg.QueryValueEx(key, _NAME)[0])
        except OSError:
            return None

    def _register(value: str | None) -> None:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _KEY) as key:
            if value is not None:
                winreg.SetValueEx(key, _NAME, 0, winreg.REG_SZ, value)
            elif _registered() is not None:
                winreg.DeleteValue(key, _NAME)
