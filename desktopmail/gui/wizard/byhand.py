"""Servers typed by hand: protocol, host, port, protection and user name, for incoming and outgoing mail."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.account import Endpoint, Leave, Security
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.fields import CalmChoice, Explain, Field, HelpPage, PasswordField, PortField
from desktopmail.gui.wizard.leaving import LeaveChoice
from desktopmail.gui.wizard.page import Page
from desktopmail.gui.wizard.servers import IMAP, POP3, Servers

SMTP, NOTHING = "smtp", ""
KINDS = (Security.TLS, Security.STARTTLS, Security.NONE)
PORTS = {IMAP: (993, 143, 143), POP3: (995, 110, 110), SMTP: (465, 587, 587)}
"""The usual ports for `KINDS`."""


class ServerFields(QWidget):
    """One server, or none. The port follows protocol and protection as long as it is one of the usual ones. `turned`
    when the protocol is another one."""

    turned = Signal()

    def __init__(self, title: str, protocols: dict[str, str]) -> None:
        super().__init__()
        self._pins: dict[tuple[str, int], frozenset[str]] = {}
        self.title = PlainLabel(title, bold=True)
        self.protocol = _choice(protocols)
        self.explain = Explain(next(iter(protocols)).upper())
        self.host, self.port = Field(self.tr("Server")), PortField(self.tr("Port"))
        self.user = Field(self.tr("User name"))
        self.kind = _choice(
            {
                Security.TLS.value: self.tr("TLS"),
                Security.STARTTLS.value: self.tr("STARTTLS"),
                Security.NONE.value: self.tr("None"),
            }
        )
        self.protocol.setAccessibleName(self.tr("Way"))
        self.protocol.setMinimumWidth(px(168))
        self.kind.currentIndexChanged.connect(self._follow)
        self.protocol.currentIndexChanged.connect(self._turn)
        for part in (self.host.line, self.port.line, self.user.line, self.kind, self.protocol):
            name = part.accessibleName() or self.tr("Encryption")
            part.setAccessibleName(f"{title}: {name}")
        self._lay_out()
        self._turn()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(px(10))
        head.addWidget(self.title)
        head.addStretch()
        head.addWidget(self.explain)
        head.addWidget(self.protocol)
        self._rest = QWidget()
        rest = QVBoxLayout(self._rest)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(px(8))
        rest.addLayout(_row(self.host, self.port, _named(self.tr("Encryption"), self.kind)))
        rest.addWidget(self.user)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self._rest)

    @property
    def way(self) -> str:
        """The protocol; empty when there is to be no such server."""
        return str(self.protocol.currentData())

    def choose(self, way: str) -> None:
        """Show a protocol, or none."""
        self.protocol.setCurrentIndex(self.protocol.findData(way))

    def fill(self, endpoint: Endpoint | None, user: str) -> None:
        """Show a server, or an empty one for `user`."""
        kind = endpoint.security if endpoint is not None else Security.TLS
        self.kind.setCurrentIndex(KINDS.index(kind))
        self.host.line.setText(endpoint.host if endpoint else "")
        ports = PORTS.get(self.way, PORTS[IMAP])
        self.port.line.setText(str(endpoint.port if endpoint else ports[KINDS.index(kind)]))
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

    def _follow(self) -> None:
        usual = {port for ports in PORTS.values() for port in ports}
        if self.way and (self.port.number in usual or not self.port.text):
            self.port.line.setText(str(PORTS[self.way][max(0, self.kind.currentIndex())]))

    def _turn(self) -> None:
        way = self.way
        self._rest.setVisible(bool(way))
        if way:
            self.explain.about(way.upper())
            self.host.line.setPlaceholderText({POP3: "pop.example.org"}.get(way, f"{way}.example.org"))
        self.explain.setVisible(bool(way))
        self._follow()
        self.turned.emit()


class ByHand(Page):
    """`agreed` with the Servers that were typed."""

    agreed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.verb = self.tr("Sign in")
        self.incoming = ServerFields(
            self.tr("Incoming mail"), {IMAP: "IMAP", POP3: "POP3", NOTHING: self.tr("None: only send")}
        )
        self.outgoing = ServerFields(self.tr("Outgoing mail"), {SMTP: "SMTP", NOTHING: self.tr("None: only receive")})
        self.leaving = LeaveChoice()
        self.password = PasswordField(self.tr("Password for sending"), self.tr("Only if it is another one"))
        self.help = HelpPage()
        self.help.setContentsMargins(0, 0, 0, px(16))
        self.column.addWidget(self.help)
        for part, gap in ((self.incoming, 8), (self.leaving, 20), (self.outgoing, 8), (self.password, 0)):
            self.column.addWidget(part)
            self.column.addSpacing(px(gap))
        self.column.addStretch()
        self.incoming.turned.connect(self._fit)
        self.outgoing.turned.connect(self._fit)
        self._fit()

    def offer(self, servers: Servers | None, address: str, *, nothing_found: bool = False, why: str = "") -> None:
        """Begin with these servers, or with empty fields for the user name `address`. `why` nobody could be asked."""
        domain = address.rpartition("@")[2]
        lead = self.tr("The help pages of your provider list them.")
        if nothing_found:
            lead = self.tr("No servers were found for {0}. The help pages of your provider list them.").format(domain)
        if nothing_found and why:
            lead = self.tr("{0}. Look whether this computer is online, or enter what your provider's help pages say.")
            lead = lead.format(why)
        self.head(self.tr("Enter servers by hand"), lead)
        self.incoming.choose(IMAP if servers is None else servers.protocol if servers.incoming else NOTHING)
        self.outgoing.choose(NOTHING if servers is not None and servers.outgoing is None else SMTP)
        self.incoming.fill(servers.incoming if servers else None, address)
        self.outgoing.fill(servers.outgoing if servers else None, address)
        self.leaving.choose(servers.leave if servers else Leave())

    def start(self) -> QWidget | None:
        """The first server's name."""
        return self.incoming.host.line if self.incoming.way else self.outgoing.host.line

    def go(self) -> None:
        """Use what was typed, if it can be used."""
        incoming = self.incoming.value() if self.incoming.way else None
        if self.incoming.way and incoming is None:
            return
        if incoming is not None and not incoming.user:
            self.incoming.user.complain(self.tr("Type the name you sign in with; mostly it is the address."))
            self.incoming.user.take()
            return
        outgoing = self.outgoing.value() if self.outgoing.way else None
        if self.outgoing.way and outgoing is None:
            return
        way = self.incoming.way or IMAP
        other = self.password.secret if incoming is not None and outgoing is not None else ""
        leave = self.leaving.leave if way == POP3 else Leave()
        self.agreed.emit(Servers(incoming, outgoing, other or None, way, leave))

    def _fit(self) -> None:
        incoming, outgoing = self.incoming.way, self.outgoing.way
        self.leaving.setVisible(incoming == POP3)
        self.password.setVisible(bool(incoming and outgoing))
        self.verb = self.tr("Sign in") if incoming or outgoing else ""
        self.changed.emit()


def _choice(texts: dict[str, str]) -> QComboBox:
    made = CalmChoice()
    made.setFont(measures.font())
    made.setMinimumHeight(px(34))
    for value, text in texts.items():
        made.addItem(text, value)
    return made


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
