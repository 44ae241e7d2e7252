"""A quiet line below the tool bar that reminds of a backup, or tells once that sent mail is on this computer alone.

One at a time, never a dialog; each can be put off or sent away for ever.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.errors import MailError
from desktopmail.domain.folder import Role
from desktopmail.domain.settings import accounts_in
from desktopmail.gui import backupwords
from desktopmail.gui.loop import spawn
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.strip import Notice, Strip

if TYPE_CHECKING:
    from desktopmail.domain.account import Account
    from desktopmail.domain.backup import OnlyHere
    from desktopmail.domain.changes import ChangeSet
    from desktopmail.gui.accounts.page import AccountPage
    from desktopmail.gui.settings.page import Page
    from desktopmail.gui.window import MainWindow

AGAIN_MS = 6 * 3_600_000
SOON_MS = 1_500
"""Reminders wait until what was just done is over."""
PLACE = 2
"""Below the tool bar and its line."""


class Reminders(QObject):
    """Belongs to the window and goes with it. Looks soon after it is made, after accounts or settings
    changed or a message was sent, and every few hours."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._engine = window, window.engine
        self.strip: Strip | None = None
        self.holder = QWidget()
        column = QVBoxLayout(self.holder)
        column.setContentsMargins(px(8), px(6), px(8), px(6))
        self._column = column
        self.holder.hide()
        page = window.panes.parentWidget()
        layout = page.layout() if page is not None else None
        assert isinstance(layout, QBoxLayout)
        layout.insertWidget(PLACE, self.holder)
        self._timer = QTimer(self, interval=AGAIN_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)
        self._soon.timeout.connect(self.look)
        self._soon.start()
        end = self._engine.on_change(self._heard)
        self.destroyed.connect(end)

    def look(self) -> None:
        """Show what there is to say now."""
        spawn(self._look(), self)

    def _heard(self, changes: ChangeSet) -> None:
        if changes.accounts or changes.settings or changes.outbox:
            self._soon.start()

    async def _look(self) -> None:
        """What cannot be found out now is no reason to disturb anybody."""
        with contextlib.suppress(MailError):
            account = await self._unkept()
            if account is not None:
                self._show(self._offer(account))
                return
            found = await self._engine.backups.reminder()
            self._show(self._remind(found) if found is not None else None)

    async def _unkept(self) -> Account | None:
        """A POP3 account that has sent something which is nowhere but here, and whose person was not told yet."""
        library = self._engine.library
        told = accounts_in(library.settings().sent_offered)
        sent = {each.account for each in library.folders() if each.role is Role.SENT and each.total}
        for each in library.accounts():
            if each.kind == "pop3" and each.id in sent and each.id not in told:
                arranged = (await self._engine.arrangements.of(each.id)).now
                if not arranged.beside.value:
                    return each
        return None

    def _offer(self, account: Account) -> Notice:
        text = self.tr("What you send from {0} is kept on this computer only.").format(account.name or account.address)
        return Notice(
            text,
            "send",
            acts=(
                (self.tr("Keep it elsewhere too…"), lambda: self._arrange(account)),
                (self.tr("Only here is fine"), lambda: self._told(account)),
            ),
        )

    def _remind(self, found: OnlyHere) -> Notice:
        return Notice(
            backupwords.reminder(found),
            "hard-drive",
            acts=(
                (self.tr("Back up now…"), self._back_up),
                (self.tr("Remind me in a month"), self._put_off),
                (self.tr("Do not remind"), lambda: self._window.preferences.change(backup_reminder_days=0)),
            ),
        )

    def _show(self, notice: Notice | None) -> None:
        said = self.strip.accessibleName() if self.strip is not None else ""
        if said == (notice.text if notice is not None else ""):
            return
        if self.strip is not None:
            self.strip.hide()
            self.strip.deleteLater()
        self.strip = Strip(notice) if notice is not None else None
        self.holder.setVisible(self.strip is not None)
        if self.strip is not None:
            self._column.addWidget(self.strip)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.strip, self.strip.accessibleName()))

    # What is done about it.

    def _arrange(self, account: Account) -> None:
        from desktopmail.gui.accounts.page import AccountPage

        self._told(account)
        page = self._page(f"account:{account.id}")
        if isinstance(page, AccountPage):
            spawn(self._point(page, account), page)

    async def _point(self, page: AccountPage, account: Account) -> None:
        """To the row where it is chosen, as soon as that knows what there is to choose."""
        await self._engine.arrangements.of(account.id)
        page.reveal(page.arranged.sent_row)

    def _page(self, key: str) -> Page | None:
        """A page of the settings, shown."""
        from desktopmail.gui.settings.window import SettingsWindow

        self._window.settings(page=key)
        found = next((each for each in self._window.findChildren(SettingsWindow) if each.isVisible()), None)
        return found.page(key) if found is not None else None

    def _told(self, account: Account) -> None:
        told = accounts_in(self._engine.library.settings().sent_offered) | {account.id}
        self._window.preferences.change(sent_offered=" ".join(map(str, sorted(told))))

    def _put_off(self) -> None:
        spawn(self._engine.backups.put_off())

    def _back_up(self) -> None:
        from desktopmail.gui.settings.storage import StoragePage

        page = self._page("storage")
        if isinstance(page, StoragePage):
            page.reveal(page.copy)
            page.copy.wanted.emit()
