"""One account in the settings: where it comes from and goes to, its password, its servers, and its removal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.account import Account, Endpoint, ImapServer, Pop3Server
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.accounts.sign_in import SignIn
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import person
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.ask import Ask
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.confirm import Confirm
from desktopmail.gui.widgets.label import ElidedLabel, PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class AccountCard(QFrame):
    """A card with a bar of the account's colour."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        super().__init__()
        self._engine = engine
        self._account = account
        self._window = window
        self.setProperty("look", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(14), px(16), px(14))
        column.setSpacing(px(4))
        column.addWidget(ElidedLabel(account.name or account.address, bold=True))
        for text in self._facts():
            column.addWidget(PlainLabel(text, size=measures.SMALL, tone="secondary", wrap=True))
        column.addSpacing(px(8))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        for text, look, act in (
            (self.tr("Enter password…"), "", self._sign_in),
            (self.tr("Servers…"), "", self._servers),
            (self.tr("Rename…"), "", self._rename),
            (self.tr("Remove…"), "danger", self._remove),
        ):
            button = WordButton(text, look=look)
            button.setAccessibleName(f"{text.rstrip('…')}: {account.name or account.address}")
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)

    def _facts(self) -> list[str]:
        account = self._account
        facts = [account.address]
        match account.incoming:
            case ImapServer(endpoint):
                facts.append(self.tr("Mail from {0}, by IMAP: it stays there too").format(_where(endpoint)))
            case Pop3Server(endpoint=endpoint):
                facts.append(self.tr("Mail from {0}, by POP3: it comes to this computer").format(_where(endpoint)))
            case None:
                facts.append(self.tr("Only sends"))
        if account.outgoing is None:
            facts.append(self.tr("Only receives"))
        else:
            facts.append(self.tr("Mail goes out by {0}").format(_where(account.outgoing.endpoint)))
        return facts

    def _sign_in(self) -> None:
        title = self.tr("Password for {0}").format(self._account.address)
        SignIn(self._engine, self._account, title, self._window).open()

    def _servers(self) -> None:
        Servers(self._engine, self._account, self._window).open()

    def _rename(self) -> None:
        Ask(self._window, self.tr("Name of this account"), self.tr("Rename"), self._account.name).ask(
            lambda name: _start(self._engine, replace(self._account, name=name))
        )

    def _remove(self) -> None:
        Confirm(
            self._window,
            self.tr("Remove {0} from this computer?").format(self._account.name or self._account.address),
            self.tr("Its mail is removed from this computer. What is on the server stays there."),
            self.tr("Remove account"),
            self.tr("Keep"),
        ).ask(self._removed)

    def _removed(self) -> None:
        spawn(self._engine.accounts.remove(self._account.id))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(person(self._account.colour, theme().colours.dark))
        left = self.width() - px(11) if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else px(8)
        painter.drawRoundedRect(QRectF(left, px(16), 3, px(16)), 1.5, 1.5)


def _where(endpoint: Endpoint) -> str:
    return endpoint.host


def _start(engine: Engine, account: Account) -> None:
    spawn(engine.accounts.change(account))
