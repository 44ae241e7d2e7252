"""The undo journal: what each verb did to each message, kept over restarts.

A step holds the difference a verb made, not the old state, so that taking it back leaves later changes alone. Taking
back writes wishes only; the servers follow by the difference as with any other verb.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apsw

from desktopmail.domain.action import JournalEntry
from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import JournalId, MessageId
from desktopmail.domain.saying import phrase
from desktopmail.store.notes import Notes
from desktopmail.store.packing import clean, pack_tags, unpack_tags
from desktopmail.store.rows import Before
from desktopmail.store.wishes import REMOVED, Wishes


def journal_entries(db: apsw.Connection, limit: int) -> tuple[JournalEntry, ...]:
    """The newest entries, newest first."""
    rows = db.execute("SELECT id, at, label, undone FROM journal ORDER BY id DESC LIMIT ?", (limit,))
    return tuple(JournalEntry(JournalId(one), at, label, bool(undone)) for one, at, label, undone in rows)


class Journal:
    """`tx.journal`."""

    def __init__(self, db: apsw.Connection, notes: Notes, wishes: Wishes, now: int) -> None:
        self._db = db
        self._notes = notes
        self._wishes = wishes
        self._now = now

    def add(self, label: str, before: Sequence[Before], created: Iterable[MessageId] = ()) -> JournalId:
        """Enter what a verb did, called after it in the same transaction. `before` comes from `messages.before`;
        `created` are rows the verb made, which taking back removes."""
        self._db.execute("INSERT INTO journal (at, label) VALUES (?, ?)", (self._now, clean(label)))
        entry = JournalId(self._db.last_insert_rowid())
        after = {row.message: row for row in self._wishes.load(row.message for row in before)}
        steps = [_step(entry, old, after[old.message]) for old in before if old.message in after]
        steps += [(entry, one, 1, 0, 0, 0, 0, "", "") for one in created]
        self._db.executemany("INSERT OR IGNORE INTO journal_step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", steps)
        return entry

    def entries(self, limit: int = 50) -> tuple[JournalEntry, ...]:
        """The newest entries, newest first."""
        return journal_entries(self._db, limit)

    def latest(self) -> JournalEntry | None:
        """The newest entry that was not taken back."""
        row = self._db.execute("SELECT id, at, label FROM journal WHERE undone = 0 ORDER BY id DESC LIMIT 1").fetchone()
        return JournalEntry(JournalId(row[0]), row[1], row[2], False) if row else None

    def take_back(self, entry: JournalId) -> list[MessageId]:
        """Write the old values back, what the verb made is removed. The messages that were there to be restored;
        those a server deleted meanwhile are not. Raises NotFound, also for an entry taken back before."""
        if not self._db.execute("SELECT EXISTS (SELECT 1 FROM journal WHERE id = ? AND undone = 0)", (entry,)).get:
            raise NotFound(
                phrase("There is nothing to take back"), phrase("It was taken back already, or it is too long ago.")
            )
        steps = {
            row[0]: row[1:]
            for row in self._db.execute(
                "SELECT message, created, removed, folder, flags_added, flags_removed, tags_added, tags_removed"
                " FROM journal_step WHERE journal = ?",
                (entry,),
            )
        }
        before = self._wishes.load(steps)
        after = [self._restored(row, *steps[row.message]) for row in before]
        self._wishes.write(before, after)
        self._bring_back_folders({row.folder for row in after})
        self._db.execute("UPDATE journal SET undone = 1 WHERE id = ?", (entry,))
        return [row.message for row in before]

    def _restored(self, row: Before, created: int, removed: int, folder: int, *changes: int | str) -> Before:
        if created:
            return row._replace(hidden=row.hidden | REMOVED)
        flags_added, flags_removed, tags_added, tags_removed = changes
        tags = row.tags
        if tags_added or tags_removed:
            tags = pack_tags((unpack_tags(tags) - unpack_tags(str(tags_added))) | unpack_tags(str(tags_removed)))
        return Before(
            row.message,
            type(row.folder)(folder) if folder and self._exists(folder) else row.folder,
            (row.flags & ~int(flags_added)) | int(flags_removed),
            tags,
            row.hidden & ~REMOVED if removed else row.hidden,
        )

    def _exists(self, folder: int) -> bool:
        return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM folder WHERE id = ?)", (folder,)).get)

    def _bring_back_folders(self, folders: Iterable[int]) -> None:
        """Folders that were removed after the verb come back when a message returns to them."""
        for folder in folders:
            one = folder
            while one:
                self._db.execute("UPDATE folder SET removed = 0 WHERE id = ? AND removed = 1", (one,))
                if self._db.changes():
                    self._notes.tree = True
                one = self._db.execute("SELECT parent FROM folder WHERE id = ?", (one,)).get


def _step(entry: int, old: Before, new: Before) -> tuple[int | str, ...]:
    was, now = unpack_tags(old.tags), unpack_tags(new.tags)
    return (
        entry,
        old.message,
        0,
        int(bool(new.hidden & ~old.hidden & REMOVED)),
        old.folder if old.folder != new.folder else 0,
        new.flags & ~old.flags,
        old.flags & ~new.flags,
        pack_tags(now - was),
        pack_tags(was - now),
    )
