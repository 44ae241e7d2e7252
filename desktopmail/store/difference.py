"""Reads the difference between what the person has and what the servers hold. It is never stored."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.store.due import NEVER
from desktopmail.store.notes import Notes
from desktopmail.store.packing import FLAGS, clean, unpack_tags
from desktopmail.store.rows import Difference, FolderDifference, Known, Wanted
from desktopmail.store.tree import folders
from desktopmail.store.wishes import REMOVED, Wishes

_DIFFERENCES = """
SELECT m.id, m.folder, wi.server_name, m.flags, m.tags, m.hidden, m.content, m.key,
    c.folder, ci.server_name, c.uid, c.flags, c.tags, wf.lives, m.date
FROM message AS m JOIN folder AS wf ON wf.id = m.folder
LEFT JOIN imap_folder AS wi ON wi.folder = m.folder
LEFT JOIN imap_copy AS c ON c.message = m.id
LEFT JOIN imap_folder AS ci ON ci.folder = c.folder
WHERE m.account = ? AND m.due > 0 AND m.due <= ? ORDER BY m.id LIMIT ?
"""
_TWIN = """
SELECT c.folder, i.server_name, c.uid, c.flags, c.tags
FROM message AS t JOIN imap_copy AS c ON c.message = t.id JOIN imap_folder AS i ON i.folder = c.folder
WHERE t.date = ? AND t.key = ? AND t.key <> x'' AND t.account = ? AND t.content = ? LIMIT 1
"""


class Differences:
    """`tx.difference`."""

    def __init__(self, db: apsw.Connection, notes: Notes, wishes: Wishes) -> None:
        self._db = db
        self._notes = notes
        self._wishes = wishes

    def for_account(self, account: AccountId, now: int, limit: int = 5000) -> list[Difference]:
        """What to push for an account: every message whose wish differs from its copy, settled and not waiting for
        another try at `now`."""
        found = []
        for row in list(self._db.execute(_DIFFERENCES, (account, now, limit))):
            wanted = Wanted(
                FolderId(row[1]),
                row[2],
                FLAGS[row[3] & 63],
                unpack_tags(row[4]),
                bool(row[5] & REMOVED),
                row[13] == "here",
            )
            known = None
            if row[8] is not None:
                known = Known(FolderId(row[8]), row[9] or "", row[10], FLAGS[row[11] & 63], unpack_tags(row[12]))
            twin = self._twin(account, row[14], row[7], row[6]) if known is None else None
            found.append(Difference(MessageId(row[0]), wanted, known, row[6] or None, row[7], twin))
        return found

    def folders(self, account: AccountId, now: int) -> list[FolderDifference]:
        """The folders to make, rename or delete on the server: parents before children, deletions last and deepest
        first."""
        tree = {one.id: one for one in folders(self._db, account)}
        marks = {
            row[0]: row[1:]
            for row in self._db.execute(
                "SELECT folder, server_name, path, delimiter FROM imap_folder WHERE account = ?", (account,)
            )
        }
        rows = self._db.execute(
            "SELECT id, parent, name, removed FROM folder WHERE account = ? AND lives = 'server' AND retry_at <= ?",
            (account, now),
        )
        make, drop = [], []
        for folder, parent, name, removed in rows:
            server_name, known_path, delimiter = marks.get(
                folder, (None, "", marks[parent][2] if parent in marks else "/")
            )
            parent_name = marks[parent][0] if parent in marks else None
            path = None if removed or folder not in tree else tree[folder].path
            one = FolderDifference(FolderId(folder), path, name, parent_name, server_name, known_path, delimiter)
            if path is None and server_name is not None:
                drop.append(one)
            elif path is not None and (server_name is None or known_path != path):
                make.append(one)
        make.sort(key=lambda one: (one.path or "").count("/"))
        drop.sort(key=lambda one: -one.known_path.count("/"))
        return make + drop

    def next_due(self, account: AccountId, after: int = 0) -> int | None:
        """When the next push may have something to do, in seconds since 1970 UTC and later than `after`; None: nothing
        waits."""
        found = self._db.execute(
            "SELECT min(due) FROM message WHERE account = ? AND due > 0 AND due > ? AND due < ?",
            (account, after, NEVER),
        ).get
        return int(found) if found is not None else None

    def refused(self, account: AccountId) -> tuple[int, str]:
        """How many messages the server refused to bring to where they are here, and what it said about one of them."""
        row = self._db.execute(
            "SELECT count(*), coalesce(max(last_error), '') FROM message"
            " WHERE account = ? AND due > 0 AND due < ? AND last_error <> ''",
            (account, NEVER),
        ).fetchone()
        return (row[0], row[1]) if row is not None else (0, "")

    def fail(self, messages: Iterable[MessageId], text: str, retry_at: int) -> None:
        """The server refused these; try again not before `retry_at`."""
        ids = list(messages)
        self._db.executemany(
            "UPDATE message SET last_error = ?, retry_at = ? WHERE id = ?",
            [(clean(text), retry_at, one) for one in ids],
        )
        self._wishes.recheck(ids)
        self._wishes.touched(ids)

    def retry(self, messages: Iterable[MessageId]) -> None:
        """Try again at once."""
        self.fail(messages, "", 0)
        self._notes.work = True

    def give_up(self, messages: Iterable[MessageId]) -> None:
        """Take over what the server has. A message the server does not have stays here and is not tried again."""
        before = self._wishes.load(messages)
        after = []
        alone = []
        for row in before:
            copy = self._db.execute(
                "SELECT folder, flags, tags FROM imap_copy WHERE message = ?", (row.message,)
            ).fetchone()
            if copy is None:
                alone.append(row.message)
                after.append(row)
            else:
                after.append(row._replace(folder=copy[0], flags=copy[1], tags=copy[2], hidden=row.hidden & ~REMOVED))
        self._wishes.write(before, after)
        ids = [row.message for row in before]
        self.fail(ids, "", 0)
        self._db.executemany("UPDATE message SET retry_at = ? WHERE id = ?", [(NEVER, one) for one in alone])
        self._wishes.recheck(alone)

    def _twin(self, account: AccountId, date: int, key: bytes, content: bytes) -> Known | None:
        row = self._db.execute(_TWIN, (date, key, account, content)).fetchone() if key else None
        return Known(FolderId(row[0]), row[1], row[2], FLAGS[row[3] & 63], unpack_tags(row[4])) if row else None
