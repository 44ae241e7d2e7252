"""The POP3 ledger looked up inside a transaction."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence

import apsw

from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.store.ledger_rows import CopyCounts, Entry, Known, Stored

WHOLE_WANTED = 2
"""In the column `partly`, where 1 is a top whose rest nobody asked for yet."""

_SAME = "o.id <> m.id AND o.hidden & 1 = 0 AND o.content = p.sha"
_ENTRY = f"""
SELECT p.uidl, p.message, p.size, p.sha, p.first_seen, p.stored_at, p.partly, p.wanted_gone, p.dele_sent,
    p.dele_confirmed, p.gone_at, p.decided_by, p.ignored, coalesce(m.hidden & 1, 0), coalesce(m.settle_at <= ?2, 1),
    p.sha <> x'' AND coalesce(m.hidden & 1, 0) AND (
        EXISTS (SELECT 1 FROM message AS o WHERE o.thread = m.thread AND {_SAME})
        OR EXISTS (SELECT 1 FROM message AS o WHERE o.date = m.date AND o.key = m.key AND o.key <> x'' AND {_SAME})),
    p.partly = {WHOLE_WANTED}
FROM pop3_copy AS p LEFT JOIN message AS m ON m.id = p.message
WHERE p.account = ?1
"""  # noqa: S608 - constants
_COUNTS = """
SELECT coalesce(sum(there AND NOT kept), 0), coalesce(sum(there AND kept), 0), coalesce(sum(NOT there), 0) FROM (
    SELECT m.content <> x'' AS kept, EXISTS (
        SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id AND p.dele_confirmed = 0 AND p.gone_at = 0) AS there
    FROM (
        SELECT h.id, h.content FROM folder AS f JOIN message AS h ON h.folder = f.id
        WHERE f.account = ?1 AND h.hidden = 0 AND NOT EXISTS (
            SELECT 1 FROM pop3_copy AS o WHERE o.message = h.id AND o.account <> ?1 AND NOT EXISTS (
                SELECT 1 FROM pop3_copy AS own WHERE own.message = h.id AND own.account = ?1))
        UNION SELECT a.id, a.content FROM pop3_copy AS l JOIN message AS a ON a.id = l.message
        WHERE l.account = ?1 AND a.account <> ?1 AND a.hidden = 0) AS m)
"""


_TWIN_LINES = """
SELECT p.sha, p.uidl, p.size, p.message FROM carray(?) AS v
CROSS JOIN pop3_copy AS p INDEXED BY pop3_copy_sha ON p.account = ? AND p.sha = v.value
WHERE p.sha <> x'' AND p.stored_at > 0 ORDER BY p.message IS NOT NULL
"""
_TWIN_MESSAGES = """
SELECT m.key, m.content, m.size, m.id FROM carray(?) AS v CROSS JOIN message AS m ON m.date = v.value
WHERE m.key <> x'' AND m.account IN (?, ?) AND m.key IN (SELECT value FROM carray(?)) ORDER BY m.hidden DESC
"""
"""Of several with the same bytes the last is the one that counts."""
_YES_OR_NO = frozenset((6, 7, 12, 13, 14, 15, 16))
"""The columns that are a yes or no."""


class LedgerReads:
    """The half of `tx.ledger` that changes nothing."""

    def __init__(self, db: apsw.Connection, now: int) -> None:
        self._db = db
        self._now = now

    def known(self, account: AccountId) -> Known:
        """Every line of an account, as far as a visit has to know it at once."""
        there = "account = ? AND dele_confirmed = 0 AND gone_at = 0"
        sizes = self._db.execute(f"SELECT uidl, size FROM pop3_copy WHERE {there}", (account,))  # noqa: S608 - constant
        gone = self._db.execute(
            "SELECT uidl FROM pop3_copy WHERE account = ? AND (dele_confirmed > 0 OR gone_at > 0)", (account,)
        )
        partly = self._db.execute(f"SELECT uidl FROM pop3_copy WHERE {there} AND partly", (account,))  # noqa: S608
        return Known(dict(sizes), frozenset(one for (one,) in gone), frozenset(one for (one,) in partly))

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

    def begun(self, account: AccountId) -> list[Entry]:
        """The lines of messages of which the server has the whole and only the top is here, and wanted."""
        found = self._read(account, "AND p.partly AND p.dele_confirmed = 0 AND p.gone_at = 0 AND NOT p.wanted_gone")
        return [each for each in found if each.message is not None and not each.removed]

    def of(self, message: MessageId, account: AccountId | None = None) -> Entry | None:
        """The line of a message whose copy the server has; only among those of one account when it is named."""
        found = self._db.execute(
            "SELECT account, uidl FROM pop3_copy WHERE message = ?1 AND (?2 = 0 OR account = ?2)"
            " ORDER BY gone_at, dele_confirmed LIMIT 1",
            (message, account or 0),
        ).fetchone()
        return self._read(AccountId(found[0]), "AND p.uidl = ?3", found[1])[0] if found else None

    def owner(self, message: MessageId) -> AccountId | None:
        """The account a message came through, in whosever folder it lies; None when it did not come by POP3."""
        found = self._db.execute(
            "SELECT account FROM pop3_copy WHERE message = ? ORDER BY gone_at, dele_confirmed LIMIT 1", (message,)
        ).get
        return AccountId(found) if found else None

    def twins(
        self, account: AccountId, asked: Sequence[tuple[bytes, int, bytes]], home: AccountId | None = None
    ) -> dict[bytes, Stored]:
        """By SHA-256: the line or message of the account that holds these very bytes, removed by the person or not;
        also a message of the account in whose Inbox its mail is put (`home`). Asked with SHA-256, date and key."""
        if not asked:
            return {}
        shas = apsw.carray(tuple({sha for sha, _, _ in asked}))
        found = {}
        for sha, uidl, size, message in self._db.execute(_TWIN_LINES, (shas, account)):
            found[sha] = Stored(uidl, size, message and MessageId(message), sha)
        others = {(key, sha): date for sha, date, key in asked if key and sha not in found}
        if others:
            dates = apsw.carray(array("q", set(others.values())))
            keys = apsw.carray(tuple({key for key, _ in others}))
            for key, sha, size, message in self._db.execute(_TWIN_MESSAGES, (dates, account, home or account, keys)):
                if (key, sha) in others:
                    found[sha] = Stored("", size, MessageId(message), sha)
        return found

    def counts(self, account: AccountId) -> CopyCounts:
        """Where the visible messages of an account exist."""
        return CopyCounts(*self._db.execute(_COUNTS, (account,)).get)

    def _read(self, account: AccountId, which: str, *value: int | str) -> list[Entry]:
        rows = self._db.execute(f"{_ENTRY} {which}", (account, self._now, *value))
        return [_entry(row) for row in rows]


def _entry(row: tuple[apsw.SQLiteValue, ...]) -> Entry:
    return Entry._make(bool(value) if place in _YES_OR_NO else value for place, value in enumerate(row))
