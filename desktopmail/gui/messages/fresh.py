"""The small sign that says how many new messages came in above what is seen; a click goes up to them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView

from desktopmail.gui import words
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton


class FreshPill(WordButton):
    """Lies over the upper edge of the list. Appears only when the list was scrolled down as news came."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__("", view, look="primary", icon="arrow-up")
        self._view = view
        self._count = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(self._up)
        view.installEventFilter(self)
        self.hide()

    def came(self, more: int) -> None:
        """Rows were added (or taken away, which is no news)."""
        if more > 0 and self._view.verticalScrollBar().value() > 0:
            self._count += more
            text = words.new_messages(self._count)
            self.word(text)
            self._place()
            self.show()
            self.raise_()

    def look(self) -> None:
        """The list was scrolled: at its top there is nothing left to announce."""
        if self._view.verticalScrollBar().value() <= 0:
            self.forget()

    def forget(self) -> None:
        """Another place is shown."""
        self._count = 0
        self.hide()

    def _up(self) -> None:
        self._view.verticalScrollBar().setValue(0)
        self.forget()

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._view.width() - self.width()) // 2, px(34))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
