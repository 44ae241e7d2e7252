"""Keeps message.due: 0 while wish and server agree, else the second from which the difference may be pushed.

It is a hint that spares the pusher a look at every message; the difference itself is always read from the truth.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import apsw

NEVER = 1 << 62
"""A time that does not come: the person gave up on pushing this message."""

_DUE = """
CASE WHEN EXISTS (SELECT 1 FROM imap_lost AS lost WHERE lost.message = m.id) THEN 0
WHEN coalesce(
    (SELECT m.hidden & 1 OR c.folder <> m.folder OR c.flags <> m.flags OR c.tags <> m.tags
     FROM imap_copy AS c WHERE c.message = m.id),
    NOT m.hidden & 1 AND (SELECT f.lives = 'server' FROM folder AS f WHERE f.id = m.folder))
THEN max(1, m.settle_at, m.retry_at) ELSE 0 END
"""

_COMPARED = f"SELECT {_DUE}, m.id, m.due FROM carray(?1) AS v CROSS JOIN message AS m ON m.id = v.value"  # noqa: S608 - made of constants


def recheck(db: apsw.Connection, ids: Iterable[int]) -> bool:
    """Compare the wishes of these messages with the server's copies anew. True when something may have to be pushed."""
    numbers = array("q", ids)
    if not numbers:
        return False
    compared = list(db.execute(_COMPARED, (apsw.carray(numbers),)))
    db.executemany(
        "UPDATE message SET due = ? WHERE id = ?", [(due, message) for due, message, old in compared if due != old]
    )
    return any(due for due, _, _ in compared)
