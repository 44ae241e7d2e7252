"""The cross at the end of a chip: takes it away, and shows that it will while the pointer is over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHoverEvent, QPainter
from PySide6.QtWidgets import QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.lettering import turned
from desktopmail.gui.style.theme import theme

SIDE = 14
ROUND = 20


class Cross(QObject):
    """Painted by its chip; `inset` is how far from the chip's end it stands, in the design's pixels."""

    def __init__(self, chip: QWidget, inset: int) -> None:
        super().__init__(chip)
        self._chip, self._inset = chip, inset
        self._over = False
        chip.setAttribute(Qt.WidgetAttribute.WA_Hover)
        chip.setCursor(Qt.CursorShape.ArrowCursor)
        chip.installEventFilter(self)

    @property
    def spot(self) -> QRectF:
        """Where it is painted."""
        side, chip = measures.px(SIDE), self._chip
        at = QRectF(chip.width() - side - measures.px(self._inset), (chip.height() - side) / 2, side, side)
        return turned(chip, at)

    def holds(self, point: QPointF) -> bool:
        """Whether a press there means the cross: somewhat more than what is seen of it."""
        return self.spot.adjusted(-4, -10, 8, 10).contains(point)

    def paint(self, painter: QPainter) -> None:
        """Draw it, on a round ground while the pointer is over it."""
        colours = theme().colours
        if self._over:
            ground = QColor(colours.text)
            ground.setAlphaF(0.1)
            grown = (measures.px(ROUND) - measures.px(SIDE)) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawEllipse(self.spot.adjusted(-grown, -grown, grown, grown))
        icons.draw(painter, "x", self.spot, colours.text if self._over else colours.secondary)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        over = self._over
        if isinstance(event, QHoverEvent):
            over = event.type() != QEvent.Type.HoverLeave and self.holds(event.position())
        if over != self._over:
            self._over = over
            self._chip.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            self._chip.update()
        return False
