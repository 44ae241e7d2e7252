"""Signing in again: one field, one button, and what the server said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.domain.account import Account
from desktopmail.domain.errors import MailError, SecretsUnavailable
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class SignIn(QDialog):
    """Stores the password of an account anew and lets the account try again. Where no key store keeps it, `session`
    offers to remember it for this run."""

    def __init__(self, engine: Engine, account: Account, title: str, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Sign in"))
        self._engine = engine
        self._account = account
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText(self.tr("Password for {0}").format(account.address))
        self.field.setAccessibleName(self.field.placeholderText())
        self.field.setFont(measures.font())
        self._said = PlainLabel("", tone="bad", wrap=True)
        self._said.hide()
        self.session = WordButton(self.tr("Keep it until the program ends"))
        self.session.clicked.connect(lambda: self._go(keep=False))
        self.session.hide()
        self.button = WordButton(self.tr("Sign in"), look="primary")
        self.button.setDefault(True)
        self.button.setEnabled(False)
        self.button.clicked.connect(lambda: self._go(keep=True))
        self.field.textChanged.connect(lambda text: self.button.setEnabled(bool(text)))
        self._lay_out(title)
        self.setMinimumWidth(px(420))
        self.field.setFocus()

    def _lay_out(self, title: str) -> None:
        leave = WordButton(self.tr("Not now"))
        leave.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(8))
        column.addWidget(PlainLabel(title, size=measures.PEOPLE, bold=True, wrap=True))
        column.addWidget(PlainLabel(self.tr("Your mail here is safe. Some providers want an app password."),
                                    tone="secondary", wrap=True))  # fmt: skip
        column.addSpacing(px(4))
        column.addWidget(self.field)
        column.addWidget(self._said)
        column.addSpacing(px(8))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.session)
        row.addWidget(leave)
        row.addWidget(self.button)
        column.addLayout(row)

    def _go(self, *, keep: bool) -> None:
        self.button.setEnabled(False)
        spawn(self._store(keep))

    async def _store(self, keep: bool) -> None:
        try:
            await self._engine.accounts.set_password(self._account.id, self.field.text(), keep=keep)
        except MailError as error:
            self.session.setVisible(isinstance(error, SecretsUnavailable))
            self._said.setText(f"{error.title}. {error.detail}".strip())
            self._said.show()
            self.button.setEnabled(True)
            return
        self.accept()
        self._engine.retry(self._account.id)
