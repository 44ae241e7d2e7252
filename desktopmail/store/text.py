"""The full-text index: derived from the messages, may be deleted and is built anew."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import apsw

from desktopmail.domain.ids import MessageId
from desktopmail.domain.words import indexed_form
from desktopmail.store.bulk import in_groups
from desktopmail.store.packing import clean

HEADERS, WHOLE = 1, 2
TEXT_LIMIT = 400_000
"""Characters of a message's text that can be found; what comes after is not indexed."""
_PENDING = """
SELECT m.id FROM mail.message AS m LEFT JOIN indexed AS i ON i.message = m.id
WHERE m.hidden & 1 = 0 AND coalesce(i.level, 0) < 1 + (m.fetched = 1) ORDER BY m.id DESC LIMIT ?
"""


class TextRow(NamedTuple):
    """What is findable about one message: people (names and addresses), subject, text, names of attachments."""

    message: MessageId
    people: str
    subject: str
    text: str = ""
    files: str = ""
    whole: bool = True


class TextIndex:
    """The index as a function given to `Store.text` sees it. mail.db is attached for reading."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def add(self, rows: Sequence[TextRow]) -> None:
        """Index messages, or index them anew. `whole` False: only the headers are known so far."""
        self.remove([row.message for row in rows])
        in_groups(
            self._db,
            "INSERT INTO text (rowid, people, subject, body, files) VALUES (?, ?, ?, ?, ?)",
            [
                (
                    row.message,
                    indexed_form(clean(row.people)),
                    indexed_form(clean(row.subject)),
                    indexed_form(clean(row.text[:TEXT_LIMIT])),
                    indexed_form(clean(row.files)),
                )
                for row in rows
            ],
        )
        in_groups(
            self._db,
            "INSERT INTO indexed (message, level) VALUES (?, ?)",
            [(row.message, WHOLE if row.whole else HEADERS) for row in rows],
        )

    def remove(self, ids: Iterable[MessageId]) -> None:
        """Take messages out; those not in the index are left out."""
        wanted = array("q", [*ids, 0])
        there = self._db.execute(
            "SELECT i.message FROM carray(?) AS v CROSS JOIN indexed AS i ON i.message = v.value",
            (apsw.carray(wanted),),
        ).fetchall()
        self._db.executemany("DELETE FROM text WHERE rowid = ?", there)
        self._db.executemany("DELETE FROM indexed WHERE message = ?", there)

    def pending(self, limit: int = 500) -> list[MessageId]:
        """Messages not in the index as fully as they are stored here, newest first; what no longer exists is taken
        out on the way."""
        gone = self._db.execute(
            "SELECT message FROM indexed WHERE message NOT IN (SELECT id FROM mail.message) LIMIT ?", (limit,)
        )
        self.remove([MessageId(one) for (one,) in gone])
        rows = self._db.execute(_PENDING, (limit,))
        return [MessageId(one) for (one,) in rows]
