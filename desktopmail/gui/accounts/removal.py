"""Removing an account: with its mail, or so that its mail stays. Return never does either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QRadioButton, QVBoxLayout, QWidget

from desktopmail.domain.account import Account
from desktopmail.gui import words
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import buttons_row, heading
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class RemoveAccount(QDialog):
    """Keeping the mail is chosen first."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Remove an account"))
        self._engine, self._account = engine, account
        here = sum(each.total for each in engine.library.folders() if each.account == account.id)
        self.keep = QRadioButton(self.tr("Keep its mail here"))
        self.all = QRadioButton(self.tr("Remove its mail from this computer too"))
        self.keep.setChecked(True)
        self.button = WordButton(self.tr("Remove account"), look="danger")
        self.leave = WordButton(self.tr("Keep account"), look="primary")
        self.leave.setDefault(True)
        self.goes = PlainLabel(self._what_goes(here), size=measures.SMALL, tone="secondary", wrap=True)
        self.elsewhere = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self.elsewhere.hide()
        self._place(here)
        self.leave.clicked.connect(self.reject)
        self.button.clicked.connect(self._remove)
        self.setMinimumWidth(px(440))
        self.leave.setFocus()
        spawn(self._ask_elsewhere(here), self)

    async def _ask_elsewhere(self, here: int) -> None:
        """Say what of other accounts is among it, and what of this one lies elsewhere."""
        found = await self._engine.arrangements.entangled(self._account.id)
        said = []
        if found.abroad:
            text = self.tr("In folders of other accounts: {0} of this one. That mail stays there.")
            said.append(text.format(words.messages(found.abroad)))
        guests = sum(found.guests.values())
        if guests:
            names = {each.id: each.name or each.address for each in self._engine.library.accounts()}
            whose = ", ".join(names[each] for each in found.guests if each in names)
            text = self.tr("In its folders: {0} of {1}. That mail is kept in any case.")
            said.append(text.format(words.messages(guests), whose))
            self.goes.setText(self._what_goes(max(0, here - guests)))
            self.all.setAccessibleDescription(self.goes.text())
        self.elsewhere.setText(" ".join(said))
        self.elsewhere.setVisible(bool(said))

    def _place(self, here: int) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(4))
        title = self.tr("Remove {0}?").format(self._account.name or self._account.address)
        column.addWidget(heading(title))
        column.addWidget(PlainLabel(self._lead(), tone="secondary", wrap=True))
        column.addWidget(self.elsewhere)
        column.addSpacing(px(8))
        for choice, text in (
            (self.keep, self.tr("{0} stay in folders on this computer. Nothing is fetched any more.").format(
                words.messages(here))),
            (self.all, self.goes.text()),
        ):  # fmt: skip
            choice.setFont(measures.font())
            choice.setAccessibleName(choice.text())
            choice.setAccessibleDescription(text)
            column.addWidget(choice)
            explained = (
                self.goes if choice is self.all else PlainLabel(text, size=measures.SMALL, tone="secondary", wrap=True)
            )
            explained.setIndent(px(22))
            column.addWidget(explained)
            column.addSpacing(px(8))
        column.addSpacing(px(8))
        column.addLayout(buttons_row(self.button, self.leave))

    def _lead(self) -> str:
        if self._account.kind == "none":
            return self.tr("Its password and its server are forgotten.")
        return self.tr("Its password and its servers are forgotten. What is on the server stays there.")

    def _what_goes(self, here: int) -> str:
        if self._account.kind == "imap":
            return self.tr("{0} go from this computer. What the server has stays there; what exists only here, like "
                           "drafts that were not uploaded, is lost.").format(words.messages(here))  # fmt: skip
        return self.tr("{0} go from this computer, for good where the server does not have them any "
                       "more.").format(words.messages(here))  # fmt: skip

    def _remove(self) -> None:
        """Done beside the window: nothing is left half done when it is closed, and a failure is told."""
        spawn(self._engine.accounts.remove(self._account.id, keep_mail=self.keep.isChecked()))
        self.accept()
