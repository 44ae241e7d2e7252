"""Which messages a place shows, and in which order. Queries run on covering indexes alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import apsw

from desktopmail.domain.folder import Place, Unified
from desktopmail.domain.message import Copy
from desktopmail.store.summaries import ON_SERVER

APART = " AND m.folder NOT IN (SELECT id FROM folder WHERE role IN ('trash', 'junk'))"
"""What lies in Trash and Junk is not gathered by views over all folders."""


COPIES = {
    Copy.SERVER: f"({ON_SERVER} AND m.content = x'')",
    Copy.BOTH: f"({ON_SERVER} AND m.content <> x'')",
    Copy.HERE: f"NOT {ON_SERVER}",
}
"""Where a message is, as a condition."""
_ONCE = """ AND NOT EXISTS (
    SELECT 1 FROM message AS o JOIN folder AS f ON f.id = o.folder
    WHERE o.date = m.date AND o.key = m.key AND o.key <> x'' AND o.id < m.id AND o.hidden = 0
        AND o.account <> m.account AND f.role = 'sent' AND f.removed = 0)"""
"""Of sent mail that another account keeps too only the first is gathered; both stand in their own folders."""


class Narrow(NamedTuple):
    """What of a place is wanted: only what is unread, what has a star, what is in one state of copies."""

    unread: bool = False
    starred: bool = False
    copy: Copy | None = None


EVERYTHING = Narrow()


def ids(db: apsw.Connection, place: Place, narrow: Narrow = EVERYTHING, *, grouped: bool = False) -> array[int]:
    """The messages of a place, newest first; with `grouped` the newest of each conversation."""
    where, bound = _condition(db, place, narrow)
    order = "ORDER BY m.sort DESC, m.id DESC"
    if not grouped:
        rows = db.execute(f"SELECT m.id FROM message AS m WHERE {where} {order}", bound)  # noqa: S608 - constants
        return array("q", [one for (one,) in rows])
    threads = db.execute(f"SELECT m.thread, m.id FROM message AS m WHERE {where} {order}", bound)  # noqa: S608
    heads: dict[int, int] = {}
    for thread, one in threads:
        if thread not in heads:
            heads[thread] = one
    return array("q", heads.values())


def rows(
    db: apsw.Connection,
    place: Place,
    narrow: Narrow = EVERYTHING,
    *,
    grouped: bool = False,
    limit: int = 0,
) -> tuple[array[int], array[int], array[int]]:
    """Like `ids`, with the place in the order and the conversation of every row: three arrays of the same length. With
    a `limit` only that many of the newest messages are looked at."""
    where, bound = _condition(db, place, narrow)
    found: Iterable[tuple[int, int, int]] = db.execute(
        f"SELECT m.id, m.sort, m.thread FROM message AS m WHERE {where} ORDER BY m.sort DESC, m.id DESC LIMIT ?",  # noqa: S608
        (*bound, limit or -1),
    )
    if grouped:
        heads: dict[int, tuple[int, int, int]] = {}
        for row in found:
            if row[2] not in heads:
                heads[row[2]] = row
        found = heads.values()
    flat = array("q", chain.from_iterable(found))
    return flat[0::3], flat[1::3], flat[2::3]


def heads(
    db: apsw.Connection, place: Place, threads: Iterable[int], narrow: Narrow = EVERYTHING
) -> list[tuple[int, int, int]]:
    """(id, sort, thread) of the newest message of each of these conversations in a place, in no order."""
    numbers = array("q", threads)
    if not numbers:
        return []
    where, bound = _condition(db, place, narrow)
    where = where.replace("m.folder", "+m.folder")  # the few messages of a conversation, never a walk through a folder
    found: dict[int, tuple[int, int, int]] = {}
    for one, sort, thread in db.execute(
        f"SELECT m.id, m.sort, m.thread FROM carray(?) AS v CROSS JOIN message AS m ON m.thread = v.value"  # noqa: S608
        f" WHERE {where}",
        (apsw.carray(numbers), *bound),
    ):
        if thread not in found or (sort, one) > (found[thread][1], found[thread][0]):
            found[thread] = (one, sort, thread)
    return list(found.values())


def keys(db: apsw.Connection, wanted: Iterable[int]) -> list[tuple[int, int, int, int, int]]:
    """(id, sort, thread, folder, flags) of messages that are still there, in no order."""
    numbers = array("q", wanted)
    if not numbers:
        return []
    return list(
        db.execute(
            "SELECT m.id, m.sort, m.thread, m.folder, m.flags FROM carray(?) AS v"
            " CROSS JOIN message AS m ON m.id = v.value WHERE m.hidden = 0",
            (apsw.carray(numbers),),
        )
    )


def copies(db: apsw.Connection, place: Place) -> dict[Copy, int]:
    """How many messages of a place are in which state. Slow for a window: it looks at every message."""
    where, bound = _condition(db, place, EVERYTHING)
    on_server, here, both = db.execute(
        f"SELECT coalesce(sum(there AND NOT whole), 0), coalesce(sum(NOT there), 0), coalesce(sum(there AND whole), 0)"  # noqa: S608
        f" FROM (SELECT {ON_SERVER} AS there, m.content <> x'' AS whole FROM message AS m WHERE {where})",
        bound,
    ).get
    return {Copy.SERVER: on_server, Copy.BOTH: both, Copy.HERE: here}


def elsewhere(db: apsw.Connection, message: int) -> list[int]:
    """The folders of other accounts in which the same message is kept, too."""
    rows = db.execute(
        "SELECT DISTINCT o.folder FROM message AS m JOIN message AS o ON o.date = m.date AND o.key = m.key"
        " WHERE m.id = ? AND o.key <> x'' AND o.id <> m.id AND o.account <> m.account AND o.hidden = 0 ORDER BY 1",
        (message,),
    )
    return [one for (one,) in rows]


def _condition(db: apsw.Connection, place: Place, narrow: Narrow) -> tuple[str, tuple[int, ...]]:
    where = "m.hidden = 0"
    if narrow.unread:
        where += " AND m.flags & 1 = 0"
    if narrow.starred or place is Unified.STARRED:
        where += " AND m.flags & 2 = 2"
    if narrow.copy is not None:
        where += f" AND {COPIES[narrow.copy]}"
    if place is Unified.STARRED:
        return where + APART, ()
    inside = _folders(db, place)
    if place is Unified.SENT and len(inside) > 1:
        where += _ONCE
    if len(inside) == 1:
        return f"m.folder = ? AND {where}", (inside[0],)
    return f"m.folder IN ({','.join('?' * len(inside))}) AND {where}", tuple(inside)


def counts(db: apsw.Connection, place: Place) -> tuple[int, int]:
    """How many messages a place has, and how many of them are unread."""
    if place is Unified.STARRED:
        total, unread = db.execute(
            "SELECT count(*), coalesce(sum(m.flags & 1 = 0), 0) FROM message AS m"
            " WHERE m.hidden = 0 AND m.flags & 2 = 2"
            " AND m.folder NOT IN (SELECT id FROM folder WHERE role IN ('trash', 'junk'))"
        ).get
        return total, unread
    inside = _folders(db, place)
    marks = ",".join("?" * len(inside))
    total, unread = db.execute(
        f"SELECT coalesce(sum(total), 0), coalesce(sum(unread), 0) FROM folder WHERE id IN ({marks})",  # noqa: S608
        tuple(inside),
    ).get
    return total, unread


def _folders(db: apsw.Connection, place: Place) -> list[int]:
    if isinstance(place, Unified):
        return [one for (one,) in db.execute("SELECT id FROM folder WHERE role = ? AND removed = 0", (place.value,))]
    return [place]
