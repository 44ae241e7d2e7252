"""Messages as the person has them: stored, read, flagged, moved and removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apsw

from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.domain.saying import phrase
from desktopmail.store.bulk import in_groups
from desktopmail.store.insert import FETCHED, insert, rewrite_values
from desktopmail.store.message_reads import MessageReads
from desktopmail.store.notes import Notes
from desktopmail.store.packing import clean, pack_addresses, pack_tags, unpack_tags
from desktopmail.store.rows import Before, Head, NewContent, NewMessage
from desktopmail.store.wishes import REMOVED, Wishes

_COPY = """
INSERT INTO message (account, folder, arrived, due, thread, sort, flags, fetched, date, received, size, attachments,
    tags, key, content, message_id, sender, recipients, cc, subject, preview, list_id, refs, structure)
SELECT ?, ?, ?, ?, thread, sort, flags, fetched, date, received, size, attachments,
    tags, key, content, message_id, sender, recipients, cc, subject, preview, list_id, refs, structure
FROM message WHERE id = ?
"""
_OUTDATED = """
INSERT INTO message (account, folder, thread, sort, flags, hidden, arrived, tags)
SELECT account, folder, thread, sort, flags, 1, ?, tags FROM message WHERE id = ?
"""
_REWRITE = """
UPDATE message SET sort = ?, date = ?, received = ?, size = ?, attachments = ?, fetched = ?, key = ?, content = ?,
    message_id = ?, sender = ?, recipients = ?, cc = ?, subject = ?, preview = ?, refs = ?, structure = ?,
    settle_at = ?, retry_at = 0
WHERE id = ?
"""
_FILLED = """
UPDATE message SET content = v.column1, size = v.column2, preview = v.column3, attachments = v.column4,
    fetched = v.column5 FROM (VALUES (?, ?, ?, ?, ?, ?)) AS v WHERE id = v.column6
"""
_PURGED = """
SELECT m.id FROM folder AS f JOIN message AS m ON m.folder = f.id
WHERE m.hidden <> 0 AND m.hidden & 1
    AND NOT EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message = m.id)
    AND NOT EXISTS (SELECT 1 FROM imap_lost AS l WHERE l.message = m.id)
    AND NOT EXISTS (SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id AND p.dele_confirmed = 0 AND p.gone_at = 0)
    AND NOT EXISTS (SELECT 1 FROM journal_step AS j WHERE j.message = m.id)
"""


class Messages(MessageReads):
    """`tx.messages`. Verbs change what the person has and nothing else; the difference to the server is found later."""

    def __init__(self, db: apsw.Connection, notes: Notes, wishes: Wishes, now: int) -> None:
        super().__init__(db)
        self._notes = notes
        self._wishes = wishes
        self._now = now

    def insert(self, rows: Sequence[NewMessage]) -> list[MessageId]:
        """Store new messages, in bulk; their ids in the same order. Conversations are found on the way."""
        return insert(self._db, self._notes, self._now, rows)

    def before(self, ids: Iterable[MessageId]) -> list[Before]:
        """The messages as they are, for `journal.add` after a verb changed them; ids that are gone are left out."""
        return self._wishes.load(ids)

    def set_flags(
        self,
        ids: Iterable[MessageId],
        add: Flags = Flags.NONE,
        remove: Flags = Flags.NONE,
        add_tags: frozenset[str] = frozenset(),
        remove_tags: frozenset[str] = frozenset(),
    ) -> None:
        """Add and remove flags and tags."""
        before = self._wishes.load(ids)
        plus, keep = add.value, ~remove.value
        if add_tags or remove_tags:
            tags = {
                packed: pack_tags((unpack_tags(packed) - remove_tags) | add_tags) for packed in {b.tags for b in before}
            }
            after = [b._replace(flags=(b.flags & keep) | plus, tags=tags[b.tags]) for b in before]
        else:
            after = [Before(b[0], b[1], (b[2] & keep) | plus, b[3], b[4]) for b in before]
        self._wishes.write(before, after)

    def move(self, ids: Iterable[MessageId], folder: FolderId, settle_at: int = 0) -> None:
        """Put messages into another folder of the same account; not pushed before `settle_at`. Raises WrongUsage when
        it belongs to another account: there, messages are copied (`copy`) and removed."""
        before = self._wishes.load(ids)
        self._same_account(before, folder)
        self._wishes.write(before, [b._replace(folder=folder) for b in before], settle_at)

    def remove(self, ids: Iterable[MessageId], settle_at: int = 0) -> None:
        """Remove messages for ever; not pushed before `settle_at`. The journal can bring them back until `purge`."""
        before = self._wishes.load(ids)
        self._wishes.write(before, [b._replace(hidden=b.hidden | REMOVED) for b in before], settle_at)

    def copy(self, ids: Iterable[MessageId], folder: FolderId) -> list[MessageId]:
        """Put copies into a folder of any account; the new ids. The bytes are shared. To another account only what is
        stored here can go: check `facts().content` first. Raises NotFound."""
        place = self._db.execute("SELECT account, lives FROM folder WHERE id = ?", (folder,)).fetchone()
        if place is None:
            raise NotFound(phrase("There is no such folder"), phrase("No folder has the number {0}.", folder))
        account, lives = place
        made = []
        for message in dict.fromkeys(ids):
            self._db.execute(_COPY, (account, folder, self._now, int(lives == "server"), message))
            if self._db.changes():
                made.append(MessageId(self._db.last_insert_rowid()))
        unread = sum(not row.flags & 1 for row in self._wishes.load(made))
        self._notes.appeared(folder, made, unread)
        self._notes.work = self._notes.work or lives == "server"
        return made

    def set_content(self, rows: Sequence[NewContent]) -> None:
        """The bytes of these messages are stored now. Waiting uploads become possible by it."""
        in_groups(
            self._db,
            _FILLED,
            [
                (row.content, row.size, clean(row.preview), row.attachments, FETCHED[row.fetched], row.message)
                for row in rows
            ],
        )
        ids = [row.message for row in rows]
        self._wishes.touched(ids)
        self._notes.work = self._wishes.recheck(ids) or self._notes.work

    def set_heads(self, rows: Sequence[Head]) -> None:
        """The server read these headers differently: the list shows the same people and subject as the reader."""
        self._db.executemany(
            "UPDATE message SET sender = ?, recipients = ?, cc = ?, subject = ? WHERE id = ?",
            [
                (*(pack_addresses(each) for each in (row.sender, row.to, row.cc)), clean(row.subject), row.message)
                for row in rows
            ],
        )
        self._wishes.touched([row.message for row in rows])

    def set_unreadable(self, ids: Iterable[MessageId]) -> None:
        """The server cannot give these: they are not asked for again unless a person opens them."""
        gone = list(ids)
        self._db.executemany(
            "UPDATE message SET fetched = ? WHERE id = ? AND content = x''",
            [(FETCHED[Fetched.UNREADABLE], message) for message in gone],
        )
        self._wishes.touched(gone)

    def rewrite(self, message: MessageId, new: NewMessage, settle_at: int = 0) -> None:
        """Replace what a draft says; its id, conversation and flags stay. What the server holds is an older version:
        it goes on as a removed row, so that the new one is uploaded before the old one is expunged."""
        if self._db.execute("SELECT EXISTS (SELECT 1 FROM imap_copy WHERE message = ?)", (message,)).get:
            self._db.execute(_OUTDATED, (self._now, message))
            outdated = self._db.last_insert_rowid()
            self._db.execute("UPDATE imap_copy SET message = ? WHERE message = ?", (outdated, message))
            self._wishes.recheck([outdated])
        self._db.execute(_REWRITE, (*rewrite_values(new, self._now), settle_at, message))
        self._wishes.touched([message])
        self._notes.work = self._wishes.recheck([message]) or self._notes.work

    def purge(self, before: int) -> int:
        """Delete removed messages that no server holds and no journal entry newer than `before` can bring back. How
        many went."""
        self._db.execute("DELETE FROM journal WHERE at < ?", (before,))
        ids = [one for (one,) in self._db.execute(_PURGED)]
        self._wishes.forget(ids)
        return len(ids)

    def swept(self, shas: Iterable[bytes]) -> None:
        """What became of these contents is settled: they are gone, or named again."""
        self._db.executemany("DELETE FROM let_go WHERE sha = ?", [(sha,) for sha in shas])

    def forget(self, ids: Iterable[MessageId]) -> None:
        """Delete rows without a trace on any server or in the journal's reach."""
        self._wishes.forget(ids)

    def _same_account(self, before: Sequence[Before], folder: FolderId) -> None:
        account = self._db.execute("SELECT account FROM folder WHERE id = ?", (folder,)).get
        if not account:
            raise NotFound(phrase("There is no such folder"), phrase("No folder has the number {0}.", folder))
        for old in {row.folder for row in before}:
            if self._db.execute("SELECT account FROM folder WHERE id = ?", (old,)).get != account:
                raise WrongUsage(phrase("Messages cannot be moved to another account in one step"))
