"""The search box of the top bar: searches while it is typed into, with a card of hints below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktopmail.domain.folder import Folder
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

if TYPE_CHECKING:
    from desktopmail.gui.search.hintcard import HintCard
    from desktopmail.gui.search.hints import People

PAUSE = 60
"""Milliseconds without a key before a search starts: less than a person notices, more than a fast typist needs."""


class SearchBox(QLineEdit):
    """`wanted` with the text to look for; empty when the search is given up. `down_wanted` leads into the results."""

    wanted = Signal(str)
    down_wanted = Signal()

    def __init__(self, people: People, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people = people
        self._folders: Sequence[Folder] = ()
        self._card: HintCard | None = None
        self._moved = False
        self._said = ""
        self.setProperty("look", "search")
        self.setFont(measures.font())
        self.setPlaceholderText(self.tr("Search"))
        self.setAccessibleName(self.tr("Search mail"))
        self.setMaximumWidth(px(560))
        self.setMinimumWidth(px(120))
        self.setFixedHeight(px(32))
        self._lens = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = self.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip(self.tr("End the search"))
        self._clear.triggered.connect(self.give_up)
        self._clear.setVisible(False)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._search)
        self.textEdited.connect(self._edited)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        theme().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self._lens.setIcon(icons.icon("search", size=16))
        self._clear.setIcon(icons.icon("x", size=16))

    def know(self, folders: Sequence[Folder]) -> None:
        """The folders that `in:` offers."""
        self._folders = folders

    def begin(self) -> None:
        """Take the focus, with what is there selected."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        self._offer()

    def look_for(self, text: str) -> None:
        """Search for this, as if it had been typed."""
        self.setText(text)
        self._hide_hints()
        self._said = ""
        self._say(text)

    def give_up(self) -> None:
        """Empty the box and end the search."""
        self._pause.stop()
        self._hide_hints()
        self.clear()
        self._say("")

    def _edited(self) -> None:
        self._moved = False
        self._pause.start()
        self._offer()

    def _search(self) -> None:
        self._say(self.text().strip())

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self.wanted.emit(text)

    # Hints ----------------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        from desktopmail.gui.search.hintcard import HintCard
        from desktopmail.gui.search.hints import hints

        found = hints(self.text()[: self.cursorPosition()], self._people, self._folders)
        if not found or not self.hasFocus():
            self._hide_hints()
            return
        if self._card is None:
            self._card = HintCard(self.window())
            self._card.taken.connect(self._take)
        below = self.mapTo(self.window(), QPoint(0, self.height() + px(6)))
        self._card.offer(found, below, self.width(), chosen=self._moved)

    def _hide_hints(self) -> None:
        self._moved = False
        if self._card is not None:
            self._card.hide()

    @property
    def hinting(self) -> bool:
        """Whether hints are shown."""
        return self._card is not None and self._card.isVisible()

    def _take(self) -> None:
        hint = self._card.hint() if self._card is not None else None
        if hint is None:
            return
        place = self.cursorPosition()
        text = self.text()
        before = text[: place - hint.over] + hint.text
        self.setText(before + text[place:].lstrip())
        self.setCursorPosition(len(before))
        self._moved = False
        if hint.go:
            self._hide_hints()
            self._search()
        else:
            self._offer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self.hinting:
                self._hide_hints()
            else:
                self.give_up()
                self.down_wanted.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._card is not None and self.hinting:
            self._card.step((1 if key == Qt.Key.Key_Down else -1) if self._moved else 0)
            self._moved = True
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and self.hinting and self._moved:
            self._take()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pause.stop()
            self._hide_hints()
            self._search()
            self.down_wanted.emit()
        elif key == Qt.Key.Key_Down:
            self.down_wanted.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Tab takes a hint that was moved to; otherwise it goes on to the next control as everywhere.
        taken = self._moved and self.hinting and isinstance(event, QKeyEvent)
        if taken and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:  # type: ignore[attr-defined]
            self._take()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self._offer()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._hide_hints()

    def area(self) -> QRect:
        """Where the box lies in its window."""
        return QRect(self.mapTo(self.window(), QPoint(0, 0)), self.size())
