"""The servers of an account: names, ports and protection, for the days when a provider changes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from desktopmail.domain.account import Account, Endpoint, Security
from desktopmail.domain.errors import MailError
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class EndpointFields(QWidget):
    """Host, port, protection and user name of one server."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self._endpoint = endpoint
        self.host = QLineEdit(endpoint.host)
        self.port = QSpinBox()
        self.port.setRange(1, 65535)
        self.port.setValue(endpoint.port)
        self.port.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.security = ComboBox()
        for value, text in (
            (Security.TLS, self.tr("TLS from the first byte")),
            (Security.STARTTLS, self.tr("STARTTLS")),
            (Security.NONE, self.tr("None: everybody on the way can read the password")),
        ):
            self.security.addItem(text, value.value)
        self.security.setCurrentIndex(list(Security).index(endpoint.security))
        self.user = QLineEdit(endpoint.user)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(px(8))
        grid.setHorizontalSpacing(px(16))
        rows = ((self.tr("Server"), self.host), (self.tr("Port"), self.port), (self.tr("Protection"), self.security),
                (self.tr("User name"), self.user))  # fmt: skip
        for row, (text, field) in enumerate(rows):
            field.setFont(measures.font())
            field.setAccessibleName(text)
            grid.addWidget(PlainLabel(text, tone="secondary"), row, 0)
            grid.addWidget(field, row, 1)
        self.distrust = WordButton(self.tr("Trust its own certificate no longer"), look="link")
        self.distrust.clicked.connect(self._distrust)
        self.distrust.setVisible(bool(endpoint.pins))
        grid.addWidget(self.distrust, len(rows), 1)
        grid.setColumnStretch(1, 1)

    def _distrust(self) -> None:
        self._endpoint = replace(self._endpoint, pins=frozenset())
        self.distrust.hide()

    def value(self) -> Endpoint:
        """The server as typed. Trusted certificates belong to the old name and port and go with them."""
        host, port = self.host.text().strip(), self.port.value()
        same = (host, port) == (self._endpoint.host, self._endpoint.port)
        pins = self._endpoint.pins if same else frozenset()
        return Endpoint(host, port, Security(self.security.currentData()), self.user.text().strip(), pins)


class Servers(QDialog):
    """Changes are stored with one button, and the account tries the new servers at once."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Servers of {0}").format(account.name or account.address))
        self._engine = engine
        self._account = account
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(10))
        self.incoming = self._part(column, self.tr("Incoming mail"), account.incoming)
        self.outgoing = self._part(column, self.tr("Outgoing mail"), account.outgoing)
        self._said = PlainLabel("", tone="bad", wrap=True)
        self._said.hide()
        column.addWidget(self._said)
        row = QHBoxLayout()
        row.addStretch()
        leave = WordButton(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        self.button = WordButton(self.tr("Use these servers"), look="primary")
        self.button.clicked.connect(lambda: spawn(self._store()))
        row.addWidget(leave)
        row.addWidget(self.button)
        column.addLayout(row)
        self.setMinimumWidth(px(440))

    def _part(self, column: QVBoxLayout, title: str, server: object) -> EndpointFields | None:
        endpoint = getattr(server, "endpoint", None)
        if not isinstance(endpoint, Endpoint):
            return None
        fields = EndpointFields(endpoint)
        column.addWidget(PlainLabel(title, bold=True))
        column.addWidget(fields)
        column.addSpacing(px(8))
        return fields

    async def _store(self) -> None:
        account = self._account
        if self.incoming is not None and account.incoming is not None:
            account = replace(account, incoming=replace(account.incoming, endpoint=self.incoming.value()))
        if self.outgoing is not None and account.outgoing is not None:
            account = replace(account, outgoing=replace(account.outgoing, endpoint=self.outgoing.value()))
        try:
            await self._engine.accounts.change(account)
        except MailError as error:
            self._said.setText(f"{error.title}. {error.detail}".strip())
            self._said.show()
            return
        self.accept()
        self._engine.retry(account.id)
