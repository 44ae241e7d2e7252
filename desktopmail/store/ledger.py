"""The POP3 ledger: which of a server's messages are stored here since when, and which were removed there by whom.

Only what stands in here as stored can ever get into a delete list.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence

import apsw

from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.store.bulk import in_groups
from desktopmail.store.ledger_reads import WHOLE_WANTED, LedgerReads
from desktopmail.store.ledger_rows import Stored
from desktopmail.store.wishes import Wishes

PERSON, RULE = "person", "rule"
"""Who had a message removed from the server."""

_STORED = """
INSERT INTO pop3_copy (account, uidl, message, first_seen, size, sha, stored_at, partly) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account, uidl) DO UPDATE SET message = excluded.message, size = excluded.size, sha = excluded.sha,
    stored_at = excluded.stored_at, partly = excluded.partly, dele_sent = 0, dele_confirmed = 0, gone_at = 0,
    decided_by = '', wanted_gone = 0, ignored = 0
"""


class Ledger(LedgerReads):
    """`tx.ledger`. Every change of where a message exists is news of that message."""

    def __init__(self, db: apsw.Connection, wishes: Wishes, now: int) -> None:
        super().__init__(db, now)
        self._wishes = wishes

    def stored(self, account: AccountId, rows: Sequence[Stored]) -> None:
        """These messages are stored here now."""
        in_groups(
            self._db,
            _STORED,
            [
                (account, row.uidl, row.message, self._now, row.size, row.sha, self._now, int(row.partly))
                for row in rows
            ],
        )
        self._wishes.touched([row.message for row in rows if row.message is not None])

    def vanished(self, account: AccountId, uidls: Collection[str]) -> None:
        """The server does not list these any more. What had been asked to go went then. Nothing is removed here."""
        self._change(
            "UPDATE pop3_copy SET gone_at = ?1, dele_confirmed = CASE WHEN dele_sent > 0 THEN ?1 ELSE 0 END"
            " WHERE account = ?2 AND uidl = ?3 RETURNING message",
            [(self._now, account, one) for one in uidls],
        )

    def doubted(self, account: AccountId, uidls: Collection[str]) -> None:
        """The server has other messages under these names: until they are stored, nothing under them is removed."""
        self._change(
            "UPDATE pop3_copy SET gone_at = ? WHERE account = ? AND uidl = ? RETURNING message",
            [(self._now, account, one) for one in uidls],
        )

    def returned(self, account: AccountId, uidls: Collection[str]) -> None:
        """The server lists these again. What it had confirmed as removed is not asked to go a second time by a rule."""
        self._change(
            "UPDATE pop3_copy SET ignored = max(ignored, dele_confirmed > 0), gone_at = 0, dele_sent = 0,"
            " dele_confirmed = 0, wanted_gone = 0 WHERE account = ?1 AND uidl = ?2 RETURNING message",
            [(account, one) for one in uidls],
        )

    def dele_sent(self, account: AccountId, decided: Mapping[str, str]) -> None:
        """The server is being asked to remove these; who decided it, by UIDL."""
        self._db.executemany(
            "UPDATE pop3_copy SET dele_sent = ?, decided_by = ? WHERE account = ? AND uidl = ?",
            [(self._now, who, account, one) for one, who in decided.items()],
        )

    def dele_confirmed(self, account: AccountId, uidls: Collection[str]) -> None:
        """The server said at the end of the session that these are removed."""
        self._change(
            "UPDATE pop3_copy SET dele_confirmed = ?, wanted_gone = 0 WHERE account = ? AND uidl = ? RETURNING message",
            [(self._now, account, one) for one in uidls],
        )

    def want_gone(self, messages: Iterable[MessageId], wanted: bool = True) -> list[MessageId]:
        """The person wants the server's copies of these gone, or not any more. Those that have one, or that were to
        go."""
        rows = self._db.execute(
            "UPDATE pop3_copy SET wanted_gone = ?1 WHERE message IN (SELECT value FROM carray(?2))"
            " AND stored_at > 0 AND gone_at = 0 AND dele_confirmed = 0 AND (?1 OR wanted_gone) RETURNING message",
            (int(wanted), apsw.carray(array("q", [*messages, 0]))),
        )
        return [MessageId(one) for (one,) in list(rows)]

    def want_whole(self, messages: Iterable[MessageId]) -> list[MessageId]:
        """The person wants the rest of these, of which only the top is here. Those that the server has."""
        rows = self._db.execute(
            "UPDATE pop3_copy SET partly = ? WHERE message IN (SELECT value FROM carray(?))"
            " AND partly > 0 AND gone_at = 0 AND dele_confirmed = 0 RETURNING message",
            (WHOLE_WANTED, apsw.carray(array("q", [*messages, 0]))),
        )
        return [MessageId(one) for (one,) in list(rows)]

    def rename(self, account: AccountId, names: Mapping[str, str]) -> None:
        """The server has new names for the same messages: old name to new name and, with it, there they are."""
        self._change(
            "UPDATE OR IGNORE pop3_copy SET uidl = ?1, gone_at = 0 WHERE account = ?2 AND uidl = ?3 RETURNING message",
            [(new, account, old) for old, new in names.items()],
        )

    def resized(self, account: AccountId, sizes: Mapping[str, int]) -> None:
        """The server says another size of the same messages than before."""
        self._db.executemany(
            "UPDATE pop3_copy SET size = ? WHERE account = ? AND uidl = ?",
            [(size, account, one) for one, size in sizes.items()],
        )

    def _change(self, sql: str, rows: Sequence[tuple[apsw.SQLiteValue, ...]]) -> None:
        changed = [one for (one,) in self._db.executemany(sql, rows)]
        self._wishes.touched([MessageId(one) for one in changed if one is not None])
