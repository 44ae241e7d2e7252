"""The window closes and the program goes on, if wanted; and what each system is told about starting at login."""

from __future__ import annotations

import plistlib
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktopmail.domain.errors import WrongUsage
from desktopmail.gui.desktop import background
from desktopmail.gui.desktop.login import Login, command, desktop_entry, is_enabled, launch_agent, run_value
from desktopmail.gui.window import MainWindow
from tests.gui.desk import Desk

Run = Callable[[Coroutine[Any, Any, Any]], Any]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files of Linux desktops")


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)

    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.set_up(2)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    if desk.window is not None:
        desk.window.let_close()
    run(desk.close())


def closes(window: MainWindow) -> list[str]:
    """What `closed` told."""
    told: list[str] = []
    window.closed.connect(lambda: told.append("closed"))
    return told


@linux
def test_closing_ends_the_program_unless_it_is_wanted_otherwise(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Off by default; switched on, only where somebody would notice; Quit always ends it."""
    window = desk.open()
    told = closes(window)
    window.preferences.change(keep_running=True)
    monkeypatch.setattr(background.QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    assert not window.beside.stays()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/somewhere")
    window.commands.run("close")
    assert (window.isVisible(), told) == (False, [])
    window.going.called(None)
    assert window.isVisible()
    window.preferences.change(keep_running=False)
    window.commands.run("close")
    assert told == ["closed"]


def test_a_mac_brings_the_window_back_from_the_dock(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no second start there: whoever opens the program again makes the running one active. A window that is
    seen already, a letter being written for one, is not covered by the main one."""
    monkeypatch.setattr(background, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setattr(background, "may_stay", lambda: True)
    windows = QGuiApplication.topLevelWindows
    others = windows()  # of earlier tests
    own = staticmethod(lambda: [each for each in windows() if each not in others])
    monkeypatch.setattr(QGuiApplication, "topLevelWindows", own)
    window = desk.open()
    assert window.beside.background.login is None
    active = QGuiApplication.instance().applicationStateChanged  # type: ignore[union-attr]
    window.preferences.change(keep_running=True)
    window.close()
    window.writing.new()
    desk.until(lambda: window.writing.windows)
    letter = window.writing.windows[0]
    letter.show()
    active.emit(Qt.ApplicationState.ApplicationActive)
    assert not window.isVisible()
    letter.hide()
    active.emit(Qt.ApplicationState.ApplicationInactive)
    assert not window.isVisible()
    active.emit(Qt.ApplicationState.ApplicationActive)
    assert window.isVisible()


def test_quit_ends_it_also_without_a_window(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "may_stay", lambda: True)
    window = desk.open()
    told = closes(window)
    window.preferences.change(keep_running=True)
    window.close()
    assert told == []
    window.notify.command.emit("quit")
    assert told == ["closed"]


@linux
def test_starting_at_login_is_told_and_taken_back(desk: Desk, tmp_path: Path) -> None:
    """The preference writes the desktop's own file, undoing takes it away; what its tools changed counts."""
    window = desk.open()
    window.beside.profile = ""
    login = window.beside.background.login
    assert login is not None
    file = tmp_path / "config" / "autostart" / "org.desktopmail.Desktopmail.desktop"
    assert login.file == file
    window.preferences.change(start_at_login=True)
    assert login.on
    assert "--background" in file.read_text()
    desk.until(lambda: desk.engine.library.settings_past())
    desk.run(desk.engine.settings.undo(desk.engine.library.settings_past()[0].id))
    window.preferences.reread()
    desk.until(lambda: not file.exists())
    window.preferences.change(start_at_login=True)
    file.write_text(file.read_text().replace("enabled=true", "enabled=false"))
    assert not login.on
    window.beside.background.look()
    assert not window.preferences.now.start_at_login


@linux
def test_where_nothing_can_be_written_it_is_said(desk: Desk, tmp_path: Path) -> None:
    """The switch goes back."""
    (tmp_path / "config").write_text("a file")
    window = desk.open()
    window.beside.profile = ""
    assert window.beside.background.login is not None
    window.preferences.change(start_at_login=True)
    assert not window.preferences.now.start_at_login
    desk.until(lambda: window.toast.text == "Starting at login could not be changed")


def test_demonstrations_leave_no_trace(desk: Desk, tmp_path: Path) -> None:
    window = desk.open()
    assert window.beside.background.login is None
    window.preferences.change(start_at_login=True)
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("/usr/bin/desktopmail", "/usr/bin/desktopmail"),
        ("/home/ada/My Apps/mail", '"/home/ada/My Apps/mail"'),
        ("100%", "100%%"),
        ('a"b', '"a\\\\"b"'),
        ("a$b`c", '"a\\\\$b\\\\`c"'),
        ("a\\b", '"a\\\\\\\\b"'),
    ],
)
def test_commands_are_quoted_as_desktops_read_them(word: str, shown: str) -> None:
    """Desktop Entry Specification 1.5, the Exec key."""
    text = desktop_entry([word, "--background"])
    assert f"\nExec={shown} --background\n" in text
    assert is_enabled(text)
    assert not is_enabled(text + "Hidden=true\n")
    assert not is_enabled("")


@pytest.mark.parametrize(
    ("word", "shown"), [("/opt/a b/mail", "/opt/a b/mail"), ("/opt/100%", "/opt/100%"), ("/a\\b", "/a\\\\b")]
)
def test_a_program_that_was_removed_is_not_started(word: str, shown: str) -> None:
    """TryExec is a path as it is: neither quoted nor a format; only backslashes are doubled."""
    assert f"\nTryExec={shown}\n" in desktop_entry([word, "--background"])


@pytest.mark.parametrize("odd", ["a\nExec=evil", "a\0", "a\x1b"])
def test_a_command_never_adds_a_line(odd: str) -> None:
    with pytest.raises(WrongUsage):
        desktop_entry([odd])


def test_the_other_systems() -> None:
    """A property list for launchd, a line for the registry."""
    found = plistlib.loads(launch_agent(["/Applications/Desktopmail.app/x y", "--background"]))
    assert found["ProgramArguments"] == ["/Applications/Desktopmail.app/x y", "--background"]
    assert found["RunAtLoad"] is True
    assert run_value([r"C:\Program Files\Desktopmail\desktopmail.exe", "--background"]) == (
        r'"C:\Program Files\Desktopmail\desktopmail.exe" --background'
    )


def test_how_the_program_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """From an image, frozen, from source; with its profile when it is not the usual one."""
    assert command() == [sys.executable, "-m", "desktopmail", "--background"]
    assert command("/p q")[-3:] == ["--profile", "/p q", "--background"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command() == [sys.executable, "--background"]
    monkeypatch.setenv("APPIMAGE", "/opt/Desktopmail.AppImage")
    assert command() == ["/opt/Desktopmail.AppImage", "--background"]


@linux
def test_the_file_is_valid(tmp_path: Path) -> None:
    """By the desktops' own check, where it is installed."""
    import shutil

    if shutil.which("desktop-file-validate") is None:
        pytest.skip("desktop-file-utils is not installed")
    file = tmp_path / "desktopmail.desktop"
    file.write_text(desktop_entry(["/home/ada/My $Apps/100%", "--background"]))
    found = subprocess.run(["desktop-file-validate", str(file)], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_a_login_that_is_off_is_turned_off_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    login = Login(["x"])
    login.turn(False)
    assert not login.on
