"""The second page: which servers were found and where that is known from, and how mail will come in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.found import FoundServers
from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.fields import Link
from desktopmail.gui.wizard.page import Page
from desktopmail.gui.wizard.servers import Servers
from desktopmail.gui.wizard.words import breakable

BUNDLED = "bundled facts"


class WayCard(QAbstractButton):
    """One way for mail to come in: a name, one plain sentence, and a round mark for the one that is chosen."""

    def __init__(self, name: str, mark: str = "") -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.title = PlainLabel(name, bold=True)
        self.mark = PlainLabel(mark, size=measures.SIGN, tone="secondary")
        self.mark.setProperty("look", "key")
        self.words = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.title)
        head.addWidget(self.mark)
        head.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(12), px(16), px(12))
        row.addSpacing(px(28))
        column = QVBoxLayout()
        row.addLayout(column, 1)
        column.setSpacing(px(4))
        column.addLayout(head)
        column.addWidget(self.words)
        for part in (self.title, self.mark, self.words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme().changed.connect(self.update)

    def offer(self, words: str, possible: bool, mark: str = "") -> None:
        """Say what it means; what is not possible can be read and not chosen."""
        self.words.setText(words)
        self.mark.setText(mark)
        self.mark.setVisible(bool(mark))
        self.setEnabled(possible)
        self.setChecked(possible)
        self.setAccessibleName(f"{self._name}, {mark}" if mark else self._name)
        self.setAccessibleDescription(words)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, possible = self.isChecked() and self.isEnabled(), self.isEnabled()
        width = 2.0 if chosen else 1.0
        painter.setPen(QPen(colours.accent if chosen else colours.line, width))
        painter.setBrush(colours.raised if possible else colours.surface)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, measures.RADIUS_CARD, measures.RADIUS_CARD)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        spot = QPointF(self.width() - px(24) if mirrored else px(24), px(21))
        edge = colours.accent if chosen else blend(colours.text, colours.window, 0.45 if possible else 0.2)
        painter.setPen(QPen(edge, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(spot, px(8) - 0.75, px(8) - 0.75)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent)
            painter.drawEllipse(spot, px(4), px(4))


class Found(Page):
    """`agreed` with the Servers to use, `by_hand` when others are to be typed."""

    agreed = Signal(object)
    by_hand = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.servers: Servers | None = None
        self.imap = WayCard("IMAP")
        self.pop3 = WayCard("POP3")
        self.incoming, self.outgoing = PlainLabel("", wrap=True), PlainLabel("", wrap=True)
        self.column.addWidget(self.imap)
        self.column.addSpacing(px(10))
        self.column.addWidget(self.pop3)
        self.column.addSpacing(px(20))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(6))
        rows = ((self.tr("Mail comes from"), self.incoming), (self.tr("Mail goes out by"), self.outgoing))
        for row, (name, value) in enumerate(rows):
            grid.addWidget(PlainLabel(name, tone="secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)
        self.column.addSpacing(px(12))
        link = Link(self.tr("Enter servers by hand"))
        self.hand = link.button
        self.hand.clicked.connect(self.by_hand)
        self.column.addWidget(link)
        self.column.addStretch()

    def offer(self, found: FoundServers) -> None:
        """Show what was found."""
        self.servers = Servers.best(found)
        self.head(self.tr("Servers of {0}").format(found.provider), self._source(found))
        if found.imap:
            self.imap.offer(
                self.tr("Your mail stays with your provider and looks the same on every device. "
                        "Recommended because nothing is lost with this computer, and your phone sees the same."),
                True,
                self.tr("Recommended"),
            )  # fmt: skip
        else:
            self.imap.offer(self.tr("This provider was not found to offer IMAP."), False)
        self.pop3.offer(
            self.tr("Mail comes to this computer; other devices see only what stays on the server. "
                    "This version cannot receive over POP3."),
            False,
            self.tr("Not in this version"),
        )  # fmt: skip
        servers = self.servers
        self.incoming.setText(self._where(servers.incoming if servers else None))
        self.outgoing.setText(self._where(servers.outgoing if servers else None))
        if servers is not None and servers.outgoing is None:
            self.outgoing.setText(self.tr("No server found: this account would only receive"))
        self.verb = self.tr("Sign in") if servers is not None else ""
        self.changed.emit()

    def go(self) -> None:
        """Sign in to the servers that are shown."""
        if self.servers is not None:
            self.agreed.emit(self.servers)

    def start(self) -> QWidget | None:
        """The main button, or the way to other servers when there is nothing to agree to."""
        return None if self.servers is not None else self.hand

    def _source(self, found: FoundServers) -> str:
        if found.source == BUNDLED:
            return self.tr("This provider is in the list that comes with the program.")
        return self.tr(
            "Found by trying the usual names. Each server proved its name on an encrypted connection; "
            "your password was not sent."
        )

    def _where(self, endpoint: Endpoint | None) -> str:
        if endpoint is None:
            return self.tr("No server found")
        kind = "TLS" if endpoint.security is Security.TLS else "STARTTLS"
        return self.tr("{host}, port {port}, encrypted ({kind})").format(
            host=breakable(endpoint.host), port=endpoint.port, kind=kind
        )
