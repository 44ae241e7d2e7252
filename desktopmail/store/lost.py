"""Copies that vanished from a folder: moved elsewhere, or deleted. Nobody knows until all folders were read."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import apsw

from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.merge import merge_bits, merge_tags
from desktopmail.store.notes import Notes
from desktopmail.store.packing import pack_tags, unpack_tags
from desktopmail.store.rows import Before
from desktopmail.store.wishes import REMOVED, VANISHED, Wishes

_TWINS = """
SELECT t.id FROM message AS m JOIN message AS t ON t.date = m.date AND t.key = m.key AND t.account = m.account
WHERE m.id = ? AND t.key <> x'' AND t.id > m.id AND EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message = t.id) LIMIT 2
"""
_INHERIT = """
UPDATE message SET content = old.content, fetched = old.fetched, preview = old.preview, attachments = old.attachments
FROM (SELECT content, fetched, preview, attachments FROM message WHERE id = ?1) AS old
WHERE message.id = ?2 AND message.content = x'' AND old.content <> x''
"""


class Base(NamedTuple):
    """A vanished copy as it was last seen."""

    message: int
    folder: int
    flags: int
    tags: str
    heading: int

    def place(self, wanted: int, found: int) -> int:
        """Where the person has a message, `wanted` before its copy turned up in folder `found`: it follows what another
        program did, unless the person put it elsewhere; what this program had asked for changes no wish."""
        return found if wanted == self.folder and self.heading != found else wanted


class Lost:
    """The rows of imap_lost."""

    def __init__(self, db: apsw.Connection, notes: Notes, wishes: Wishes) -> None:
        self._db = db
        self._notes = notes
        self._wishes = wishes

    def of(self, ids: Iterable[int]) -> dict[MessageId, Base]:
        """The vanished copies of these messages."""
        rows = self._db.execute(
            "SELECT l.message, l.folder, l.flags, l.tags, l.heading FROM carray(?) AS v"
            " CROSS JOIN imap_lost AS l ON l.message = v.value",
            (apsw.carray(array("q", [*ids, 0])),),
        )
        return {MessageId(row[0]): Base(*row) for row in rows}

    def found(self, ids: Iterable[int]) -> None:
        """These have copies again."""
        self._db.executemany("DELETE FROM imap_lost WHERE message = ?", [(one,) for one in ids])

    def vanish(self, folder: FolderId, ids: Iterable[MessageId], *, hide: bool) -> None:
        """Turn copies into vanished ones; with `hide`, messages still wanted in that folder disappear."""
        gone = list(ids)
        if not gone:
            return
        numbers = array("q", gone)
        self._db.execute(
            "INSERT OR REPLACE INTO imap_lost (message, account, folder, flags, tags, heading)"
            " SELECT c.message, m.account, c.folder, c.flags, c.tags, c.heading FROM carray(?) AS v"
            " CROSS JOIN imap_copy AS c ON c.message = v.value JOIN message AS m ON m.id = c.message",
            (apsw.carray(numbers),),
        )
        self._db.execute(
            "DELETE FROM imap_copy WHERE message IN (SELECT value FROM carray(?))", (apsw.carray(numbers),)
        )
        before = self._wishes.load(gone)
        after = [row._replace(hidden=row.hidden | VANISHED) if hide and row.folder == folder else row for row in before]
        self._wishes.write(before, after)
        self._wishes.recheck(gone)

    def sweep(self, account: AccountId) -> int:
        """Decide about what did not turn up: what the person had put elsewhere and is stored here is uploaded anew,
        the rest is forgotten. What turned up before it vanished passes its changes on to its twin."""
        rows = [
            Base(*row)
            for row in self._db.execute(
                "SELECT message, folder, flags, tags, heading FROM imap_lost WHERE account = ?", (account,)
            )
        ]
        lost = {row.message: row for row in rows}
        forgotten = []
        kept = []
        for here in self._wishes.load(lost):
            base = lost[here.message]
            twin = self._twin(here.message)
            if twin is not None:
                self._pass_on(here, base, twin)
                forgotten.append(here.message)
            elif here.hidden & REMOVED or (here.folder != base.folder and self._stored_here(here.message)):
                kept.append(here)
            else:
                forgotten.append(here.message)
        self.found(lost)
        self._wishes.forget(forgotten)
        self._wishes.write(kept, [row._replace(hidden=row.hidden & ~VANISHED) for row in kept])
        self._notes.work = self._wishes.recheck(row.message for row in kept) or self._notes.work
        self._settle_folders(account)
        return len(forgotten)

    def _twin(self, message: int) -> int | None:
        """The one newer row with the same key that has a copy; None when there is none or more than one."""
        twins: list[tuple[int]] = list(self._db.execute(_TWINS, (message,)))
        return twins[0][0] if len(twins) == 1 else None

    def _pass_on(self, here: Before, base: Base, twin: int) -> None:
        """Give what the person changed on a vanished message to the row in which it turned up."""
        before = self._wishes.load([twin])
        there = before[0]
        tags = merge_tags(unpack_tags(base.tags), unpack_tags(here.tags), unpack_tags(there.tags))
        after = there._replace(
            folder=FolderId(base.place(here.folder, there.folder)),
            flags=merge_bits(base.flags, here.flags, there.flags),
            tags=pack_tags(tags),
            hidden=there.hidden | (here.hidden & REMOVED),
        )
        self._wishes.write(before, [after])
        self._db.execute(_INHERIT, (here.message, twin))
        self._db.execute("UPDATE history SET message = ? WHERE message = ?", (twin, here.message))
        self._db.execute("UPDATE OR IGNORE journal_step SET message = ? WHERE message = ?", (twin, here.message))

    def _stored_here(self, message: int) -> bool:
        return bool(self._db.execute("SELECT content <> x'' FROM message WHERE id = ?", (message,)).get)

    def _settle_folders(self, account: AccountId) -> None:
        """Folders that left the server: gone for good when empty, back in the tree when something is left in them."""
        rows = self._db.execute(
            "SELECT f.id FROM folder AS f WHERE f.account = ? AND f.removed = 1 AND f.lives = 'server'"
            " AND NOT EXISTS (SELECT 1 FROM imap_folder AS i WHERE i.folder = f.id) ORDER BY f.id DESC",
            (account,),
        ).fetchall()
        for (folder,) in rows:
            self._notes.tree = True
            visible = self._db.execute(
                "SELECT EXISTS (SELECT 1 FROM message WHERE folder = ? AND hidden = 0)", (folder,)
            ).get
            if visible:
                self._db.execute("UPDATE folder SET removed = 0 WHERE id = ?", (folder,))
                self._notes.work = True
            else:
                self._db.execute(
                    "DELETE FROM folder WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM message WHERE folder = ?1)"
                    " AND NOT EXISTS (SELECT 1 FROM folder AS child WHERE child.parent = ?1)",
                    (folder,),
                )
