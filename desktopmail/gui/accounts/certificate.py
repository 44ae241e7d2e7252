"""A server of an account that shows a certificate nobody vouches for: its facts, and trusting exactly this one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktopmail.domain.account import Account, Endpoint
from desktopmail.domain.errors import MailError
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.loop import spawn
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import buttons_row
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.advice import Way, advise
from desktopmail.gui.wizard.trouble import Trouble

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class RefusedCertificate(QDialog):
    """Asks the servers for their certificates anew and shows the one that is refused. Trusting it is never the button
    that Return presses, and holds for this certificate on this host and port alone."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Certificate of a server"))
        self._engine, self._account, self._window = engine, account, window
        self._endpoint: Endpoint | None = None
        self.trouble: Trouble | None = None
        self._said = PlainLabel(self.tr("Looking at the certificate…"), wrap=True)
        self.again = WordButton(self.tr("Try again"), look="primary")
        self.again.setDefault(True)
        self.again.clicked.connect(self._retry)
        leave = WordButton(self.tr("Not now"))
        leave.clicked.connect(self.reject)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(24), px(20), px(24), px(20))
        self._column.setSpacing(px(12))
        self._column.addWidget(self._said)
        self._column.addLayout(buttons_row(leave, self.again))
        self.setMinimumWidth(px(520))
        spawn(self._look(), self)

    async def _look(self) -> None:
        try:
            found = await self._engine.diagnosis.refused(self._account)
        except MailError as error:
            self._said.setText(f"{error.title}. {error.detail}".strip())
            return
        if found is None:
            self._said.setText(self.tr("The certificate is in order now."))
            return
        self._endpoint, refusal = found
        self._said.hide()
        self.trouble = Trouble(advise(refusal, self._endpoint))
        self.trouble.chosen.connect(self._chosen)
        self._column.insertWidget(0, self.trouble)

    def _chosen(self, way: Way) -> None:
        if way is Way.SERVERS:
            self.accept()
            Servers(self._engine, self._account, self._window).open()
        elif way is Way.TRUST:
            spawn(self._trust(), self)

    async def _trust(self) -> None:
        assert self.trouble is not None
        certificate = self.trouble.advice.certificate
        assert certificate is not None
        pins = frozenset({certificate.fingerprint})
        account = self._account
        for name in ("incoming", "outgoing"):
            server = getattr(account, name)
            if server is not None and _same_place(server.endpoint, self._endpoint):
                account = replace(account, **{name: replace(server, endpoint=replace(server.endpoint, pins=pins))})
        try:
            await self._engine.accounts.change(account)
        except MailError as error:
            self._said.setText(f"{error.title}. {error.detail}".strip())
            self._said.show()
            return
        self._retry()

    def _retry(self) -> None:
        self.accept()
        self._engine.retry(self._account.id)


def _same_place(one: Endpoint, other: Endpoint | None) -> bool:
    return other is not None and (one.host.lower(), one.port) == (other.host.lower(), other.port)
