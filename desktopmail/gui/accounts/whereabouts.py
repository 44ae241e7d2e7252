"""Where the messages of a POP3 account exist, counted: each count leads to the messages it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import Account
from desktopmail.domain.errors import NotFound
from desktopmail.gui import words
from desktopmail.gui.loop import spawn
from desktopmail.gui.settings.page import Row
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.flow import Flow
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

translate = QCoreApplication.translate
SEARCHES = ("is:only-on-server", "is:here-and-on-server", "is:only-here")


class Whereabouts(QWidget):
    """Below a row: links of which those that count something are shown. Hidden for accounts without POP3."""

    def __init__(self, row: Row, engine: Engine, window: QWidget) -> None:
        super().__init__()
        self._row, self._engine, self._window = row, engine, window
        self._account: Account | None = None
        flow = Flow(self, px(12))
        self.links: list[WordButton] = []
        for search in SEARCHES:
            link = WordButton("", look="link")
            link.setFont(measures.font(measures.SMALL))
            link.setStyleSheet("padding: 0px;")
            link.clicked.connect(lambda _=False, search=search: self._find(search))
            link.hide()  # until it has words
            flow.addWidget(link)
            self.links.append(link)
        row.below(self)
        self.guests = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        row.below(self.guests)
        self.guests.hide()
        self.hide()

    def show_account(self, account: Account) -> None:
        """Count anew."""
        self._account = account
        self.guests.hide()
        if account.kind != "imap":
            spawn(self._count_guests(account), self)
        if account.kind == "pop3":
            spawn(self._count(account), self)
        else:
            self.hide()

    async def _count(self, account: Account) -> None:
        try:
            found = await self._engine.pop3.copies(account.id)
        except NotFound:  # the account was removed meanwhile
            return
        if self._account is None or self._account.id != account.id:
            return
        texts = (
            translate("whereabouts", "{0} only on the server"),
            translate("whereabouts", "{0} here and on the server"),
            translate("whereabouts", "{0} only here"),
        )
        for link, text, count in zip(self.links, texts, (found.server, found.both, found.here), strict=True):
            link.word(text.format(words.number(count)))
            link.setAccessibleName(translate("whereabouts", "Show: {0}").format(link.text()))
            link.setVisible(count > 0)
        self.setVisible(any((found.server, found.both, found.here)))

    async def _count_guests(self, account: Account) -> None:
        """What other accounts have in the folders of this one, for their new mail is put there."""
        found = (await self._engine.arrangements.entangled(account.id)).guests
        names = {each.id: each.name or each.address for each in self._engine.library.accounts()}
        said = [
            translate("whereabouts", "{0} of {1}").format(words.messages(count), names[owner])
            for owner, count in found.items()
            if owner in names
        ]
        if said and self._account is not None and self._account.id == account.id:
            self.guests.setText(translate("whereabouts", "Among them: {0}.").format(", ".join(said)))
            self.guests.show()

    def _find(self, search: str) -> None:
        """Show these messages in the main window."""
        from desktopmail.gui.settings.window import SettingsWindow

        settings = self.window()
        box = getattr(settings.parent(), "search", None) if isinstance(settings, SettingsWindow) else None
        if box is not None:
            settings.close()
            box.look_for(search)
