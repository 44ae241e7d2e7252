"""How much of a place the search index knows, so that a search can say how complete it was."""

from __future__ import annotations

from typing import NamedTuple

import apsw

from desktopmail.domain.folder import Place, Unified

_COUNT = """
SELECT coalesce(sum(m.fetched <> 0 AND i.level >= 1 + (m.fetched = 1)), 0), coalesce(sum(m.fetched <> 0), 0), count(*)
FROM message AS m LEFT JOIN search.indexed AS i ON i.message = m.id WHERE m.hidden = 0 AND
"""


class Coverage(NamedTuple):
    """Of `total` messages, `downloaded` are stored here and `indexed` can be found by all of their text."""

    indexed: int
    downloaded: int
    total: int


def coverage(db: apsw.Connection, place: Place | None) -> Coverage:
    """What a search in `place` looks at; without a place Trash, Junk and the Outbox do not count. Takes time in
    proportion to the number of messages."""
    where = "m.folder NOT IN (SELECT id FROM folder WHERE role IN ('trash', 'junk', 'outbox'))"
    bound: tuple[int | str, ...] = ()
    if place is Unified.STARRED:
        where += " AND m.flags & 2 = 2"
    elif isinstance(place, Unified):
        where, bound = "m.folder IN (SELECT id FROM folder WHERE role = ?)", (place.value,)
    elif place is not None:
        where, bound = "m.folder = ?", (place,)
    row = db.execute(_COUNT + where, bound).fetchone()
    return Coverage(*row) if row else Coverage(0, 0, 0)
