"""What drafts were started from, and their last versions."""

from __future__ import annotations

import apsw

from desktopmail.domain.ids import MessageId
from desktopmail.store.rows import DraftFacts

VERSIONS_KEPT = 20


def draft_facts(db: apsw.Connection, message: int) -> DraftFacts | None:
    """What a draft or a message written here was started from; None for any other message."""
    row = db.execute("SELECT identity, answers, answer FROM draft WHERE message = ?", (message,)).fetchone()
    return DraftFacts(row[0], MessageId(row[1]) if row[1] else None, row[2]) if row else None


class Drafts:
    """`tx.drafts`. The facts stay with the row when the draft becomes a sent message."""

    def __init__(self, db: apsw.Connection, now: int) -> None:
        self._db = db
        self._now = now

    def put(self, message: MessageId, facts: DraftFacts, content: bytes | None = None) -> None:
        """Remember what a draft was started from, and `content` (SHA-256) as its newest version."""
        self._db.execute(
            "INSERT OR REPLACE INTO draft (message, identity, answers, answer) VALUES (?, ?, ?, ?)",
            (message, facts.identity, facts.answers or 0, facts.answer),
        )
        if content is None:
            return
        newest = self._db.execute(
            "SELECT version, content FROM draft_version WHERE message = ? ORDER BY version DESC LIMIT 1", (message,)
        ).fetchone() or (0, b"")
        if newest[1] == content:
            return
        self._db.execute(
            "INSERT INTO draft_version (message, version, at, content) VALUES (?, ?, ?, ?)",
            (message, newest[0] + 1, self._now, content),
        )
        self._db.execute(
            "DELETE FROM draft_version WHERE message = ? AND version <= ?", (message, newest[0] + 1 - VERSIONS_KEPT)
        )

    def drop_versions(self, message: MessageId) -> None:
        """It is sent: how it was written is of no more use."""
        self._db.execute("DELETE FROM draft_version WHERE message = ?", (message,))

    def get(self, message: MessageId) -> DraftFacts | None:
        """What a message written here was started from; None for any other message."""
        return draft_facts(self._db, message)

    def versions(self, message: MessageId) -> tuple[tuple[int, bytes], ...]:
        """When each kept version was saved and its content, oldest first."""
        rows = self._db.execute("SELECT at, content FROM draft_version WHERE message = ? ORDER BY version", (message,))
        return tuple(rows)
