"""A switch: on or off at once, without anything to confirm."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

WIDTH, HEIGHT, GAP = 36, 20, 3


class Switch(QCheckBox):
    """A check box in the shape of a switch; told to assistive software as the check box it is. On and off differ by
    place and by a sign, not by colour alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(self.sizeHint())
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(px(WIDTH), px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, spot: QPoint) -> bool:
        return self.rect().contains(spot)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        on, able = self.isChecked(), self.isEnabled()
        track = blend(colours.text, colours.window, 0.38 if not colours.dark else 0.42)
        fill, knob = (colours.accent, colours.on_accent) if on else (track, colours.window)
        if not able:
            fill = blend(fill, colours.window, 0.4)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        room = QRectF(self.rect())
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        side = room.height() - 2 * GAP
        at_end = on != (self.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        left = room.right() - GAP - side if at_end else room.left() + GAP
        spot = QRectF(left, room.top() + GAP, side, side)
        painter.setBrush(knob)
        painter.drawEllipse(spot)
        if on:
            pen = QPen(fill, max(1.4, side / 9))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            unit, middle = side / 14, spot.center()
            ticks = ((-3.0, 0.2), (-0.8, 2.3), (3.0, -2.2))
            painter.drawPolyline([middle + QPointF(x * unit, y * unit) for x, y in ticks])
