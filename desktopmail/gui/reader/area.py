"""The scrolling area of a conversation. Its scroll bar lies over the edge, so that nothing reflows when it appears."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

WIDTH = 12


class ConversationArea(QScrollArea):
    """Scrolls up and down only; as wide as the pane, with or without something to scroll."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(inside)
        own = self.verticalScrollBar()
        own.setSingleStep(24)
        self._shown = QScrollBar(Qt.Orientation.Vertical, self)
        self._shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._shown.valueChanged.connect(own.setValue)
        own.valueChanged.connect(self._shown.setValue)
        own.rangeChanged.connect(self._range)
        self._range(own.minimum(), own.maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shown.setGeometry(self.width() - WIDTH, 0, WIDTH, self.height())
        self._range(self.verticalScrollBar().minimum(), self.verticalScrollBar().maximum())

    def _range(self, least: int, most: int) -> None:
        own = self.verticalScrollBar()
        self._shown.setRange(least, most)
        self._shown.setPageStep(own.pageStep())
        self._shown.setSingleStep(own.singleStep())
        self._shown.setValue(own.value())
        self._shown.setVisible(most > least)
        self._shown.raise_()
