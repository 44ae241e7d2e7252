"""A question before something that cannot be taken back. Its buttons say what they do; Return never does the harm."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel


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
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(8))
        column.addWidget(PlainLabel(title, size=measures.PEOPLE, bold=True, wrap=True))
        column.addWidget(PlainLabel(detail, tone="secondary", wrap=True))
        column.addSpacing(px(12))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self._yes)
        row.addWidget(self._no)
        column.addLayout(row)
        self.setMinimumWidth(px(400))

    def ask(self, act: Callable[[], None]) -> None:
        """Open; `act` is called if the person agrees."""
        self._act = act
        self.open()
        self._no.setFocus()

    def _agreed(self) -> None:
        self.accept()
        self._act()
