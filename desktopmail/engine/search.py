"""Searches everything stored here with the language of `domain.query`, and says how complete that was."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desktopmail.domain.folder import Place
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Copy
from desktopmail.domain.query import NOTHING, parse, terms
from desktopmail.domain.saying import phrase
from desktopmail.engine.library import Library
from desktopmail.store.coverage import Coverage
from desktopmail.store.store import Store

USUAL_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, newest first. `complete`: every message was looked at with its whole text; `searched` says so or
    says what is missing, `words` after how much was found; `terms` are the words to mark in a message."""

    ids: tuple[MessageId, ...]
    complete: bool
    words: str
    terms: tuple[str, ...]
    searched: str = ""


class Search:
    """Looks into the index on a thread of its own with a connection of its own, so that no window waits for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._library: Library | None = None
        self._turn = asyncio.Lock()

    async def find(self, text: str, place: Place | None = None, limit: int = USUAL_LIMIT) -> SearchResult:
        """What fulfils the query, in one place or in all of them. Never fails because of what was typed; an empty
        query finds nothing."""
        query = parse(text, datetime.now().astimezone().replace(tzinfo=None))
        if query == NOTHING:
            return SearchResult((), True, phrase("Type what to look for"), ())
        async with self._turn:
            await self._catch_up()
            library = self._library = self._library or Library(self._store)
            ids = await asyncio.to_thread(library.search, query, place, limit)
            known = await asyncio.to_thread(library.coverage, place)
        found = tuple(MessageId(each) for each in ids)
        head = phrase("{0:,} found.", len(found)) if found else phrase("Nothing found.")
        searched = _searched(known)
        return SearchResult(found, known.indexed == known.total, f"{head} {searched}", terms(query), searched)

    async def excerpts(self, ids: Sequence[MessageId], terms: Sequence[str]) -> dict[MessageId, str]:
        """Why these were found: of each whose text is here, the piece around the first of the words."""
        from desktopmail.engine.excerpts import excerpts

        return await excerpts(self._store, ids, terms)

    async def copies(self, place: Place) -> dict[Copy, int]:
        """How many messages of a place are only on a server, there and here, and only here."""
        async with self._turn:
            library = self._library = self._library or Library(self._store)
            return await asyncio.to_thread(library.copies, place)

    async def _catch_up(self) -> None:
        """Read a piece of what waits for the index into it: all of it, after a change or two."""
        from desktopmail.engine.housekeeping import index_piece

        if not self._store.visiting:
            await index_piece(self._store)


def _searched(known: Coverage) -> str:
    if known.indexed == known.total:
        return phrase("Searched all {0:,} messages.", known.total)
    if known.indexed == known.downloaded:
        return phrase("Searched {0:,} of {1:,} messages; the rest is not downloaded yet.", known.indexed, known.total)
    return phrase(
        "Searched {0:,} of {1:,} messages; the rest is still being read into the index.", known.indexed, known.total
    )
