"""Two pages on which the person decides before a password is sent: servers of other names, and no encryption."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from desktopmail.domain.account import Endpoint
from desktopmail.domain.found import FoundServers
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.strip import Notice, Strips
from desktopmail.gui.wizard.fields import Explain, HelpPage, Link
from desktopmail.gui.wizard.page import Page
from desktopmail.gui.wizard.servers import Servers
from desktopmail.gui.wizard.words import breakable

_LEFT = Qt.AlignmentFlag.AlignLeft


class Agree(Page):
    """`agreed` with what was found when its servers are the provider's, `by_hand` when others are to be typed."""

    agreed = Signal(object)
    by_hand = Signal()

    def __init__(self) -> None:
        super().__init__(
            self.tr("Are these your provider's servers?"),
            self.tr("Nothing has been sent to them yet. Compare the names with the help pages of your provider."),
        )
        self.verb = self.tr("Yes, use these servers")
        self._found: FoundServers | None = None
        self.notes = Strips()
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        grid.setColumnStretch(1, 1)
        self._shown = [PlainLabel(name, tone="secondary") for name in ("IMAP", "POP3", "SMTP")]
        self._values = [PlainLabel("", bold=True, wrap=True) for _ in self._shown]
        for row, (label, value) in enumerate(zip(self._shown, self._values, strict=True)):
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        self.column.addWidget(self.notes)
        self.column.addSpacing(px(16))
        self.column.addLayout(grid)
        self.column.addSpacing(px(20))
        link = Link(self.tr("Enter servers by hand"))
        self.hand = link.button
        self.hand.clicked.connect(self.by_hand)
        self.explain = Explain("IMAP", "POP3", "SMTP")
        self.help = HelpPage()
        self.column.addWidget(self.help)
        self.column.addSpacing(px(4))
        self.column.addWidget(link)
        self.column.addSpacing(px(4))
        self.column.addWidget(self.explain, 0, _LEFT)
        self.column.addStretch()

    def ask(self, found: FoundServers) -> None:
        """Ask about the servers that were found."""
        self._found = found
        self.notes.show_notices([Notice(breakable(words), "shield-alert", "care") for words in found.confirm])
        self.help.lead_to(found.documentation)
        best = {name: kind[0] for name, kind in _kinds(found).items() if kind}
        for label, value in zip(self._shown, self._values, strict=True):
            endpoint = best.get(label.text())
            label.setVisible(endpoint is not None)
            value.setVisible(endpoint is not None)
            if endpoint is not None:
                where = self.tr("{0}, port {1}").format(breakable(endpoint.host), endpoint.port)
                value.setText(where)
                value.setAccessibleName(f"{label.text()}: {endpoint.host}")

    def start(self) -> QWidget | None:
        """The way to other servers: agreeing takes a deliberate step."""
        return self.hand

    def go(self) -> None:
        """They are the provider's."""
        if self._found is not None:
            self.agreed.emit(self._found)


class Risk(Page):
    """Going on without encryption. The main button leads away from it; the other way has to be ticked first, and is
    pressed by hand. `agreed` with the Servers, `by_hand` when others are to be typed."""

    agreed = Signal(object)
    by_hand = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("This server does not encrypt"))
        self.verb = self.tr("Enter other servers")
        self.servers: Servers | None = None
        self.notes = Strips()
        self.tick = QCheckBox(self.tr("I know that my password and my mail can be read on the way"))
        self.tick.setFont(measures.font())
        self.tick.setAccessibleName(self.tick.text())
        self.go_on = WordButton(self.tr("Sign in without encryption"), look="danger")
        self.go_on.setMinimumHeight(px(32))
        self.go_on.clicked.connect(self._agree)
        self.tick.toggled.connect(self.go_on.setEnabled)
        self.where = PlainLabel("", bold=True, wrap=True)
        self.explain = Explain("TLS")
        for part, gap in ((self.where, 12), (self.notes, 16), (self.tick, 10), (self.go_on, 20), (self.explain, 0)):
            if part in (self.go_on, self.explain):
                self.column.addWidget(part, 0, _LEFT)
            else:
                self.column.addWidget(part)
            self.column.addSpacing(px(gap))
        self.column.addStretch()

    def ask(self, servers: Servers) -> None:
        """Ask about servers, some of which are spoken to in clear. Nothing was sent to them."""
        self.servers = servers
        self.tick.setChecked(False)
        self.go_on.setEnabled(False)
        hosts = [each.host for each in servers.readable]
        self.head(
            self.tr("This server does not encrypt"),
            self.tr("Nothing secret was sent. Your provider may have other servers, or may be asked for some."),
        )
        words = self.tr(
            "Without encryption, everybody on the way can read the password of this account and every message, and can "
            "change them."
        )
        self.notes.show_notices([Notice(words, "shield-alert", "bad")])
        places = [self.tr("{0}, port {1}").format(each.host, each.port) for each in servers.readable]
        self.where.setText(breakable("\n".join(places)))
        self.go_on.setAccessibleDescription(", ".join(hosts))

    def go(self) -> None:
        """Away from here."""
        self.by_hand.emit()

    def _agree(self) -> None:
        if self.servers is not None and self.tick.isChecked():
            self.agreed.emit(self.servers)


def _kinds(found: FoundServers) -> dict[str, tuple[Endpoint, ...]]:
    return {"IMAP": found.imap, "POP3": found.pop3, "SMTP": found.smtp}
