"""Cards that lie above the window: completion lists, the activity panel, the choice of a folder."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme

SHADOW = 12


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
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)
        outer.addLayout(self.body)
        theme().changed.connect(self.update)
        self.hide()

    def place(self, spot: QPoint, width: int, height: int) -> None:
        """Lay the visible surface at `spot` (window coordinates), kept inside the window, and raise it."""
        room = self._host.rect()
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
        faint = QColor(colours.shadow)
        for ring in range(SHADOW - 2):
            faint.setAlphaF(colours.shadow.alphaF() * 0.055 * (ring + 1) / 2)
            painter.setBrush(faint)
            grow = SHADOW - 2 - ring
            lower = min(2, SHADOW - grow)
            painter.drawRoundedRect(
                inner.adjusted(-grow, -grow + 2, grow, grow + lower),
                measures.RADIUS_CARD + grow,
                measures.RADIUS_CARD + grow,
            )
        painter.setBrush(colours.raised)
        painter.setPen(QPen(colours.line, 1))
        painter.drawRoundedRect(inner.adjusted(0.5, 0.5, -0.5, -0.5), measures.RADIUS_CARD, measures.RADIUS_CARD)
