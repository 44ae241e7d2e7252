"""Shows that files which are dragged over the composer will be attached, and takes them wherever they are let go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.theme import theme

SIDE = 32
INSET = 12


def local_files(goods: QMimeData) -> list[str]:
    """The paths of what lies on this computer."""
    return [url.toLocalFile() for url in goods.urls() if url.isLocalFile()]


class DropSheet(QWidget):
    """Lies over its window while files are above it. `dropped` with their paths."""

    dropped = Signal(list)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._words = ""
        self.setAcceptDrops(True)
        window.setAcceptDrops(True)
        for each in (window, *window.findChildren(QWidget)):
            if each.acceptDrops() and each is not self:
                each.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and (files := local_files(event.mimeData())):
            self._come(len(files))
            event.acceptProposedAction()
            return True
        return False

    def _come(self, count: int) -> None:
        self._words = self.tr("Drop to attach") if count == 1 else self.tr("Drop to attach {0} files").format(count)
        self.setGeometry(self.window().rect())
        self.show()
        self.raise_()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.hide()
        event.acceptProposedAction()
        self.dropped.emit(local_files(event.mimeData()))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.window)
        veil.setAlphaF(0.92)
        painter.fillRect(self.rect(), veil)
        inset = measures.px(INSET)
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(colours.accent, 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, measures.RADIUS_CARD, measures.RADIUS_CARD)
        side, face = measures.px(SIDE), measures.face(measures.PEOPLE, measures.semi_bold().weight())
        gap = measures.px(8)
        top = frame.center().y() - (side + gap + face.metrics.height()) / 2
        icons.draw(painter, "paperclip", QRectF(frame.center().x() - side / 2, top, side, side), colours.accent)
        painter.setFont(face.font)
        painter.setPen(colours.text)
        words = QRectF(frame.left(), top + side + gap, frame.width(), face.metrics.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._words)
