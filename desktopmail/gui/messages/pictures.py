"""Painted rows, kept as pictures: what looks the same is not painted again while the list scrolls or mail arrives."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from desktopmail.domain.message import Summary
from desktopmail.gui.messages.rows import Look, RowPainter, line_below
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

MOST = 150
"""Pictures that are kept, and never more than `ROOM` bytes of them."""
ROOM = 48 << 20


class Pictures:
    """Keeps one picture per message and look. All are dropped when painter, theme, size or direction change, see
    `prepare`."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, Look], tuple[Summary, QPixmap]] = OrderedDict()
        self._for: tuple[object, ...] = ()
        self._painter: RowPainter
        self._size = QSize()
        self._ratio = 1.0
        self._direction = Qt.LayoutDirection.LeftToRight
        self._ground = QColor()
        self._most = MOST

    def prepare(self, painter: RowPainter, size: QSize, ratio: float, direction: Qt.LayoutDirection) -> None:
        """Say how rows are painted from now on: by whom, how large, in how many pixels per unit, from which side."""
        colours = theme().colours
        now = (painter, colours, size.width(), size.height(), ratio, direction)
        if now == self._for:
            return
        self.forget()
        self._for = now
        self._painter, self._size, self._ratio, self._direction = painter, size, ratio, direction
        self._ground = colours.window
        self._most = min(MOST, max(1, ROOM // max(1, round(size.width() * size.height() * ratio * ratio * 4))))

    def forget(self) -> None:
        """Drop all: fonts changed, or nobody looks."""
        self._kept.clear()
        self._for = ()

    def __len__(self) -> int:
        return len(self._kept)

    def draw(self, painter: QPainter, top: int, summary: Summary, look: Look) -> None:
        """Draw a row across the whole width, at a height."""
        key = (summary.id, look)
        kept = self._kept.get(key)
        if kept is None or kept[0] != summary:
            kept = self._kept[key] = (summary, self._paint(summary, look))
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        painter.drawPixmap(self._spot(painter, top), kept[1])

    def _spot(self, painter: QPainter, top: int) -> QPointF:
        """The nearest place that lies on whole pixels of the screen, so that letters stay sharp."""
        if self._ratio == int(self._ratio):
            return QPointF(0, top)
        device = painter.deviceTransform()
        on_screen = device.map(QPointF(0, top))
        return device.inverted()[0].map(QPointF(round(on_screen.x()), round(on_screen.y())))

    def _paint(self, summary: Summary, look: Look) -> QPixmap:
        ratio = self._ratio
        picture = QPixmap(-int(-self._size.width() * ratio // 1), -int(-self._size.height() * ratio // 1))
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._ground)
        row = QRectF(0, 0, self._size.width(), self._size.height())
        with QPainter(
            picture
        ) as painter:  # ended whatever happens: a picture that goes while it is painted on is fatal
            painter.setLayoutDirection(self._direction)
            if self._painter.density.lines > 1 and not look.selected and not look.hovered:
                line_below(painter, row, px(24), theme().colours.line)
            self._painter.paint(painter, row, summary, look)
        return picture
