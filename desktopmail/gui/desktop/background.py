"""Going on when the window is closed, and starting with the session: both only if wanted, and never without a way
back to the window."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from desktopmail.domain.errors import MailError

if TYPE_CHECKING:
    from desktopmail.gui.desktop.login import Login
    from desktopmail.gui.window import MainWindow


def may_stay() -> bool:
    """Whether a program without a window can be noticed here: by a tray, or by notifications. A second start brings
    the window back in any case; on a Mac, which makes none, that is the running one becoming active."""
    bus = sys.platform.startswith("linux") and bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
    return bus or QSystemTrayIcon.isSystemTrayAvailable()


def may_start() -> bool:
    """Whether starting with the session can be told to the system: a sandboxed program must not write there."""
    return not os.environ.get("FLATPAK_ID") and not os.environ.get("SNAP")


class Background(QObject):
    """Knows the frame. Without a `login` nothing is told to the system."""

    def __init__(self, window: MainWindow, login: Login | None) -> None:
        super().__init__(window)
        self._window = window
        self.login = login
        window.preferences.changed.connect(self._changed)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            # The session ends: nobody may keep it from that.
            application.commitDataRequest.connect(lambda manager: window.let_close())
            if sys.platform == "darwin":
                application.applicationStateChanged.connect(self._activated)

    def look(self) -> None:
        """What the desktop's own tools changed is what counts."""
        if self._window.preferences.now.start_at_login and not (self.login is not None and self.login.on):
            self._window.preferences.change(start_at_login=False)

    def _activated(self, state: Qt.ApplicationState) -> None:
        """A Mac starts no second one: its Dock, and whoever opens the program again, makes the running one active."""
        seen = any(each.isVisible() for each in QGuiApplication.topLevelWindows())
        if state == Qt.ApplicationState.ApplicationActive and not seen:
            self._window.going.called(None)

    def _changed(self, names: set[str]) -> None:
        wanted = self._window.preferences.now.start_at_login
        if "start_at_login" not in names or self.login is None or wanted == self.login.on:
            return
        try:
            self.login.turn(wanted)
        except MailError as error:
            self._window.say(error.title)
            self._window.preferences.change(start_at_login=not wanted)
