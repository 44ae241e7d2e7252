"""The bulk insert of messages: conversations, copies and counts for a whole batch at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from json import loads
from operator import index

import apsw

from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Fetched
from desktopmail.domain.threading import REFERENCES_USED, ref_hash, thread
from desktopmail.store.bulk import in_groups
from desktopmail.store.notes import Notes
from desktopmail.store.packing import clean, pack_addresses, pack_tags
from desktopmail.store.rows import NewMessage

FETCHED = {Fetched.HEADERS: 0, Fetched.FULL: 1, Fetched.UNREADABLE: 2}
DAY = 86_400

_INSERT = """
INSERT INTO message (
    id, account, folder, thread, sort, flags, due, fetched, date, received, arrived, size, attachments,
    tags, key, content, message_id, sender, recipients, cc, subject, preview, list_id, refs, structure
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
""".strip()
_KNOWN = """
SELECT json_group_array(r.hash), json_group_array(coalesce(a.new, r.thread)) FROM carray(?) AS v
CROSS JOIN thread_ref AS r ON r.hash = v.value LEFT JOIN thread_alias AS a ON a.old = r.thread
"""
"""Everything as one row: each row gives the interpreter lock away."""
_INSERT_COPY = "INSERT INTO imap_copy (message, folder, uid, flags, tags, mod_seq) VALUES (?, ?, ?, ?, ?, ?)"


def insert(db: apsw.Connection, notes: Notes, now: int, rows: Sequence[NewMessage]) -> list[MessageId]:
    """Store the rows and say which ids they got, in their order."""
    if not rows:
        return []
    first = int(db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'message'").get) + 1
    ids = [MessageId(number) for number in range(first, first + len(rows))]
    threads = _threads(db, notes, ids, rows)
    folders = dict.fromkeys(row.folder for row in rows)
    on_server = {
        FolderId(folder)
        for folder, lives in db.execute(
            "SELECT f.id, f.lives FROM carray(?) AS v CROSS JOIN folder AS f ON f.id = v.value",
            (apsw.carray(array("q", folders)),),
        )
        if lives == "server"
    }
    in_groups(
        db,
        _INSERT,
        [
            _values(message, home, row, int(not row.uid and row.folder in on_server), now)
            for message, home, row in zip(ids, threads, rows, strict=True)
        ],
    )
    copies = [
        (message, row.folder, row.uid, index(row.flags), pack_tags(row.tags) if row.tags else "", row.mod_seq)
        for message, row in zip(ids, rows, strict=True)
        if row.uid
    ]
    in_groups(db, _INSERT_COPY, copies)
    if len(copies) < len(rows) and any(not row.uid and row.folder in on_server for row in rows):
        notes.work = True
    for folder in folders:
        inside = [
            (message, row.flags.value & 1) for message, row in zip(ids, rows, strict=True) if row.folder == folder
        ]
        notes.appeared(folder, [message for message, _ in inside], sum(not seen for _, seen in inside))
    return ids


def _values(message: int, home: int, row: NewMessage, due: int, now: int) -> tuple[apsw.SQLiteValue, ...]:
    (
        account, folder, key, message_id, references, date, received, sender, to, cc, subject, preview, flags, tags,
        size, attachments, fetched, content, structure, list_id, _, _,
    ) = row  # fmt: skip
    return (
        message,
        account,
        folder,
        home,
        date if 0 < date <= now + DAY else received or now,
        index(flags),
        due,
        FETCHED[fetched],
        date,
        received,
        now,
        size,
        attachments,
        pack_tags(tags) if tags else "",
        key,
        content or b"",
        clean(message_id),
        pack_addresses(sender),
        pack_addresses(to) if to else "",
        pack_addresses(cc) if cc else "",
        clean(subject),
        clean(preview) if preview else "",
        clean(list_id) if list_id else "",
        clean(" ".join(references)) if references else "",
        structure,
    )


def rewrite_values(row: NewMessage, now: int) -> tuple[object, ...]:
    """The columns a newer version of a draft replaces, in the order of the statement that does it."""
    date = row.date
    return (
        date if 0 < date <= now + DAY else row.received or now,
        date,
        row.received,
        row.size,
        row.attachments,
        FETCHED[row.fetched],
        row.key,
        row.content or b"",
        clean(row.message_id),
        pack_addresses(row.sender),
        pack_addresses(row.to),
        pack_addresses(row.cc),
        clean(row.subject),
        clean(row.preview),
        clean(" ".join(row.references)),
        row.structure,
    )


def _threads(db: apsw.Connection, notes: Notes, ids: Sequence[int], rows: Sequence[NewMessage]) -> list[int]:
    """The conversation of each row; new ties and merges are written."""
    seen: dict[str, int] = {}
    named: list[tuple[int, list[int]]] = []
    for message, row in zip(ids, rows, strict=True):
        names = [row.message_id, *row.references[-REFERENCES_USED:]] if row.references else [row.message_id]
        hashes = []
        for name in names:
            if name:
                one = seen.get(name)
                if one is None:
                    one = seen[name] = ref_hash(name)
                hashes.append(one)
        named.append((message, hashes))
    known: dict[int, int] = {}
    if seen:
        here, there = db.execute(_KNOWN, (apsw.carray(array("q", sorted(seen.values()))),)).get
        known = dict(zip(loads(here), loads(there), strict=True))
    found = thread(named, known)
    if found.ties:
        in_groups(db, "INSERT OR REPLACE INTO thread_ref (hash, thread) VALUES (?, ?)", sorted(found.ties.items()))
    for old, new in found.merges.items():
        joined = "UPDATE message SET thread = ? WHERE thread = ? RETURNING id, folder, hidden"
        moved: Iterable[tuple[int, int, int]] = db.execute(joined, (new, old))
        for message, folder, hidden in moved:
            if not hidden:
                notes.changed(FolderId(folder), [MessageId(message)])
        db.execute("UPDATE thread_alias SET new = ? WHERE new = ?", (new, old))
        db.execute("INSERT OR REPLACE INTO thread_alias (old, new) VALUES (?, ?)", (old, new))
    return found.threads
