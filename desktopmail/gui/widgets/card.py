"""Cards that lie above the window: completion lists, the activity panel, the choice of a folder."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme

SHADOW = 20


class Card(QWidget):
    """A raised surface with round corners and a soft shadow, a child of the window: it takes no focus by itself and
    leaves with the window. The room for the shadow is part of the widget; `body` is what lies inside."""

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._host = window
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SHADOW, SHADOW, SHADOW, SHADOW)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(1, 1, 1, measures.RADIUS)
        self.body.setSpacing(0)
        outer.addLayout(self.body)
        theme().changed.connect(self.update)
        self.hide()

    def place(self, spot: QPoint, width: int, height: int) -> None:
        """Lay the visible surface at `spot` (window coordinates) with room for a content of this size, kept inside the
        window, and raise it."""
        room = self._host.rect()
        height += 1 + measures.RADIUS
        width = min(width, room.width() - 16)
        height = min(height, room.height() - 16)
        left = max(8, min(spot.x(), room.width() - width - 8))
        top = max(8, min(spot.y(), room.height() - height - 8))
        self.setGeometry(left - SHADOW, top - SHADOW, width + 2 * SHADOW, height + 2 * SHADOW)
        self.show()
        self.raise_()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        painter.setPen(Qt.PenStyle.NoPen)
        # Rings of falling strength, a little lower than the surface: soft, and without an effect that costs a buffer.
        faint = QColor(colours.shadow)
        for ring in range(1, SHADOW - 3):
            faint.setAlphaF(colours.shadow.alphaF() * 0.16 * (1 - ring / SHADOW) ** 2)
            painter.setBrush(faint)
            radius = measures.RADIUS_CARD + ring
            painter.drawRoundedRect(inner.adjusted(-ring, 4 - ring, ring, 3 + ring), radius, radius)
        painter.setBrush(colours.raised)
        painter.setPen(QPen(colours.line, 1))
        painter.drawRoundedRect(inner.adjusted(0.5, 0.5, -0.5, -0.5), measures.RADIUS_CARD, measures.RADIUS_CARD)
