"""First start: nothing is here yet, and one button says what to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel


class _Mark(QWidget):
    """The sign of the program: a letter on a soft disc."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(px(88), px(88))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.soft)
        painter.drawEllipse(self.rect())
        side = px(40)
        spot = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        icons.draw(painter, "mail", spot, colours.accent)


class Welcome(QWidget):
    """`wanted` when an account is to be set up."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.button = WordButton(self.tr("Set up an account"), look="primary")
        self.button.setMinimumHeight(px(36))
        self.button.clicked.connect(self.wanted)
        title = PlainLabel(self.tr("Welcome"), size=measures.SUBJECT, bold=True)
        detail = PlainLabel(
            self.tr(
                "Type an address and its password; the servers are found by themselves. "
                "Your mail stays between this computer and your provider."
            ),
            tone="secondary",
            wrap=True,
        )
        detail.setAlignment(Qt.AlignmentFlag.AlignCenter)
        detail.fit(px(400))
        column = QVBoxLayout(self)
        column.addStretch(3)
        for part, gap in ((_Mark(), 20), (title, 8), (detail, 24), (self.button, 0)):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addSpacing(px(gap))
        column.addStretch(4)
