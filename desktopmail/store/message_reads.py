"""Messages looked up inside a transaction."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import apsw

from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import AccountId, FolderId, MessageId, ThreadId
from desktopmail.domain.message import Flags, Summary
from desktopmail.domain.saying import phrase
from desktopmail.domain.threading import ref_hash
from desktopmail.store.packing import FLAGS, clean, unpack_tags
from desktopmail.store.rows import MessageFacts, Missing
from desktopmail.store.summaries import FETCHED, conversation, summaries
from desktopmail.store.wishes import REMOVED

_FACTS = """
SELECT m.id, m.account, m.folder, m.message_id, m.refs, m.content, m.key, m.flags, m.tags, m.size, m.fetched,
    m.structure, m.list_id, m.date, m.received, m.hidden, coalesce(c.uid, 0), c.folder
FROM message AS m LEFT JOIN imap_copy AS c ON c.message = m.id WHERE m.id = ?
"""
_NAMED = """
SELECT m.id FROM thread_ref AS r LEFT JOIN thread_alias AS a ON a.old = r.thread
JOIN message AS m ON m.thread = coalesce(a.new, r.thread)
WHERE r.hash = ?1 AND m.message_id = ?2 AND m.hidden = 0 AND (?3 = 0 OR m.account = ?3) ORDER BY m.id
"""
_MISSING = """
SELECT m.id, m.folder, c.uid, m.size, m.sort FROM message AS m JOIN imap_copy AS c ON c.message = m.id
WHERE m.folder = ? AND m.hidden = 0 AND m.fetched = 0 AND c.folder = m.folder AND m.size <= ?
    AND (m.sort >= ? OR m.flags & 2 = 2)
ORDER BY m.sort DESC LIMIT ?
"""
_MISSING_COUNT = """
SELECT count(*) FROM folder AS f JOIN message AS m ON m.folder = f.id
WHERE f.removed = 0 AND f.account = ? AND m.hidden = 0 AND m.fetched = 0 AND m.size <= ?
    AND (m.sort >= ? OR m.flags & 2 = 2)
"""
NO_LIMIT = 1 << 62


class MessageReads:
    """The half of `tx.messages` that changes nothing."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def summary(self, message: MessageId) -> Summary:
        """One row of a list. Raises NotFound."""
        found = summaries(self._db, [message])
        if not found:
            raise no_message(message)
        return found[0]

    def summaries(self, ids: Iterable[MessageId]) -> list[Summary]:
        """Rows of a list in the order asked for; ids that are gone are left out."""
        return summaries(self._db, ids)

    def thread(self, thread: ThreadId) -> list[Summary]:
        """A conversation, oldest first."""
        return conversation(self._db, thread)

    def flags(self, ids: Iterable[MessageId]) -> dict[MessageId, tuple[Flags, frozenset[str]]]:
        """Flags and tags of these messages."""
        rows = self._db.execute(
            "SELECT m.id, m.flags, m.tags FROM carray(?) AS v CROSS JOIN message AS m ON m.id = v.value",
            (apsw.carray(array("q", [*ids, 0])),),
        )
        return {MessageId(one): (FLAGS[flags & 63], unpack_tags(tags)) for one, flags, tags in rows}

    def facts(self, message: MessageId) -> MessageFacts:
        """What the engine needs to know about one message. Raises NotFound."""
        row = self._db.execute(_FACTS, (message,)).fetchone()
        if row is None:
            raise no_message(message)
        return MessageFacts(
            id=message,
            account=AccountId(row[1]),
            folder=FolderId(row[2]),
            message_id=row[3],
            references=tuple(row[4].split()),
            content=row[5] or None,
            key=row[6],
            flags=FLAGS[row[7] & 63],
            tags=unpack_tags(row[8]),
            size=row[9],
            fetched=FETCHED[row[10]],
            structure=row[11],
            list_id=row[12],
            date=row[13],
            received=row[14],
            removed=bool(row[15] & REMOVED),
            uid=row[16],
            uid_folder=FolderId(row[17]) if row[17] else None,
        )

    def find_by_message_id(self, account: AccountId | None, message_id: str) -> tuple[MessageId, ...]:
        """The visible messages with this Message-ID, oldest row first."""
        rows = self._db.execute(_NAMED, (ref_hash(message_id), clean(message_id), account or 0))
        return tuple(MessageId(one) for (one,) in rows)

    def without_content(
        self,
        *,
        account: AccountId | None = None,
        folder: FolderId | None = None,
        limit: int = 100,
        max_size: int = NO_LIMIT,
        since: int = 0,
    ) -> list[Missing]:
        """Messages of at most `max_size` bytes that are still on the server alone, newest first, of one folder or of
        one account; of those before `since` (seconds) only the starred ones."""
        folders = [folder]
        if folder is None:
            rows = self._db.execute(
                "SELECT id FROM folder WHERE removed = 0 AND (?1 = 0 OR account = ?1)", (account or 0,)
            )
            folders = [FolderId(one) for (one,) in rows]
        found: list[tuple[int, int, int, int, int]] = []
        for one in folders:
            found += self._db.execute(_MISSING, (one, max_size, since, limit))
        found.sort(key=lambda row: row[4], reverse=True)
        return [Missing(MessageId(row[0]), FolderId(row[1]), row[2], row[3]) for row in found[:limit]]

    def count_without_content(self, account: AccountId, max_size: int = NO_LIMIT, since: int = 0) -> int:
        """How many messages of at most `max_size` bytes, starred or not before `since`, are not stored here."""
        return int(self._db.execute(_MISSING_COUNT, (account, max_size, since)).get)

    def contents(self) -> set[bytes]:
        """Every content that a message or a draft version names."""
        rows = self._db.execute(
            "SELECT content FROM message WHERE content <> x'' UNION SELECT content FROM draft_version"
        )
        return {sha for (sha,) in rows}

    def let_go(self) -> set[bytes]:
        """Every content that was named here once and lost a name since."""
        return {sha for (sha,) in self._db.execute("SELECT sha FROM let_go")}


def no_message(message: int) -> NotFound:
    """The one wording for an id that nothing has."""
    return NotFound(phrase("There is no such message"), phrase("No message has the number {0}.", message))
