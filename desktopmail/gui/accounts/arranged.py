"""The rows about what was arranged for a POP3 account: whose Inbox takes new mail, where sent mail is kept beside, and
what would be lost with this computer. Each choice takes effect at once and says what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.account import Account, Keep, Pop3Server
from desktopmail.domain.arrangement import Beside
from desktopmail.domain.errors import NotFound
from desktopmail.gui import backupwords, words
from desktopmail.gui.accounts.rows import Rows
from desktopmail.gui.loop import spawn
from desktopmail.gui.settings.page import Row
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox

if TYPE_CHECKING:
    from desktopmail.engine.arrangements import Choices
    from desktopmail.engine.engine import Engine

translate = QCoreApplication.translate
OWN = 0


class ArrangedRows:
    """Hidden for accounts that do not receive by POP3."""

    def __init__(self, section: Rows, engine: Engine) -> None:
        self._section, self._engine = section, engine
        self._account: Account | None = None
        self.inbox, self.sent = _narrow(), _narrow()
        self.new_row = section.row(
            translate("arranged", "New mail goes into"), "-", self.inbox, extra="pop3 shared global inbox deliver"
        )
        self.sent_row = section.row(
            translate("arranged", "Sent mail is kept"), "-", self.sent, extra="pop3 bcc copy myself imap folder"
        )
        self.save = WordButton(translate("arranged", "Back up…"))
        self.save_row = section.row(
            translate("arranged", "If this computer is lost"), "-", self.save, extra="backup only here copy"
        )
        self._hide()
        self.save.clicked.connect(self._to_storage)
        self.inbox.activated.connect(self._deliver)
        self.sent.activated.connect(self._keep_sent)

    def show_account(self, account: Account) -> None:
        """Say how this account is arranged."""
        self._account = account
        if account.kind == "pop3":
            spawn(self._look(account), self._section)
        else:
            self._hide()

    def _hide(self) -> None:
        for row in (self.new_row, self.sent_row, self.save_row):
            row.hide()
        self._section.settle()

    async def _look(self, account: Account) -> None:
        try:
            found = await self._engine.arrangements.of(account.id)
            saved = await self._engine.backups.only_here(account.id)
        except NotFound:  # the account was removed meanwhile
            return
        if self._account is not None and self._account.id == account.id:
            self._show(account, found)
            _say(self.save_row, backupwords.standing(saved))
            self.save_row.show()
            self._section.settle()

    def _show(self, account: Account, found: Choices) -> None:
        self.inbox.clear()
        self.inbox.addItem(translate("arranged", "Its own Inbox"), OWN)
        for each in found.inboxes:
            self.inbox.addItem(translate("arranged", "Inbox of {0}").format(called(each)), each.id)
        self.inbox.setCurrentIndex(max(0, self.inbox.findData(found.now.deliver or OWN)))
        _say(self.new_row, self._new_words(found))
        self.new_row.setVisible(bool(found.inboxes))
        self.sent.clear()
        self.sent.addItem(translate("arranged", "On this computer only"), (Beside.NOWHERE.value, OWN))
        for each in found.sent:
            text = translate("arranged", "Also in Sent of {0}").format(called(each))
            self.sent.addItem(text, (Beside.FOLDER.value, each.id))
        self.sent.addItem(translate("arranged", "Also as a copy to myself"), (Beside.BCC.value, OWN))
        wanted = (found.now.beside.value, found.now.sent_to or OWN)
        places = [self.sent.itemData(place) for place in range(self.sent.count())]
        self.sent.setCurrentIndex(next((at for at, each in enumerate(places) if tuple(each) == wanted), 0))
        _say(self.sent_row, self._sent_words(account, found))
        self.sent_row.setVisible(account.outgoing is not None)
        self._section.settle()

    def _new_words(self, found: Choices) -> str:
        there = next((each for each in found.inboxes if each.id == found.now.deliver), None)
        if there is None:
            text = translate("arranged", "New messages come into the Inbox of this account.")
        else:
            text = translate("arranged", "New messages come into the Inbox of {0}, on this computer. They still belong "
                                         "to this account: its rules hold for them, and answers are written under its "
                                         "name.").format(called(there))  # fmt: skip
        if found.abroad:
            text += " " + translate("arranged", "In folders of other accounts now: {0}.").format(
                words.messages(found.abroad))  # fmt: skip
        return text

    def _sent_words(self, account: Account, found: Choices) -> str:
        there = next((each for each in found.sent if each.id == found.now.sent_to), None)
        if found.now.beside is Beside.FOLDER and there is not None and there.incoming is not None:
            return translate("arranged", "What you send is in Sent here. From now on it is also handed to {0}, where "
                                         "{1} keeps its Sent folder.").format(
                there.incoming.endpoint.host, called(there))  # fmt: skip
        if found.now.beside is Beside.BCC:
            text = translate("arranged", "What you send is in Sent here. From now on a copy nobody else sees goes to "
                                         "{0}. When it comes back it is recognised and not shown "
                                         "twice.").format(account.address)  # fmt: skip
            return f"{text} {_how_long(account)}".strip()
        return translate("arranged", "What you send is in Sent on this computer and nowhere else. If this computer is "
                                     "lost, so is that mail.")  # fmt: skip

    def _to_storage(self) -> None:
        from desktopmail.gui.settings.window import SettingsWindow

        window = self._section.window()
        if isinstance(window, SettingsWindow):
            window.open_at(page="storage")

    def _deliver(self) -> None:
        assert self._account is not None
        spawn(self._change_inbox(self._account, self.inbox.currentData()), self._section)

    async def _change_inbox(self, account: Account, to: object) -> None:
        chosen = next((each.id for each in self._engine.library.accounts() if each.id == to), None)
        try:
            await self._engine.arrangements.deliver(account.id, chosen)
        finally:
            await self._look(account)

    def _keep_sent(self) -> None:
        assert self._account is not None
        beside, to = self.sent.currentData()
        spawn(self._change_sent(self._account, Beside(beside), to), self._section)

    async def _change_sent(self, account: Account, beside: Beside, to: object) -> None:
        chosen = next((each.id for each in self._engine.library.accounts() if each.id == to), None)
        try:
            await self._engine.arrangements.keep_sent(account.id, beside, chosen)
        finally:
            await self._look(account)


def _how_long(account: Account) -> str:
    """How long a copy to oneself stays where it can be found again."""
    server = account.incoming
    if not isinstance(server, Pop3Server):
        return ""
    match server.leave.keep:
        case Keep.NO:
            return translate("arranged", "But this account keeps nothing on its server, the copy neither.")
        case Keep.DAYS if server.leave.days == 1:
            return translate("arranged", "The server keeps it for 1 day.")
        case Keep.DAYS:
            return translate("arranged", "The server keeps it for {0} days.").format(words.number(server.leave.days))
        case Keep.FOREVER | Keep.UNTIL_DELETED:
            return ""


def _narrow() -> ComboBox:
    """A box that is not as wide as the longest name of an account; the list it opens is."""
    made = ComboBox()
    made.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(1)
    made.setFixedWidth(px(230))
    return made


def called(account: Account) -> str:
    """What an account is called."""
    return account.name or account.address


def _say(row: Row, text: str) -> None:
    row.say(row.title.text(), text)
    if row.control is not None:
        row.control.setAccessibleDescription(text)
