"""A bar that shows what takes how much room, with a legend in words below."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import blend, person
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

HUES = (0, 2, 4)
BAR, GAP = 12, 2


class SizeBar(QWidget):
    """Stretches of one bar. The words beside the samples say everything the bar says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[tuple[str, str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_parts(self, parts: list[tuple[str, str, int]]) -> None:
        """What it is, its size in words, and its size: at most three."""
        self._parts = parts
        self.setAccessibleName(", ".join(f"{name}: {text}" for name, text, _ in parts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(200), px(BAR + 16 + 20 * len(self._parts)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._bar(painter, QRectF(0, 0, self.width(), px(BAR)))
        for number, (name, text, _) in enumerate(self._parts):
            self._legend(painter, QRectF(0, px(BAR + 12 + 20 * number), self.width(), px(20)), number, name, text)

    def _bar(self, painter: QPainter, room: QRectF) -> None:
        whole = sum(size for *_, size in self._parts)
        frame = QPainterPath()
        frame.addRoundedRect(room, room.height() / 2, room.height() / 2)
        painter.save()
        painter.setClipPath(frame)
        painter.fillRect(room, theme().colours.quiet)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        done = 0.0
        for number, (*_, size) in enumerate(self._parts):
            width = room.width() * size / whole if whole else 0.0
            left = room.right() - done - width if mirrored else room.left() + done
            painter.fillRect(QRectF(left, room.top(), max(0.0, width - GAP), room.height()), _hue(number))
            done += width
        painter.restore()

    def _legend(self, painter: QPainter, room: QRectF, number: int, name: str, text: str) -> None:
        colours = theme().colours
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = px(8)
        left = room.right() - side if mirrored else room.left()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_hue(number))
        painter.drawRoundedRect(QRectF(left, room.center().y() - side / 2, side, side), 2, 2)
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if mirrored:
            start, end = end, start
        words = room.adjusted(0, 0, -px(18), 0) if mirrored else room.adjusted(px(18), 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(measures.font(measures.SMALL))
        painter.setPen(colours.text)
        painter.drawText(words, flags | start, name)
        painter.setPen(colours.secondary)
        painter.drawText(words, flags | end, text)


def _hue(number: int) -> QColor:
    colours = theme().colours
    return blend(person(HUES[number % len(HUES)], colours.dark), colours.window, 0.85)
