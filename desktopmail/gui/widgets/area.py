"""Room that scrolls up and down, for pages and dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Area(QScrollArea):
    """Holds a widget whose layout has margins. The bar takes its room from the margin, so that lines and cards stay as
    wide as they are on a page that does not scroll."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self._inner, self._taken = inner, 0
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().rangeChanged.connect(lambda low, high: self._fit(high > low))

    def _fit(self, scrolls: bool) -> None:
        layout = self._inner.layout()
        taken = self.verticalScrollBar().sizeHint().width() if scrolls else 0
        if layout is None or taken == self._taken:
            return
        margins = layout.contentsMargins()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            margins.setLeft(margins.left() + self._taken - taken)
        else:
            margins.setRight(margins.right() + self._taken - taken)
        self._taken = taken
        layout.setContentsMargins(margins)
