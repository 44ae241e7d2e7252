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

RECHECK = f"""
UPDATE message SET due = new.due
FROM (SELECT m.id AS id, {_DUE} AS due FROM carray(?1) AS v JOIN message AS m ON m.id = v.value) AS new
WHERE message.id = new.id AND message.due <> new.due
"""  # noqa: S608 - made of constants


def recheck(db: apsw.Connection, ids: Iterable[int]) -> bool:
    """Compare the wishes of these messages with the server's copies anew. True when something may have to be pushed."""
    numbers = array("q", ids)
    if not numbers:
        return False
    db.execute(RECHECK, (apsw.carray(numbers),))
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM carray(?) AS v JOIN message AS m ON m.id = v.value WHERE m.due > 0)",
            (apsw.carray(numbers),),
        ).get
    )
