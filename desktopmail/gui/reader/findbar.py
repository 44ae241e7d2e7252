"""Find in message: a small bar above the text, with the number of hits and keys that walk through them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton
from desktopmail.gui.widgets.label import PlainLabel


class FindBar(QWidget):
    """Emits `wanted(text, backward, fresh)`; `fresh` when the words changed. `closed` when it is done."""

    wanted = Signal(str, bool, bool)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = QLineEdit()
        self._field.setProperty("look", "bare")
        self._field.setPlaceholderText(self.tr("Find in message"))
        self._field.setAccessibleName(self.tr("Find in message"))
        self._field.setFont(measures.font())
        self._field.setMinimumWidth(measures.px(180))
        self._count = PlainLabel("", size=measures.SMALL, tone="secondary")
        self._count.setMinimumWidth(measures.px(64))
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        back = IconButton("chevron-up", self.tr("Previous hit (Shift+Enter)"))
        on = IconButton("chevron-down", self.tr("Next hit (Enter)"))
        close = IconButton("x", self.tr("Close find (Esc)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.margins(12, 4, 4, 4))
        row.setSpacing(measures.px(2))
        for widget in (self._field, self._count, back, on, close):
            row.addWidget(widget)
        self._pause = QTimer(self, singleShot=True, interval=120)
        self._pause.timeout.connect(lambda: self.wanted.emit(self._field.text(), False, True))
        self._field.textEdited.connect(lambda _: self._pause.start())
        back.clicked.connect(lambda: self.step(True))
        on.clicked.connect(lambda: self.step(False))
        close.clicked.connect(self.leave)
        theme().changed.connect(self.update)
        self.hide()

    def enter(self, text: str = "") -> None:
        """Show the bar, with these words if there are any, and take the focus."""
        if text:
            self._field.setText(text)
        self.adjustSize()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()
        if self._field.text():
            self.wanted.emit(self._field.text(), False, True)

    def step(self, backward: bool) -> None:
        """To the next or the previous hit."""
        self._pause.stop()
        self.wanted.emit(self._field.text(), backward, False)

    def leave(self) -> None:
        """Hide and forget the hits."""
        if self.isVisible():
            self._pause.stop()
            self.hide()
            self.closed.emit()

    def tell(self, number: int, count: int) -> None:
        """Say which hit this is, of how many."""
        if not self._field.text():
            self._count.setText("")
        elif count == 0:
            self._count.setText(self.tr("No hits"))
        else:
            self._count.setText(self.tr("{0} of {1}").format(number, count))
        self._count.tone("secondary" if count or not self._field.text() else "care")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
