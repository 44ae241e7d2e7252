"""News outside the window: a notification for mail that came while the person looked elsewhere, and the number on the
program's icon. What deserves a notice is the engine's judgement."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject, QTime, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.domain.settings import accounts_in, is_quiet
from desktopmail.engine.notices import notice as news
from desktopmail.gui import words
from desktopmail.gui.preferences import Preferences

if TYPE_CHECKING:
    from desktopmail.domain.ids import MessageId
    from desktopmail.domain.message import Summary
    from desktopmail.engine.engine import Engine
    from desktopmail.engine.notices import Notice
    from desktopmail.gui.desktop.bubbles import Bubbles
    from desktopmail.gui.desktop.tray import Tray

SETTLED = (Role.TRASH, Role.JUNK, Role.ARCHIVE)
"""Where a message is no news any more."""
REMARK = -1
"""The notification that is about no account."""


def _has_bus() -> bool:
    return sys.platform.startswith("linux") and bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))


class Notify(QObject):
    """One notification per account, which grows while more comes and goes when its mail was read. `opened` with the
    message of the notification that was clicked (None: the sign itself was), `acted` with a verb and its messages,
    `command` with what was chosen in the tray's menu."""

    opened = Signal(object)
    acted = Signal(str, list)
    command = Signal(str)

    def __init__(self, engine: Engine, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._preferences = preferences
        self._window = window
        self._last: Notice | None = None
        self._told: dict[int, tuple[MessageId, ...]] = {}
        self._unread = -1
        self._rest_until = 0.0
        self._rested = QTimer(self, singleShot=True)
        self._rested.timeout.connect(lambda: self.rest(0))
        self.tray: Tray | None = None
        self.bubbles: Bubbles | None = None

    def begin(self) -> None:
        """Count, and put the sign into the tray, where there is one; asking the desktop for it takes its time."""
        self.count()
        if self.tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            from desktopmail.gui.desktop.tray import Tray

            self.tray = Tray(self._window)
            self.tray.show_wanted.connect(lambda: self.opened.emit(None))
            self.tray.said_clicked.connect(self._clicked)
            self.tray.command.connect(self.command)
            self.tray.rest_wanted.connect(self.rest)
            self.tray.show_count(max(0, self._unread))

    def tell(self, notice: Notice) -> None:
        """Say that mail came, unless the person is looking at it or wants to hear nothing now."""
        wanted = self.wanted(notice)
        if wanted is None:
            return
        self._last = wanted
        if self._window.isActiveWindow():
            return
        if not _has_bus():
            self._say(wanted.title, wanted.text)
            return
        homes = {each.id: each.account for each in self._engine.library.folders()}
        groups: dict[int, list[MessageId]] = {}
        for row in self._engine.library.summaries(wanted.messages):
            groups.setdefault(homes.get(row.folder, 0), []).append(row.id)
        for account, ids in groups.items():
            self._show(account, ids)

    def remark(self, title: str, text: str) -> None:
        """Say something about the program itself; a click on it shows the window."""
        if not _has_bus():
            self._say(title, text)
            return
        from desktopmail.gui.desktop.bubbles import Bubble

        self._made().show(REMARK, Bubble(title, text))

    def wanted(self, notice: Notice, clock: str = "") -> Notice | None:
        """What is said about news at a time of day ('HH:MM', empty: now): not in quiet hours, nothing about silent
        accounts, and no names where none are to be shown."""
        now = self._preferences.now
        if not now.notify or is_quiet(now, clock or QTime.currentTime().toString("HH:mm")):
            return None
        if time.time() < self._rest_until:
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
        return self._worded(notice)

    def rest(self, seconds: int) -> None:
        """Say nothing for so long; 0 ends it."""
        self._rest_until = time.time() + seconds if seconds else 0.0
        self._rested.stop()
        until = ""
        if seconds:
            self._rested.start(seconds * 1000)
            end = QDateTime.currentDateTime().addSecs(seconds)
            until = QLocale().toString(end.time(), QLocale.FormatType.ShortFormat)
        if self.tray is not None:
            self.tray.resting(until)

    def count(self) -> None:
        """Show how many unread messages the Inboxes hold, and take notifications away whose mail was read."""
        self._settle()
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
            self.tray.show_count(unread)

    def _worded(self, notice: Notice) -> Notice:
        if self._preferences.now.notify_words:
            return notice
        return replace(notice, title=words.new_messages(len(notice.messages)), text="")

    def _show(self, account: int, ids: Sequence[MessageId]) -> None:
        """The notification of an account, in place of the one before; that one's mail is still news if nobody looked
        at it."""
        from desktopmail.gui.desktop.bubbles import Bubble

        rows = self._news([*self._told.get(account, ()), *ids])
        found = news(rows)
        if found is None:
            return
        self._told[account] = found.messages
        shown = self._worded(found)
        accounts = {each.id: each.name or each.address for each in self._engine.library.accounts()}
        text = shown.text
        if len(accounts) > 1 and self._preferences.now.notify_words and account in accounts:
            text = f"{text}\n{accounts[account]}"  # type: ignore[index]
        self._made().show(account, Bubble(shown.title, text, self._acts(len(rows))))

    def _made(self) -> Bubbles:
        from desktopmail.gui.desktop.bubbles import Bubbles

        if self.bubbles is None:
            self.bubbles = Bubbles(self)
            self.bubbles.acted.connect(self._acted)
            self.bubbles.gone.connect(lambda key: self._told.pop(key, None))
            self.bubbles.refused.connect(lambda key, bubble: self._say(bubble.title, bubble.text))
        return self.bubbles

    def _acts(self, count: int) -> tuple[tuple[str, str], ...]:
        if count == 1:
            return (
                ("reply", self.tr("Reply")),
                ("archive", self.tr("Archive")),
                ("mark_read", self.tr("Mark as read")),
            )
        return ("archive", self.tr("Archive all")), ("mark_read", self.tr("Mark all as read"))

    def _news(self, ids: Sequence[MessageId]) -> list[Summary]:
        """Those that are still unread and where news lies."""
        settled = {each.id for each in self._engine.library.folders() if each.role in SETTLED}
        rows = self._engine.library.visible(dict.fromkeys(ids))
        return [row for row in rows if Flags.SEEN not in row.flags and row.folder not in settled]

    def _settle(self) -> None:
        for account, ids in list(self._told.items()):
            if not self._news(ids):
                del self._told[account]
                if self.bubbles is not None:
                    self.bubbles.close(account)

    def _acted(self, account: int, verb: str) -> None:
        ids = self._told.pop(account, ())
        if self.bubbles is not None:
            self.bubbles.close(account)
        if verb in {name for name, _ in (*self._acts(1), *self._acts(2))} and ids:
            self.acted.emit(verb, list(ids))
        else:
            self.opened.emit(max(ids) if ids else None)

    def _say(self, title: str, text: str) -> None:
        if self.tray is not None:
            self.tray.say(title, text)

    def _clicked(self) -> None:
        self.opened.emit(self._last.opens if self._last is not None else None)
