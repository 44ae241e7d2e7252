"""The story of a message: what happened to it and when."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import apsw

from desktopmail.domain.action import HistoryEvent
from desktopmail.domain.ids import MessageId
from desktopmail.store.packing import clean


def history_of(db: apsw.Connection, message: int) -> tuple[HistoryEvent, ...]:
    """The events of a message, oldest first. Its arrival is not an entry but a fact of its row."""
    arrived = db.execute("SELECT arrived FROM message WHERE id = ?", (message,)).get
    if arrived is None:
        return ()
    rows = db.execute("SELECT at, kind, detail FROM history WHERE message = ? ORDER BY id", (message,))
    return (HistoryEvent(arrived, "arrived", ""), *(HistoryEvent(*row) for row in rows))


class History:
    """`tx.history`."""

    def __init__(self, db: apsw.Connection, now: int) -> None:
        self._db = db
        self._now = now

    def add(self, ids: Iterable[MessageId], kind: str, detail: str = "") -> None:
        """The same happened to all these messages; ids that are gone are left out."""
        self._db.execute(
            "INSERT INTO history (message, at, kind, detail) SELECT m.id, ?, ?, ?"
            " FROM carray(?) AS v CROSS JOIN message AS m ON m.id = v.value",
            (self._now, kind, clean(detail), apsw.carray(array("q", [*ids, 0]))),
        )

    def of(self, message: MessageId) -> tuple[HistoryEvent, ...]:
        """The story of one message, oldest first."""
        return history_of(self._db, message)
