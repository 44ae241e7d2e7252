"""What was arranged for an account, and messages of one account that lie in folders of another."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from desktopmail.domain.arrangement import Arrangement, Beside
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.store.notes import Notes
from desktopmail.store.wishes import Wishes

_GUESTS = """
SELECT min(p.account), m.id, f.role, m.hidden FROM message AS m JOIN pop3_copy AS p ON p.message = m.id
JOIN folder AS f ON f.id = m.folder
WHERE m.account = ?1 AND NOT EXISTS (SELECT 1 FROM pop3_copy AS o WHERE o.message = m.id AND o.account = ?1)
GROUP BY m.id
"""
_OUTSIDE = """
SELECT p.account, m.id, f.role, m.hidden FROM pop3_copy AS p JOIN message AS m ON m.id = p.message
JOIN folder AS f ON f.id = m.folder
WHERE p.account = ?1 AND m.account <> ?1
    AND NOT EXISTS (SELECT 1 FROM pop3_copy AS o WHERE o.message = m.id AND o.account = m.account)
GROUP BY m.id
"""
_ABROAD = """
SELECT DISTINCT m.id FROM pop3_copy AS p JOIN message AS m ON m.id = p.message
WHERE p.account = ?1 AND m.account <> ?1 AND m.hidden = 0
"""


class Arrangements:
    """`tx.arrangements`."""

    def __init__(self, db: apsw.Connection, notes: Notes, wishes: Wishes) -> None:
        self._db = db
        self._notes = notes
        self._wishes = wishes

    def get(self, account: AccountId) -> Arrangement:
        """What was arranged; what was never arranged is as usual."""
        row = self._db.execute(
            "SELECT deliver, beside, sent_to FROM arrangement WHERE account = ?", (account,)
        ).fetchone()
        if row is None:
            return Arrangement()
        deliver, sent_to = (AccountId(each) if each else None for each in (row[0], row[2]))
        return Arrangement(deliver, Beside(row[1]), sent_to)

    def put(self, account: AccountId, new: Arrangement) -> None:
        """Arrange something else. Accounts that are gone are left out."""
        there = {one for (one,) in self._db.execute("SELECT id FROM account")}
        if account not in there:
            return
        deliver, sent_to = (each if each in there else None for each in (new.deliver, new.sent_to))
        self._db.execute(
            "INSERT OR REPLACE INTO arrangement (account, deliver, beside, sent_to) VALUES (?, ?, ?, ?)",
            (account, deliver, new.beside.value, sent_to),
        )
        self._notes.account(account)

    def abroad(self, account: AccountId) -> tuple[MessageId, ...]:
        """The visible messages of an account that lie in folders of others."""
        return tuple(MessageId(one) for (one,) in self._db.execute(_ABROAD, (account,)))

    def guests(self, account: AccountId) -> dict[AccountId, int]:
        """How many visible messages in the folders of an account are others', by whose they are."""
        found: dict[AccountId, int] = {}
        for owner, _, _, hidden in self._db.execute(_GUESTS, (account,)):
            if not hidden:
                found[AccountId(owner)] = found.get(AccountId(owner), 0) + 1
        return found

    def send_home(self, account: AccountId) -> int:
        """Put what others have in the folders of an account into their own, before it goes or lives on a server: each
        into the folder of the same role, else into the Inbox. How many that were."""
        return self._rehouse(list(self._db.execute(_GUESTS, (account,))))

    def fetch_home(self, account: AccountId) -> int:
        """Put what an account has in folders of others into its own. How many that were."""
        return self._rehouse(list(self._db.execute(_OUTSIDE, (account,))))

    def _rehouse(self, rows: Sequence[tuple[int, int, str, int]]) -> int:
        homes: dict[int, dict[str, int]] = {}
        for owner in {row[0] for row in rows}:
            roles = self._db.execute(
                "SELECT role, id FROM folder WHERE account = ? AND role <> 'none' AND removed = 0", (owner,)
            )
            homes[owner] = dict(roles)
        target = {one: homes[owner].get(role) or homes[owner][Role.INBOX.value] for owner, one, role, _ in rows}
        before = self._wishes.load(target)
        self._wishes.write(before, [each._replace(folder=FolderId(target[each.message])) for each in before])
        self._db.executemany("UPDATE message SET account = ? WHERE id = ?", [(owner, one) for owner, one, *_ in rows])
        self._db.executemany("DELETE FROM journal_step WHERE message = ?", [(one,) for _, one, *_ in rows])
        return len(rows)

    def cut(self, account: AccountId) -> None:
        """The account is about to go: its messages in folders of others are only here from now on."""
        self._wishes.touched(self.abroad(account))
