"""A key of a command as a small button: pressed, it listens for other keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from desktopmail.gui.style import measures

MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
             Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown, Qt.Key.Key_Multi_key}  # fmt: skip
MOVING = {Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Up,
          Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
          Qt.Key.Key_PageDown}  # fmt: skip
"""Keys that move in lists and pages when they are pressed alone."""
STRONG = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def native(key: str) -> str:
    """A key as it is written on this system."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def portable(event: QKeyEvent) -> str:
    """What was pressed in Qt's portable form; empty for modifiers alone. Signs that need Shift are named without."""
    key = event.key()
    if key in MODIFIERS or not key:
        return ""
    modifiers = event.modifiers() & (STRONG | SHIFT)
    letter = chr(key) if 0x20 < key < 0x7F else ""
    if letter and not letter.isalnum():
        modifiers &= ~SHIFT
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(key))).toString(QKeySequence.SequenceFormat.PortableText)


def moves(event: QKeyEvent) -> bool:
    """Whether a key alone is what people move with."""
    return event.key() in MOVING and not event.modifiers() & STRONG


class KeyCap(QPushButton):
    """`pressed_keys` with what was pressed while it listened, `unusable` for a key that people move with, `emptied`
    when the key is to go (Backspace). Escape, or leaving, ends the listening without a change."""

    pressed_keys = Signal(str)
    unusable = Signal(str)
    emptied = Signal()
    listening_changed = Signal(bool)

    def __init__(self, key: str, command: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.listening = False
        self._command = command
        self.setProperty("look", "cap" if key else "more")
        self.setFont(measures.font(measures.SMALL))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.clicked.connect(self.listen)
        self._word()

    def listen(self) -> None:
        """Wait for keys."""
        if not self.listening:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._turn(True)

    def leave(self) -> None:
        """Wait no more."""
        if self.listening:
            self._turn(False)

    def _turn(self, on: bool) -> None:
        self.listening = on
        self.setProperty("listening", on)
        self.style().unpolish(self)
        self.style().polish(self)
        self._word()
        self.listening_changed.emit(on)

    def _word(self) -> None:
        shown = native(self.key) if self.key else "+"
        self.setText(self.tr("Press keys") if self.listening else shown.replace("&", "&&"))
        if self.listening:
            name = self.tr("Press the keys for {0}. Escape keeps what was.").format(self._command)
        elif self.key:
            name = self.tr("Change {0} of {1}").format(shown, self._command)
        else:
            name = self.tr("Add keys for {0}").format(self._command)
        self.setAccessibleName(name)
        self.setToolTip("" if self.listening else name)

    def event(self, event: QEvent) -> bool:
        if self.listening and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._heard(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.key:
            self.emptied.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.leave()

    def _heard(self, event: QKeyEvent) -> None:
        bare = not event.modifiers() & (STRONG | SHIFT)
        pressed = portable(event)
        if not pressed:
            return
        self.leave()
        if event.key() == Qt.Key.Key_Escape and bare:
            return
        if event.key() == Qt.Key.Key_Backspace and bare:
            self.emptied.emit()
        elif moves(event):
            self.unusable.emit(pressed)
        else:
            self.pressed_keys.emit(pressed)
