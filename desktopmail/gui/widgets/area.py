"""Room that scrolls up and down: of pages and dialogs, and for what may become too much."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
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


class Sill(QScrollArea):
    """As tall as what lies in it, up to a limit beyond which it scrolls. `by_tab` says whether the keyboard stops at it
    then, to scroll what has nothing else to stop at."""

    def __init__(self, part: QWidget, *, by_tab: bool = True) -> None:
        super().__init__()
        self._part, self._most, self._by_tab = part, 0, by_tab
        self.setWidget(part)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        part.installEventFilter(self)

    def fit(self, most: int) -> None:
        """Take the height that is needed now, `most` at most."""
        self._most = most
        layout = self._part.layout()
        if layout is not None:
            bound = layout.hasHeightForWidth()
            needed = layout.totalHeightForWidth(self.width()) if bound else layout.totalSizeHint().height()
            self.setFixedHeight(min(most, needed))
            stops = self._by_tab and needed > most
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus if stops else Qt.FocusPolicy.NoFocus)
            self.setAccessibleName(self._part.accessibleName())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._most and event.size().width() != event.oldSize().width():
            self.fit(self._most)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self._most:
            self.fit(self._most)
        return super().eventFilter(watched, event)
