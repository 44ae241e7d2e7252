"""The field that searches all pages of the settings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme


class SearchField(QLineEdit):
    """`went` when Enter is pressed, which leads to the first thing found and to no button of the window."""

    went = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "search")
        self.setFont(measures.font())
        self.setPlaceholderText(self.tr("Search settings"))
        self.setAccessibleName(self.tr("Search settings"))
        self.setFixedHeight(px(32))
        self._lens = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = self.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip(self.tr("End the search"))
        self._clear.triggered.connect(self.clear)
        self._clear.setVisible(False)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        theme().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self._lens.setIcon(icons.icon("search", size=16))
        self._clear.setIcon(icons.icon("x", size=16))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.went.emit()
            event.accept()
        else:
            super().keyPressEvent(event)
