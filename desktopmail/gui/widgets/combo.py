"""A box to choose one of a few values from, with a chevron in the colour of the theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme


class ComboBox(QComboBox):
    """Does not change when the wheel passes over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._more = ""
        self.setFont(measures.font())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def setAccessibleName(self, name: str) -> None:
        """What the box is for. Qt speaks the value as the name of such a box, so this begins its description."""
        super().setAccessibleName(name)
        self._describe()

    def setAccessibleDescription(self, description: str) -> None:
        self._more = description
        self._describe()

    def _describe(self) -> None:
        super().setAccessibleDescription(": ".join(filter(None, (self.accessibleName(), self._more))))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = px(14)
        left = px(8) if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else self.width() - side - px(8)
        colours = theme().colours
        spot = QRectF(left, (self.height() - side) / 2, side, side)
        colour = colours.secondary if self.isEnabled() else blend(colours.secondary, colours.window, 0.6)
        icons.draw(QPainter(self), "chevron-down", spot, colour)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page this box stands on."""
        event.ignore()
