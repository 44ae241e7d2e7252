"""A question before something that cannot be taken back. Its buttons say what they do; Return never does the harm."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import framed
from desktopmail.gui.widgets.button import WordButton


class Confirm(QDialog):
    """Shown with `open()`: nothing waits for the answer but `act`."""

    def __init__(self, window: QWidget, title: str, detail: str, verb: str, keep: str) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleDescription(detail)
        self._act: Callable[[], None] = lambda: None
        self._yes = WordButton(verb, look="danger")
        self._no = WordButton(keep, look="primary")
        self._no.setDefault(True)
        self._yes.clicked.connect(self._agreed)
        self._no.clicked.connect(self.reject)
        framed(self, title, detail, (), (self._yes, self._no))
        self.setMinimumWidth(px(400))

    def ask(self, act: Callable[[], None]) -> None:
        """Open; `act` is called if the person agrees."""
        self._act = act
        self.open()
        self._no.setFocus()

    def _agreed(self) -> None:
        self.accept()
        self._act()
