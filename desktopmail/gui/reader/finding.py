"""Walks through the hits of a word over all open messages of the pane."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea

from desktopmail.gui.reader.findbar import FindBar
from desktopmail.gui.reader.message import MessageView
from desktopmail.gui.reader.text import TextBody


class Finding(QObject):
    """While it is on, web bodies are no taller than the pane: the page itself then scrolls to its hits."""

    def __init__(self, bar: FindBar, area: QScrollArea, views: Callable[[], Sequence[MessageView]]) -> None:
        super().__init__(bar)
        self._bar, self._area, self._views = bar, area, views
        self._at = 0
        self._counts: dict[int, int] = {}
        bar.wanted.connect(self.find)
        bar.closed.connect(self.end)

    def find(self, text: str, backward: bool, fresh: bool) -> None:
        """The next hit; `fresh` starts at the first."""
        views = [view for view in self._views() if view.is_open]
        if not views:
            self._bar.tell(0, 0)
            return
        if fresh:
            self._at = 0
            self._counts.clear()
            for view in views:
                self._limit(view, bool(text))
                if isinstance(view.content, TextBody):
                    view.content.forget_place()
        self._at = min(self._at, len(views) - 1)
        self._step(views, text, backward, len(views))

    def end(self) -> None:
        """Take all marks away."""
        for view in self._views():
            self._limit(view, False)
            view.search_for("", False, lambda number, count: None)
        self._area.setFocus()

    def _step(self, views: Sequence[MessageView], text: str, backward: bool, left: int) -> None:
        index = self._at
        view = views[index]

        def done(number: int, count: int) -> None:
            before = self._counts.get(index, -1)
            self._counts[index] = count
            if number > 0 and count > 0:
                self._tell(number, index)
                self._show(view)
            elif left > 1 or (left == 1 and before > 0):
                self._at = (index + (-1 if backward else 1)) % len(views)
                following = views[self._at]
                if isinstance(following.content, TextBody):
                    following.content.forget_place(end=backward)
                self._step(views, text, backward, left - 1)
            else:
                self._tell(0, index)

        view.search_for(text, backward, done)

    def _tell(self, number: int, index: int) -> None:
        before = sum(count for place, count in self._counts.items() if place < index)
        self._bar.tell(before + number, sum(self._counts.values()))

    def _show(self, view: MessageView) -> None:
        content = view.content
        if content is None:
            return
        column = self._area.widget()
        assert column is not None
        spot = content.mapTo(column, content.rect().topLeft())
        if isinstance(content, TextBody):
            place = content.hit_place()
            self._area.ensureVisible(spot.x(), spot.y() + place.center().y(), 0, self._area.viewport().height() // 3)
        else:
            self._area.verticalScrollBar().setValue(spot.y() - 8)

    def _limit(self, view: MessageView, on: bool) -> None:
        if view.content is not None and hasattr(view.content, "limit"):
            view.content.limit(max(160, self._area.viewport().height() - 16) if on else 0)
