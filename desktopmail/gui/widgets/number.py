"""A line for one whole number within bounds."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px


class NumberField(QLineEdit):
    """`number_changed` with every number within the bounds; Up and Down count. What is out of bounds while it is typed
    counts as the nearest number, and is put right when the field is left."""

    number_changed = Signal(int)

    def __init__(self, low: int, high: int, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self.setFont(measures.font())
        self.setValidator(QIntValidator(low, high, self))
        self.setMaxLength(len(str(high)))
        self.setFixedWidth(px(72))
        self.set_number(number)
        self.textChanged.connect(lambda: self.number_changed.emit(self.number))
        self.editingFinished.connect(lambda: self.set_number(self.number))

    @property
    def number(self) -> int:
        """The number, always within the bounds."""
        text = self.text()
        return min(self._high, max(self._low, int(text) if text.isdecimal() else self._low))

    def set_number(self, number: int) -> None:
        """Show this one."""
        if self.text() != str(number):
            self.setText(str(number))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.set_number(min(self._high, max(self._low, self.number + step)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.set_number(self.number)
