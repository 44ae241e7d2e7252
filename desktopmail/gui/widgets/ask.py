"""Asking for one line of text, in a small dialog whose button says what will happen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import framed
from desktopmail.gui.widgets.button import WordButton


class Ask(QDialog):
    """Shown with `ask`; nothing waits for the answer but the function that takes it."""

    def __init__(self, window: QWidget, title: str, verb: str, start: str = "") -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._take: Callable[[str], None] = lambda text: None
        self.line = QLineEdit(start)
        self.line.setFont(measures.font())
        self.line.setAccessibleName(title)
        self.line.setMinimumHeight(px(34))
        self.button = WordButton(verb, look="primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._done)
        leave = WordButton(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        self.line.textChanged.connect(lambda text: self.button.setEnabled(bool(text.strip())))
        self.button.setEnabled(bool(start.strip()))
        framed(self, title, "", (self.line,), (leave, self.button))
        self.setMinimumWidth(px(360))

    def ask(self, take: Callable[[str], None]) -> None:
        """Open; `take` gets what was typed."""
        self._take = take
        self.open()
        self.line.setFocus()
        self.line.selectAll()

    def _done(self) -> None:
        text = self.line.text().strip()
        self.accept()
        self._take(text)
