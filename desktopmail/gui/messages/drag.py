"""Dragging messages to a folder or out of the program, with a small badge under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt
from PySide6.QtGui import QDrag, QFont, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from desktopmail.gui import words
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.wares import unpack


def start_drag(source: QWidget, goods: QMimeData) -> None:
    """Let the person drag messages; returns after the drop."""
    count = len(unpack(goods))
    if not count:
        return
    drag = QDrag(source)
    drag.setMimeData(goods)
    drag.setPixmap(_badge(count, source.devicePixelRatioF()))
    drag.setHotSpot(QPoint(-px(12), -px(12)))
    drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.DropAction.MoveAction)


def _badge(count: int, ratio: float) -> QPixmap:
    text = words.messages(count)
    face = measures.face(weight=QFont.Weight.DemiBold)
    width, height = round(face.metrics.horizontalAdvance(text)) + px(24), px(28)
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colours.accent)
    painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
    painter.setFont(face.font)
    painter.setPen(theme().colours.on_accent)
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return pixmap
