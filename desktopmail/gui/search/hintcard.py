"""The card of hints under the search box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from desktopmail.gui.search.hints import Hint
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.card import Card
from desktopmail.gui.widgets.choice import Choice, ChoiceList


class HintCard(Card):
    """`taken` when a hint was clicked."""

    taken = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._list = ChoiceList()
        self._list.clicked.connect(lambda _: self.taken.emit())
        self._list.setViewportMargins(0, px(4), 0, px(4))
        self._list.setAccessibleName(self.tr("Search hints"))
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.addWidget(self._list)

    def offer(self, found: Sequence[Choice], below: QPoint, width: int, *, chosen: bool) -> None:
        """Show these at a point of the window; nothing is marked unless something was `chosen` before."""
        self._list.offer(found)
        if not chosen:
            self._list.clearSelection()
            self._list.setCurrentIndex(self._list.rootIndex())
        self.place(below, width, self._list.wanted_height - 5)

    def step(self, by: int) -> None:
        """Mark the next or the previous hint; 0: the one that is marked, or the first."""
        self._list.step(by)

    def hint(self) -> Hint | None:
        """The marked hint."""
        choice = self._list.chosen()
        return choice.key if choice is not None and isinstance(choice.key, Hint) else None
