"""The last page: the account is there, and one button leads to its mail."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import NewAccount
from desktopmail.gui.style import icons
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.strip import tint
from desktopmail.gui.wizard.page import Page


class _Mark(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(px(72), px(72))
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint("good"))
        painter.drawEllipse(self.rect())
        side = px(32)
        spot = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        icons.draw(painter, "check", spot, theme().colours.good)


class Done(Page):
    """`wanted` when the person wants to see the mail."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.verb = self.tr("Show my mail")
        self.way_back = False
        self.column.insertStretch(0, 2)
        self.column.insertWidget(1, _Mark(), 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.insertSpacing(2, px(20))
        self.column.addStretch(3)
        for label in (self.title, self.lead):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)

    def tell(self, address: str, account: NewAccount, *, kept: bool) -> None:
        """Say which account is there, and whether its password is kept."""
        sentence = self.tr("{0} is ready, and its mail is coming in.").format(address)
        if account.incoming is None:
            sentence = self.tr("{0} is ready to send.").format(address)
        elif account.outgoing is None:
            sentence = self.tr("{0} is ready, and its mail is coming in. It only receives.").format(address)
        if not kept:
            sentence = self.tr("{0} is ready; its password is kept until the program ends.").format(address)
        self.head(self.tr("All set"), sentence)
        self.verb = self.tr("Show my mail") if account.incoming is not None else self.tr("Done")

    def go(self) -> None:
        """Show the mail."""
        self.wanted.emit()
