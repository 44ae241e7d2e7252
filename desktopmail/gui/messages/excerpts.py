"""In search results a row shows the piece of its message that has the word, not the beginning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer

from desktopmail.domain.ids import MessageId
from desktopmail.domain.query import beginnings
from desktopmail.gui.loop import spawn
from desktopmail.gui.messages.pane import MessagePane

Ask = Callable[[Sequence[MessageId], Sequence[str]], Awaitable[dict[MessageId, str]]]
PAUSE = 40
SEEN_OF_PREVIEW = 24
"""Characters of a preview that are seen in a narrow list; a word in them needs no other piece."""


class Excerpts(QObject):
    """Asks for the rows in sight, once each, as they come into sight."""

    def __init__(self, pane: MessagePane, ask: Ask) -> None:
        super().__init__(pane)
        self._pane, self._ask = pane, ask
        self._terms: tuple[str, ...] = ()
        self._asked: set[MessageId] = set()
        self._work: asyncio.Task[Any] | None = None
        self._soon = QTimer(self, singleShot=True, interval=PAUSE)
        self._soon.timeout.connect(self._look)
        pane.view.scrolled.connect(self._later)
        pane.model.has_changed.connect(self._later)

    def look_for(self, terms: Sequence[str]) -> None:
        """Other words, or none: what was shown for the ones before goes."""
        if tuple(terms) == self._terms:
            return
        self._terms = tuple(terms)
        self._asked.clear()
        before, self._pane.model.pieces = self._pane.model.pieces, {}
        self._pane.model.refresh(before)
        if self._work is not None:
            self._work.cancel()
            self._work = None
        self._later()

    def _later(self) -> None:
        if self._terms:
            self._soon.start()

    def _look(self) -> None:
        if self._work is not None and not self._work.done():
            self._soon.start()
            return
        wanted = [one for one in self._rows() if one not in self._asked]
        if wanted and self._terms:
            self._asked.update(wanted)
            self._work = spawn(self._bring(wanted, self._terms), self)

    def _rows(self) -> list[MessageId]:
        """The rows in sight in which the word is not seen."""
        hits = beginnings(self._terms)
        found = []
        first, last = self._pane.view.rows_within(0, self._pane.view.viewport().height())
        for row in range(first, last + 1):
            summary = self._pane.model.summary(row)
            if summary is not None and hits is not None:
                seen = f"{summary.subject} {summary.preview[:SEEN_OF_PREVIEW]}"
                if not hits.search(seen):
                    found.append(summary.id)
        return found

    async def _bring(self, ids: Sequence[MessageId], terms: tuple[str, ...]) -> None:
        pieces = await self._ask(ids, terms)
        if terms == self._terms:
            self._pane.model.pieces |= pieces
            self._pane.model.refresh(pieces)
