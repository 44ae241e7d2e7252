"""What the IMAP server held when last seen, and how its news becomes part of what the person has."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

import apsw

from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.merge import merge_bits, merge_tags
from desktopmail.store.lost import Lost
from desktopmail.store.notes import Notes
from desktopmail.store.packing import FLAGS, pack_tags, unpack_tags
from desktopmail.store.rows import Awaiting, Before, CopyRow, FlagRow, Held
from desktopmail.store.wishes import VANISHED, Wishes

_BY_UID = """
SELECT c.uid, c.flags, c.tags, c.mod_seq, m.id, m.folder, m.flags, m.tags, m.hidden
FROM carray(?1) AS v CROSS JOIN imap_copy AS c ON c.folder = ?2 AND c.uid = v.value
CROSS JOIN message AS m ON m.id = c.message
"""
_AWAITING = """
SELECT m.id, m.key, m.folder, 0 FROM message AS m
WHERE m.account = ?1 AND m.due > 0 AND m.key <> x'' AND m.hidden & 1 = 0
    AND NOT EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message = m.id)
UNION ALL
SELECT m.id, m.key, m.folder, l.folder FROM imap_lost AS l JOIN message AS m ON m.id = l.message
WHERE l.account = ?1 AND m.key <> x''
ORDER BY 1
"""


class Copies:
    """`tx.copies`. Rows are the server's truth; every method that changes them merges the change into the messages
    or compares anew what is left to push."""

    def __init__(self, db: apsw.Connection, notes: Notes, wishes: Wishes) -> None:
        self._db = db
        self._notes = notes
        self._wishes = wishes
        self._lost = Lost(db, notes, wishes)

    def uids(self, folder: FolderId) -> dict[int, Held]:
        """Every copy in a folder by UID."""
        tags: dict[str, frozenset[str]] = {}
        found = {}
        for uid, message, flags, packed in self._db.execute(
            "SELECT uid, message, flags, tags FROM imap_copy WHERE folder = ? ORDER BY uid", (folder,)
        ):
            if packed not in tags:
                tags[packed] = unpack_tags(packed)
            found[uid] = Held(message, FLAGS[flags & 63], tags[packed])
        return found

    def numbers(self, folder: FolderId) -> array[int]:
        """The UIDs of a folder alone, ascending."""
        rows = self._db.execute("SELECT uid FROM imap_copy WHERE folder = ? ORDER BY uid", (folder,))
        return array("q", [uid for (uid,) in rows])

    def messages(self, folder: FolderId, uids: Iterable[int]) -> dict[int, MessageId]:
        """Which messages these UIDs of a folder are."""
        rows = self._db.execute(
            "SELECT c.uid, c.message FROM carray(?) AS v CROSS JOIN imap_copy AS c ON c.folder = ? AND c.uid = v.value",
            (apsw.carray(array("q", [*uids, 0])), folder),
        )
        return {uid: MessageId(message) for uid, message in rows}

    def add(self, rows: Sequence[CopyRow]) -> None:
        """The server holds these messages: an upload was confirmed, or a stranger was recognised.

        A message whose copy had vanished follows its copy into the new folder, unless the person had put it elsewhere
        meanwhile, or this program had asked for the move; flags are merged with what was seen before it vanished.
        """
        lost = self._lost.of(row.message for row in rows)
        old = {row.message: row for row in self._wishes.load(row.message for row in rows)}
        before, after = [], []
        copies = []
        for row in rows:
            here = old.get(row.message)
            if here is None:
                continue
            tags = pack_tags(row.tags)
            copies.append((row.message, row.folder, row.uid, row.flags.value, tags, row.mod_seq))
            base = lost.get(row.message)
            new = here
            if base is not None:
                new = here._replace(
                    folder=FolderId(base.place(here.folder, row.folder)),
                    flags=merge_bits(base.flags, here.flags, row.flags.value),
                    tags=_merged(base.tags, here.tags, tags),
                    hidden=here.hidden & ~VANISHED,
                )
            before.append(here)
            after.append(new)
        displaced = self._displace([(copy[1], copy[2]) for copy in copies])
        self._db.executemany(
            "INSERT OR REPLACE INTO imap_copy (message, folder, uid, flags, tags, mod_seq) VALUES (?, ?, ?, ?, ?, ?)",
            copies,
        )
        self._lost.found(lost)
        self._wishes.write(before, after)
        self._agreed([*(row.message for row in before), *displaced])

    def update_flags(self, folder: FolderId, rows: Sequence[FlagRow]) -> int:
        """The server reports flags: three-way merge per flag into what the person has. UIDs that are not known are
        left out. How many messages look different now."""
        reported = {row.uid: row for row in rows}
        copies = []
        before, after = [], []
        for uid, flags, tags, mod_seq, message, place, here, here_tags, hidden in self._by_uid(folder, reported):
            news = reported[uid]
            now, now_tags = news.flags.value, pack_tags(news.tags) if news.tags else ""
            if now == flags and now_tags == tags:
                if news.mod_seq > mod_seq:
                    copies.append((now, now_tags, news.mod_seq, message))
                continue
            copies.append((now, now_tags, max(mod_seq, news.mod_seq), message))
            old = Before(MessageId(message), FolderId(place), here, here_tags, hidden)
            before.append(old)
            after.append(old._replace(flags=merge_bits(flags, here, now), tags=_merged(tags, here_tags, now_tags)))
        self._db.executemany("UPDATE imap_copy SET flags = ?, tags = ?, mod_seq = ? WHERE message = ?", copies)
        self._wishes.write(before, after)
        self._agreed(row.message for row in before)
        return sum(old != new for old, new in zip(before, after, strict=True))

    def stored(self, folder: FolderId, rows: Sequence[FlagRow]) -> None:
        """The server took flags we sent: they are what it holds now. Nothing is merged."""
        self._db.executemany(
            "UPDATE imap_copy SET flags = ?, tags = ?, mod_seq = max(mod_seq, ?) WHERE folder = ? AND uid = ?",
            [(row.flags.value, pack_tags(row.tags), row.mod_seq, folder, row.uid) for row in rows],
        )
        self._agreed(self.messages(folder, [row.uid for row in rows]).values())

    def head_for(self, folder: FolderId, to: FolderId, uids: Iterable[int]) -> None:
        """The server is about to be asked to move these copies; its answer may be lost."""
        self._db.execute(
            "UPDATE imap_copy SET heading = ? WHERE folder = ? AND uid IN (SELECT value FROM carray(?))",
            (to, folder, apsw.carray(array("q", [*uids, 0]))),
        )

    def moved(self, folder: FolderId, to: FolderId, uids: Mapping[int, int]) -> None:
        """The server moved messages at our request; `uids` maps old to new ones."""
        messages = self.messages(folder, uids)
        rows = [(to, uids[uid], message) for uid, message in messages.items()]
        displaced = self._displace([row[:2] for row in rows])
        self._db.executemany(
            "UPDATE imap_copy SET folder = ?, uid = ?, mod_seq = 0, heading = 0 WHERE message = ?", rows
        )
        self._agreed([*messages.values(), *displaced])

    def vanish(self, folder: FolderId, uids: Iterable[int]) -> None:
        """Copies vanished. Messages still wanted in that folder are hidden at once; they are forgotten by
        `sweep_vanished` only, for the copies may turn up in another folder."""
        self._lost.vanish(folder, self.messages(folder, uids).values(), hide=True)

    def drop_folder(self, folder: FolderId) -> None:
        """No UID of the folder means anything any more (UIDVALIDITY changed, or the folder is gone). Messages stay
        visible until they were recognised again or `sweep_vanished` forgets them."""
        rows = self._db.execute("SELECT message FROM imap_copy WHERE folder = ?", (folder,))
        self._lost.vanish(folder, [MessageId(message) for (message,) in rows], hide=False)

    def forget(self, folder: FolderId, uids: Iterable[int]) -> None:
        """The server expunged copies at our request."""
        gone = self.messages(folder, uids)
        self._db.executemany("DELETE FROM imap_copy WHERE message = ?", [(message,) for message in gone.values()])
        self._agreed(gone.values())

    def awaiting(self, account: AccountId) -> dict[bytes, list[Awaiting]]:
        """Messages without a copy by their key, to recognise strangers. Keys that several have are not unique:
        matching them would be a guess."""
        found: dict[bytes, list[Awaiting]] = {}
        for message, key, folder, lost in self._db.execute(_AWAITING, (account,)):
            found.setdefault(key, []).append(
                Awaiting(MessageId(message), FolderId(folder), FolderId(lost) if lost else None)
            )
        return found

    def sweep_vanished(self, account: AccountId) -> int:
        """After all folders were read: forget the messages whose copies did not turn up anywhere. How many went."""
        self._db.execute(
            "UPDATE imap_copy SET heading = 0 WHERE heading <> 0"
            " AND folder IN (SELECT id FROM folder WHERE account = ?)",
            (account,),
        )
        return self._lost.sweep(account)

    def _displace(self, places: Iterable[tuple[int, int]]) -> list[int]:
        """Take away what was believed to be at these folders and UIDs; the messages that have no copy by it."""
        gone = self._db.executemany("DELETE FROM imap_copy WHERE folder = ? AND uid = ? RETURNING message", places)
        return [message for (message,) in gone]

    def _by_uid(
        self, folder: FolderId, uids: Iterable[int]
    ) -> list[tuple[int, int, str, int, int, int, int, str, int]]:
        wanted = array("q", [*uids, 0])
        return list(self._db.execute(_BY_UID, (apsw.carray(wanted), folder)))

    def _agreed(self, ids: Iterable[int]) -> None:
        """Compare anew; what agrees with the server has no error any more."""
        numbers = array("q", [*ids, 0])
        if self._wishes.recheck(numbers):
            self._notes.work = True
        cleared = self._db.execute(
            "UPDATE message SET last_error = '', retry_at = 0 WHERE id IN (SELECT value FROM carray(?))"
            " AND due = 0 AND (last_error <> '' OR retry_at <> 0) RETURNING id",
            (apsw.carray(numbers),),
        )
        self._wishes.touched([MessageId(one) for (one,) in list(cleared)])


def _merged(base: str, here: str, server: str) -> str:
    if here == base:
        return server
    return pack_tags(merge_tags(unpack_tags(base), unpack_tags(here), unpack_tags(server)))
