"""News outside the window: a notification for mail that came while the person looked elsewhere, and the number on the
program's icon. What deserves a notice is the engine's judgement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTime, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from desktopmail.domain.folder import Role
from desktopmail.domain.settings import accounts_in, is_quiet
from desktopmail.engine.notices import notice as news
from desktopmail.gui import words
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.style import icons
from desktopmail.gui.style.theme import theme

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.engine.notices import Notice

SECONDS = 8


class Notify(QObject):
    """`opened` with the message of the notification that was clicked (None: the sign itself was)."""

    opened = Signal(object)

    def __init__(self, engine: Engine, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._preferences = preferences
        self._window = window
        self._last: Notice | None = None
        self._unread = -1
        self.tray: QSystemTrayIcon | None = None

    def begin(self) -> None:
        """Put the sign into the tray, where there is one; asking the desktop for it takes its time."""
        if self.tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            self.tray = QSystemTrayIcon(self)
            self.tray.activated.connect(lambda _: self.opened.emit(None))
            self.tray.messageClicked.connect(self._clicked)
            theme().changed.connect(self._draw)
            self._draw()
            self.tray.show()

    def tell(self, notice: Notice) -> None:
        """Say that mail came, unless the person is looking at it or wants to hear nothing now."""
        wanted = self.wanted(notice)
        if wanted is None:
            return
        self._last = wanted
        if self.tray is not None and not self._window.isActiveWindow():
            icon = QSystemTrayIcon.MessageIcon.NoIcon
            self.tray.showMessage(wanted.title, wanted.text, icon, SECONDS * 1000)

    def wanted(self, notice: Notice, clock: str = "") -> Notice | None:
        """What is said about news at a time of day ('HH:MM', empty: now): not in quiet hours, nothing about silent
        accounts, and no names where none are to be shown."""
        now = self._preferences.now
        if not now.notify or is_quiet(now, clock or QTime.currentTime().toString("HH:mm")):
            return None
        silent = accounts_in(now.silent_accounts)
        if silent:
            rows = self._engine.library.summaries(notice.messages)
            homes = {each.id: each.account for each in self._engine.library.folders()}
            loud = [row for row in rows if homes.get(row.folder) not in silent]
            told = news(loud) if len(loud) < len(rows) else notice
            if told is None:
                return None
            notice = told
        if not now.notify_words:
            return replace(notice, title=words.new_messages(len(notice.messages)), text="")
        return notice

    def count(self) -> None:
        """Show how many unread messages the Inboxes hold."""
        unread = 0
        if self._preferences.now.show_count:
            unread = sum(each.unread for each in self._engine.library.folders() if each.role is Role.INBOX)
        if unread == self._unread:
            return
        self._unread = unread
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.setBadgeNumber(unread)
        if self.tray is not None:
            text = self.tr("{0} unread").format(words.messages(unread)) if unread else self.tr("Nothing unread")
            self.tray.setToolTip(text)
            self._draw()

    def _clicked(self) -> None:
        self.opened.emit(self._last.opens if self._last is not None else None)

    def _draw(self) -> None:
        if self.tray is not None:
            self.tray.setIcon(icons.icon("mail" if self._unread > 0 else "mail-open", "accent", 22))
