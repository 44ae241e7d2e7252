"""The one place where a message's folder, flags, tags and visibility are written, whoever wants them changed.

Counts, news and the pusher's hint follow from the difference between before and after, so no verb can forget them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import apsw

from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.store.due import NEVER, recheck
from desktopmail.store.notes import Notes
from desktopmail.store.rows import Before

REMOVED = 1
VANISHED = 2
_FLAGGED = f"""
UPDATE message SET flags = ?, tags = ?, retry_at = CASE WHEN retry_at = {NEVER}
    AND NOT EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message = message.id) THEN retry_at ELSE 0 END WHERE id = ?
"""  # noqa: S608 - a number; what was given up, or is to stay here, is not handed over because of a mark


class Wishes:
    """What the person has, written in bulk."""

    def __init__(self, db: apsw.Connection, notes: Notes) -> None:
        self._db = db
        self._notes = notes

    def load(self, ids: Iterable[int]) -> list[Before]:
        """The messages as they are, each once; ids that are gone are left out."""
        wanted = array("q", dict.fromkeys(ids))
        if not wanted:
            return []
        rows = self._db.execute(
            "SELECT m.id, m.folder, m.flags, m.tags, m.hidden FROM carray(?) AS v"
            " CROSS JOIN message AS m ON m.id = v.value",
            (apsw.carray(wanted),),
        )
        return [Before(*row) for row in rows]

    def write(self, before: Sequence[Before], after: Sequence[Before], settle_at: int = 0) -> None:
        """Make the messages what `after` says; both in the same order. Pushed not before `settle_at`."""
        flagged = []
        moved = []
        for old, new in zip(before, after, strict=True):
            if old == new:
                continue
            if old.folder == new.folder and old.hidden == new.hidden:
                flagged.append((new.flags, new.tags, new.message))
            else:
                moved.append((new.folder, new.flags, new.tags, new.hidden, settle_at, new.message))
        if flagged:
            self._db.executemany(_FLAGGED, flagged)
        if moved:
            self._db.executemany(
                "UPDATE message SET folder = ?, flags = ?, tags = ?, hidden = ?, settle_at = ?, retry_at = 0"
                " WHERE id = ?",
                moved,
            )
        self._report(before, after)
        if self.recheck([row[-1] for row in flagged] + [row[-1] for row in moved]):
            self._notes.work = True

    def recheck(self, ids: Iterable[int]) -> bool:
        """Compare with the server's copies anew. True when something may have to be pushed."""
        return recheck(self._db, ids)

    def touched(self, ids: Iterable[MessageId]) -> None:
        """Visible messages look different in something other than folder, flags and tags."""
        folders: dict[FolderId, list[MessageId]] = {}
        for row in self.load(ids):
            if not row.hidden:
                folders.setdefault(row.folder, []).append(row.message)
        for folder, inside in folders.items():
            self._notes.changed(folder, inside)

    def forget(self, ids: Iterable[int]) -> None:
        """Delete the rows for good."""
        before = self.load(ids)
        self._report(before, [row._replace(hidden=row.hidden | REMOVED) for row in before])
        self._db.execute(
            "DELETE FROM message WHERE id IN (SELECT value FROM carray(?))",
            (apsw.carray(array("q", [*(row.message for row in before), 0])),),
        )

    def _report(self, before: Sequence[Before], after: Sequence[Before]) -> None:
        appeared: dict[FolderId, list[Before]] = {}
        left: dict[FolderId, list[Before]] = {}
        changed: dict[FolderId, list[Before]] = {}
        fewer: dict[FolderId, int] = {}
        for old, new in zip(before, after, strict=True):
            if old == new:
                continue
            was, now = not old.hidden, not new.hidden
            if was and now and old.folder == new.folder:
                changed.setdefault(new.folder, []).append(new)
                fewer[new.folder] = fewer.get(new.folder, 0) + (old.flags & 1) - (new.flags & 1)
                continue
            if was:
                left.setdefault(old.folder, []).append(old)
            if now:
                appeared.setdefault(new.folder, []).append(new)
        for folder, rows in left.items():
            self._notes.left(folder, [row.message for row in rows], sum(not row.flags & 1 for row in rows))
        for folder, rows in appeared.items():
            self._notes.appeared(folder, [row.message for row in rows], sum(not row.flags & 1 for row in rows))
        for folder, rows in changed.items():
            self._notes.changed(folder, [row.message for row in rows], fewer[folder])
