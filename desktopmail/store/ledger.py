"""The POP3 ledger: which of a server's messages are stored here since when, and which were removed there by whom.

Only what stands in here as stored can ever get into a delete list.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence

import apsw

from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.store.ledger_rows import CopyCounts, Entry, Known, Stored
from desktopmail.store.wishes import Wishes

PERSON, RULE = "person", "rule"
"""Who had a message removed from the server."""

_SAME = "o.id <> m.id AND o.hidden & 1 = 0 AND o.content = p.sha"
_ENTRY = f"""
SELECT p.uidl, p.message, p.size, p.sha, p.first_seen, p.stored_at, p.partly, p.wanted_gone, p.dele_sent,
    p.dele_confirmed, p.gone_at, p.decided_by, p.ignored, coalesce(m.hidden & 1, 0), coalesce(m.settle_at <= ?2, 1),
    p.sha <> x'' AND coalesce(m.hidden & 1, 0) AND (
        EXISTS (SELECT 1 FROM message AS o WHERE o.thread = m.thread AND {_SAME})
        OR EXISTS (SELECT 1 FROM message AS o WHERE o.date = m.date AND o.key = m.key AND o.key <> x'' AND {_SAME}))
FROM pop3_copy AS p LEFT JOIN message AS m ON m.id = p.message
WHERE p.account = ?1
"""  # noqa: S608 - constants
_STORED = """
INSERT INTO pop3_copy (account, uidl, message, first_seen, size, sha, stored_at, partly) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account, uidl) DO UPDATE SET message = excluded.message, size = excluded.size, sha = excluded.sha,
    stored_at = excluded.stored_at, partly = excluded.partly, dele_sent = 0, dele_confirmed = 0, gone_at = 0,
    decided_by = '', wanted_gone = 0, ignored = 0
"""
_COUNTS = """
SELECT coalesce(sum(there AND NOT kept), 0), coalesce(sum(there AND kept), 0), coalesce(sum(NOT there), 0) FROM (
    SELECT m.content <> x'' AS kept, EXISTS (
        SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id AND p.dele_confirmed = 0 AND p.gone_at = 0) AS there
    FROM folder AS f JOIN message AS m ON m.folder = f.id WHERE f.account = ? AND m.hidden = 0)
"""


_YES_OR_NO = frozenset((6, 7, 12, 13, 14, 15))
"""The columns that are a yes or no."""


class Ledger:
    """`tx.ledger`. Every change of where a message exists is news of that message."""

    def __init__(self, db: apsw.Connection, wishes: Wishes, now: int) -> None:
        self._db = db
        self._wishes = wishes
        self._now = now

    def known(self, account: AccountId) -> dict[str, Known]:
        """Every line of an account, as far as a visit has to know it at once."""
        rows = self._db.execute(
            "SELECT uidl, size, dele_confirmed = 0 AND gone_at = 0 FROM pop3_copy WHERE account = ?", (account,)
        )
        return {uidl: Known(size, bool(there)) for uidl, size, there in rows}

    def entries(self, account: AccountId) -> list[Entry]:
        """Every line of an account whose message the server has."""
        return self._read(account, "AND p.dele_confirmed = 0 AND p.gone_at = 0")

    def lines(self, account: AccountId, uidls: Collection[str]) -> list[Entry]:
        """These lines."""
        return [each for one in uidls for each in self._read(account, "AND p.uidl = ?3", one)]

    def candidates(self, account: AccountId, stored_before: int) -> list[Entry]:
        """What may have to be removed from the server: what the person wants gone, and what was stored until then."""
        return self._read(
            account,
            "AND p.dele_confirmed = 0 AND p.gone_at = 0 AND p.stored_at > 0"
            " AND (p.wanted_gone OR (p.stored_at <= ?3 AND NOT p.ignored))",
            stored_before,
        )

    def of(self, message: MessageId) -> Entry | None:
        """The line of a message whose copy the server has."""
        found = self._db.execute(
            "SELECT account, uidl FROM pop3_copy WHERE message = ? ORDER BY gone_at, dele_confirmed LIMIT 1", (message,)
        ).fetchone()
        return self._read(AccountId(found[0]), "AND p.uidl = ?3", found[1])[0] if found else None

    def stored(self, account: AccountId, rows: Sequence[Stored]) -> None:
        """These messages are stored here now."""
        self._db.executemany(
            _STORED,
            [
                (account, row.uidl, row.message, self._now, row.size, row.sha, self._now, int(row.partly))
                for row in rows
            ],
        )
        self._wishes.touched([row.message for row in rows if row.message is not None])

    def twin(self, account: AccountId, sha: bytes, date: int, key: bytes) -> Stored | None:
        """The line or message of the account that holds these very bytes, removed by the person or not."""
        row = self._db.execute(
            "SELECT uidl, size, message FROM pop3_copy WHERE account = ? AND sha = ? AND sha <> x'' AND stored_at > 0"
            " ORDER BY message IS NULL LIMIT 1",
            (account, sha),
        ).fetchone()
        if row is None and key:
            row = self._db.execute(
                "SELECT '', size, id FROM message WHERE date = ? AND key = ? AND account = ? AND content = ?"
                " ORDER BY hidden LIMIT 1",
                (date, key, account, sha),
            ).fetchone()
        return Stored(row[0], row[1], MessageId(row[2]) if row[2] else None, sha) if row else None

    def vanished(self, account: AccountId, uidls: Collection[str]) -> None:
        """The server does not list these any more. What had been asked to go went then. Nothing is removed here."""
        self._change(
            "UPDATE pop3_copy SET gone_at = ?1, dele_confirmed = CASE WHEN dele_sent > 0 THEN ?1 ELSE 0 END"
            " WHERE account = ?2 AND uidl = ?3 RETURNING message",
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
        """The person wants the server's copies of these gone, or not any more. Those that have one."""
        rows = self._db.execute(
            "UPDATE pop3_copy SET wanted_gone = ? WHERE message IN (SELECT value FROM carray(?))"
            " AND stored_at > 0 AND gone_at = 0 AND dele_confirmed = 0 RETURNING message",
            (int(wanted), apsw.carray(array("q", [*messages, 0]))),
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

    def counts(self, account: AccountId) -> CopyCounts:
        """Where the visible messages of an account exist."""
        return CopyCounts(*self._db.execute(_COUNTS, (account,)).get)

    def _read(self, account: AccountId, which: str, *value: int | str) -> list[Entry]:
        rows = self._db.execute(f"{_ENTRY} {which}", (account, self._now, *value))
        return [_entry(row) for row in rows]

    def _change(self, sql: str, rows: Sequence[tuple[apsw.SQLiteValue, ...]]) -> None:
        changed = [one for (one,) in self._db.executemany(sql, rows)]
        self._wishes.touched([MessageId(one) for one in changed if one is not None])


def _entry(row: tuple[apsw.SQLiteValue, ...]) -> Entry:
    return Entry._make(bool(value) if place in _YES_OR_NO else value for place, value in enumerate(row))
