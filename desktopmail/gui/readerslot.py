"""The place of the reader: an empty page until the first message is chosen, and whenever not exactly one is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Summary
from desktopmail.gui import words
from desktopmail.gui.messages.empty import EmptyState
from desktopmail.gui.messages.header import HEIGHT as LINE

if TYPE_CHECKING:
    from desktopmail.gui.reader.pane import ReaderPane


class ReaderSlot(QWidget):
    """Makes the reader when it is first needed, so that starting does not pay for it. `made` with the new reader."""

    made = Signal(object)

    def __init__(self, make: Callable[[], ReaderPane], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.make = make
        self.reader: ReaderPane | None = None
        self.focus: MessageId | None = None
        self._next: Sequence[Summary] = ()
        self._terms: Sequence[str] = ()
        self._soon = QTimer(self, singleShot=True, interval=80)
        self._soon.timeout.connect(self._prefetch)
        self._empty = EmptyState(head=LINE)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self.show_messages([], None, 0)

    def show_messages(self, found: Sequence[Summary], focus: MessageId | None, count: int) -> None:
        """Show a conversation, or how many rows are selected."""
        self.focus = focus
        if not found:
            if self.reader is not None:
                self.reader.clear()
            text = self.tr("{0} selected").format(words.number(count)) if count else self.tr("No message selected")
            self._empty.say(text, sign="mails" if count else "mail")
            self._stack.setCurrentWidget(self._empty)
            return
        reader = self.ready()
        self._stack.setCurrentWidget(reader)
        reader.show_messages(found, focus)

    def mark(self, terms: Sequence[str]) -> None:
        """Mark these words in what is read, now and until others are given."""
        self._terms = terms
        if self.reader is not None:
            self.reader.mark(terms)

    def ahead(self, rows: Sequence[Summary]) -> None:
        """What will probably be read next is made ready, once the present message is on screen."""
        self._next = rows
        self._soon.start()

    def ready(self) -> ReaderPane:
        """The reader, made when there is none yet."""
        if self.reader is None:
            self.reader = self.make()
            self.reader.mark(self._terms)
            self._stack.addWidget(self.reader)
            self.made.emit(self.reader)
        return self.reader

    def _prefetch(self) -> None:
        if self.reader is not None:
            self.reader.prefetch(self._next)
