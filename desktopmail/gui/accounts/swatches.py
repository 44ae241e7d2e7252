"""The eight colours of accounts, to choose one from."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from desktopmail.gui.style.colours import person
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.tip import tip

SIDE = 22


class Swatch(QAbstractButton):
    """One colour as a disc; the chosen one has a ring and a tick, so that it is not told by colour alone."""

    def __init__(self, colour: int, name: str) -> None:
        super().__init__()
        self._colour = colour
        self.setCheckable(True)
        self.setAccessibleName(name)
        tip(self, name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(px(SIDE), px(SIDE))
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(px(SIDE), px(SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        colour = person(self._colour, colours.dark)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(colour, 1.5) if self.isChecked() else Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.drawEllipse(room)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        inset = room.width() * 0.14
        painter.drawEllipse(room.adjusted(inset, inset, -inset, -inset))
        if self.isChecked():
            pen = QPen(colours.window, max(1.5, room.width() / 12))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            unit, middle = room.width() / 19, room.center()
            points = ((-3.0, 0.2), (-0.8, 2.3), (3.0, -2.2))
            painter.drawPolyline([middle + QPointF(x * unit, y * unit) for x, y in points])


class Swatches(QWidget):
    """`chosen` with the number of the colour."""

    chosen = Signal(int)

    def __init__(self, colour: int) -> None:
        super().__init__()
        names = (self.tr("Blue"), self.tr("Orange"), self.tr("Green"), self.tr("Purple"), self.tr("Gold"),
                 self.tr("Teal"), self.tr("Pink"), self.tr("Grey"))  # fmt: skip
        self.group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(6))
        for number, name in enumerate(names):
            swatch = Swatch(number, name)
            self.group.addButton(swatch, number)
            row.addWidget(swatch)
        self.choose(colour)
        self.group.idClicked.connect(self.chosen)

    def choose(self, colour: int) -> None:
        """Show this one as chosen."""
        self.group.button(colour % len(self.group.buttons())).setChecked(True)
