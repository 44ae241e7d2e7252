"""The line of one command on the page of keys: its keys, the way to others, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopmail.gui.settings.keycap import KeyCap, native
from desktopmail.gui.settings.page import Row
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate
TEXT_KEYS = ("Ctrl+C", "Ctrl+V", "Ctrl+X")


class KeyRow(Row):
    """`wanted` with the whole new list of keys, `taken` with a key that is to be taken from another command,
    `reset` when the usual keys are wanted back."""

    wanted = Signal(tuple)
    taken = Signal(tuple, str)
    reset = Signal()

    def __init__(self, command: str, owner: Callable[[str], str]) -> None:
        self._caps = QWidget()
        super().__init__(command, "", None)
        self.setMinimumHeight(px(42))
        self._command = command
        self._owner = owner
        self._keys: tuple[str, ...] = ()
        self._row = QHBoxLayout(self._caps)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(px(6))
        self.end.addWidget(self._caps)
        self.back: WordButton | None = None
        self.note: QWidget | None = None
        self.caps: list[KeyCap] = []

    def show_keys(self, keys: Sequence[str], *, changed: bool) -> None:
        """These are the keys now; `changed`: they are not the usual ones."""
        if tuple(keys) != self._keys or not self.caps:
            self._fill(tuple(keys))
        if changed and self.back is None:
            self.back = WordButton(translate("settings", "Back to default"), look="link")
            self.back.setFont(measures.font(measures.SMALL))
            self.back.setAccessibleName(translate("settings", "Usual keys for {0}").format(self._command))
            self.back.clicked.connect(self.reset)
            self.below(self.back)
        if self.back is not None:
            self.back.setVisible(changed)

    def words(self) -> str:
        keys = " ".join(f"{key} {native(key)}" for key in self._keys)
        return f"{super().words()} {keys.casefold()}"

    def _fill(self, keys: tuple[str, ...]) -> None:
        focus = next((place for place, cap in enumerate(self.caps) if cap.hasFocus()), None)
        for cap in self.caps:
            self._row.removeWidget(cap)
            cap.hide()
            cap.deleteLater()
        self._keys = keys
        self.caps = [KeyCap(key, self._command) for key in (*keys, "")]
        for place, cap in enumerate(self.caps):
            cap.pressed_keys.connect(lambda key, place=place: self._pressed(place, key))
            cap.unusable.connect(self._unusable)
            cap.emptied.connect(lambda place=place: self._emptied(place))
            cap.listening_changed.connect(self._listening)
            self._row.addWidget(cap)
        self.control = self.caps[0]
        if focus is not None:
            self.caps[min(focus, len(self.caps) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _with(self, place: int, key: str) -> tuple[str, ...]:
        keys = list(self._keys)
        keys[place : place + 1] = [key]
        return tuple(dict.fromkeys(keys))

    def _pressed(self, place: int, key: str) -> None:
        self._forget_note()
        if key in self._keys:
            return
        if key in TEXT_KEYS:
            text = translate("settings", "{0} copies and pastes text everywhere, so it cannot be a command.")
            self._say(text.format(native(key)), "care")
            return
        owner = self._owner(key)
        if not owner:
            self.wanted.emit(self._with(place, key))
            return
        text = translate("settings", "{0} belongs to “{1}”.").format(native(key), owner)
        take = WordButton(translate("settings", "Use it here"), look="link")
        keep = WordButton(translate("settings", "Leave it there"), look="link")
        take.clicked.connect(lambda: self._take(self._with(place, key), key))
        keep.clicked.connect(self._forget_note)
        self._say(text, "care", take, keep)
        take.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, keys: tuple[str, ...], key: str) -> None:
        self._forget_note()
        self.taken.emit(keys, key)

    def _emptied(self, place: int) -> None:
        self._forget_note()
        if place < len(self._keys):
            self.wanted.emit(self._keys[:place] + self._keys[place + 1 :])

    def _unusable(self, key: str) -> None:
        text = translate("settings", "{0} alone moves in lists and pages, so it cannot be a command.")
        self._say(text.format(native(key)), "care")

    def _listening(self, on: bool) -> None:
        if on:
            self._say(translate("settings", "Escape keeps what was, Backspace removes the key."), "secondary")
        elif self.note is not None and self.note.property("hint"):
            self._forget_note()

    def _say(self, text: str, tone: str, *acts: WordButton) -> None:
        self._forget_note()
        self.note = QWidget()
        self.note.setProperty("hint", tone == "secondary")
        row = QHBoxLayout(self.note)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(16))
        row.addWidget(PlainLabel(text, size=measures.SMALL, tone=tone, wrap=not acts), 0 if acts else 1)
        for act in acts:
            act.setFont(measures.font(measures.SMALL))
            row.addWidget(act)
        if acts:
            row.addStretch()
        self.below(self.note)

    def _forget_note(self) -> None:
        if self.note is not None:
            self.note.hide()
            self.note.deleteLater()
            self.note = None
