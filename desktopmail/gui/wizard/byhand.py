"""Servers typed by hand: host, port, protection and user name, for incoming and outgoing mail."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.account import Endpoint, Security
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.fields import CalmChoice, Field, PasswordField, PortField
from desktopmail.gui.wizard.page import Page
from desktopmail.gui.wizard.servers import Servers

KINDS = (Security.TLS, Security.STARTTLS)
INCOMING, OUTGOING = (993, 143), (465, 587)
"""The usual ports for `KINDS`."""


class ServerFields(QWidget):
    """One server. The port follows the protection as long as it is one of the usual ones."""

    def __init__(self, title: str, ports: tuple[int, int], example: str) -> None:
        super().__init__()
        self._ports = ports
        self._pins: dict[tuple[str, int], frozenset[str]] = {}
        self.title = PlainLabel(title, bold=True)
        self.host = Field(self.tr("Server"), example)
        self.port = PortField(self.tr("Port"))
        self.user = Field(self.tr("User name"))
        self.kind = CalmChoice()
        self.kind.setFont(measures.font())
        self.kind.setMinimumHeight(px(34))
        self.kind.addItem(self.tr("TLS"), Security.TLS.value)
        self.kind.addItem(self.tr("STARTTLS"), Security.STARTTLS.value)
        self.kind.currentIndexChanged.connect(self._follow)
        for part in (self.host.line, self.port.line, self.user.line, self.kind):
            part.setAccessibleName(f"{title}: {part.accessibleName() or self.tr('Encryption')}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.title)
        column.addLayout(_row(self.host, self.port, _named(self.tr("Encryption"), self.kind)))
        column.addWidget(self.user)

    def fill(self, endpoint: Endpoint | None, user: str) -> None:
        """Show a server, or an empty one for `user`."""
        kind = endpoint.security if endpoint is not None and endpoint.security in KINDS else Security.TLS
        self.kind.setCurrentIndex(KINDS.index(kind))
        self.host.line.setText(endpoint.host if endpoint else "")
        self.port.line.setText(str(endpoint.port if endpoint else self._ports[KINDS.index(kind)]))
        self.user.line.setText(endpoint.user if endpoint else user)
        self._pins = {(endpoint.host, endpoint.port): endpoint.pins} if endpoint else {}

    def value(self) -> Endpoint | None:
        """The server as typed; None when it cannot be used, which is then said beside the field."""
        if not self.host.text:
            self.host.complain(self.tr("Type the name of the server."))
            self.host.take()
            return None
        if not self.port.number:
            self.port.complain(self.tr("1 to 65535"))
            self.port.take()
            return None
        pins = self._pins.get((self.host.text, self.port.number), frozenset())
        return Endpoint(self.host.text, self.port.number, Security(self.kind.currentData()), self.user.text, pins)

    def _follow(self, index: int) -> None:
        if self.port.number in self._ports or not self.port.text:
            self.port.line.setText(str(self._ports[index]))


class ByHand(Page):
    """`agreed` with the Servers that were typed."""

    agreed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.verb = self.tr("Sign in")
        self.incoming = ServerFields(self.tr("Incoming mail (IMAP)"), INCOMING, "imap.example.org")
        self.outgoing = ServerFields(self.tr("Outgoing mail (SMTP)"), OUTGOING, "smtp.example.org")
        self.password = PasswordField(self.tr("Password for sending"), self.tr("Only if it is another one"))
        self.column.addWidget(self.incoming)
        self.column.addSpacing(px(24))
        self.column.addWidget(self.outgoing)
        self.column.addSpacing(px(8))
        self.column.addWidget(self.password)
        self.column.addStretch()

    def offer(self, servers: Servers | None, address: str, *, nothing_found: bool = False) -> None:
        """Begin with these servers, or with empty fields for the user name `address`."""
        domain = address.rpartition("@")[2]
        lead = self.tr("The help pages of your provider list them. Connections are always encrypted.")
        if nothing_found:
            lead = self.tr("No servers were found for {0}. The help pages of your provider list them.").format(domain)
        self.head(self.tr("Enter servers by hand"), lead)
        self.incoming.fill(servers.incoming if servers else None, address)
        self.outgoing.fill(servers.outgoing if servers else None, address)

    def start(self) -> QWidget | None:
        """The first server's name."""
        return self.incoming.host.line

    def go(self) -> None:
        """Use what was typed, if it can be used."""
        incoming = self.incoming.value()
        if incoming is None:
            return
        if not incoming.user:
            self.incoming.user.complain(self.tr("Type the name you sign in with; mostly it is the address."))
            self.incoming.user.take()
            return
        outgoing = self.outgoing.value()
        if outgoing is not None:
            self.agreed.emit(Servers(incoming, outgoing, self.password.secret or None))


def _row(host: QWidget, port: QWidget, kind: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(px(10))
    row.addWidget(host, 1, Qt.AlignmentFlag.AlignTop)
    row.addWidget(port, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(kind, 0, Qt.AlignmentFlag.AlignTop)
    return row


def _named(text: str, field: QWidget) -> QWidget:
    whole = QWidget()
    name = PlainLabel(text, size=measures.SMALL, tone="secondary")
    name.setBuddy(field)
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(px(4))
    column.addWidget(name)
    column.addWidget(field)
    field.setMinimumWidth(px(120))
    return whole
