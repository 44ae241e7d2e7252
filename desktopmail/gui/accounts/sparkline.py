"""A small drawing of how full a mailbox was over the days, and a bar of how full it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopmail.domain.health import Room, RoomOn
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

DAYS = 90
WIDTH, HEIGHT = 132, 36
SMALLEST_SPAN = 0.02
"""The share of the room that the drawing's height stands for at least: noise stays flat."""


class Sparkline(QWidget):
    """The last DAYS days; nothing to see for fewer than two. What it shows is said in words beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._trend: tuple[RoomOn, ...] = ()
        self.setFixedSize(px(WIDTH), px(HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        theme().changed.connect(self.update)

    def show_trend(self, trend: Sequence[RoomOn], words: str) -> None:
        """Draw these days; `words` say the same for those who do not see it."""
        recent = [each for each in trend if each.day >= trend[-1].day - DAYS]
        self._trend = tuple(recent)
        self.setAccessibleName(words)
        self.setVisible(len(recent) > 1)
        self.update()

    def points(self, room: QRectF) -> list[QPointF]:
        """The line in a rectangle: days from left to right, the fuller the higher."""
        days = [each.day for each in self._trend]
        levels = [each.room.used for each in self._trend]
        allowed = max(each.room.allowed for each in self._trend)
        low, high = min(levels), max(levels)
        span = max(high - low, allowed * SMALLEST_SPAN, 1)
        middle = (high + low) / 2
        width = max(days[-1] - days[0], 1)
        return [
            QPointF(
                room.left() + room.width() * (day - days[0]) / width,
                room.center().y() - room.height() * (level - middle) / span,
            )
            for day, level in zip(days, levels, strict=True)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self._trend) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = self.points(QRectF(self.rect()).adjusted(3, 6, -5, -6))
        colour = _tone(self._trend[-1].room)
        line = QPainterPath(points[0])
        for point in points[1:]:
            line.lineTo(point)
        area = QPainterPath(line)
        area.lineTo(points[-1].x(), self.height())
        area.lineTo(points[0].x(), self.height())
        area.closeSubpath()
        painter.fillPath(area, blend(colour, theme().colours.raised, 0.14))
        pen = QPen(colour, 1.5)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(points[-1], 2.5, 2.5)


class RoomBar(QWidget):
    """How much of the room is used, from end to end."""

    def __init__(self) -> None:
        super().__init__()
        self._room = Room(0, 0)
        self.setFixedHeight(px(12))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_room(self, room: Room) -> None:
        """Draw this."""
        self._room = room
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(200), px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(0, (self.height() - px(5)) / 2, self.width(), px(5))
        painter.setBrush(theme().colours.quiet)
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        width = max(bar.height(), bar.width() * min(1.0, self._room.share))
        left = bar.right() - width if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else bar.left()
        painter.setBrush(_tone(self._room))
        painter.drawRoundedRect(QRectF(left, bar.top(), width, bar.height()), bar.height() / 2, bar.height() / 2)


def _tone(room: Room) -> QColor:
    colours = theme().colours
    if room.share >= 1:
        return colours.bad
    return colours.care if room.tight else colours.accent
