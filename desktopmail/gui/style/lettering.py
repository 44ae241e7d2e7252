"""Words and signs painted where lines begin: at the left, or at the right where the window is read from there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from desktopmail.gui.style.measures import Face


def turned(widget: QWidget, spot: QRectF) -> QRectF:
    """A spot measured from the side where lines begin, as it lies in the widget."""
    if widget.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        return QRectF(widget.width() - spot.x() - spot.width(), spot.y(), spot.width(), spot.height())
    return spot


def write(painter: QPainter, widget: QWidget, face: Face, spot: QPointF, text: str) -> None:
    """Paint text on a base line that begins at `spot`, measured from the side where lines begin. The text keeps its own
    direction."""
    where = turned(widget, QRectF(spot.x(), spot.y(), face.metrics.horizontalAdvance(text), 0))
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.setFont(face.font)
    painter.drawText(where.topLeft(), text)


def base(face: Face, height: float) -> float:
    """Where the base line is of text in the middle of so much height."""
    return (height + face.metrics.ascent() - face.metrics.descent()) / 2
