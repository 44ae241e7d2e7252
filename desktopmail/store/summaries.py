"""Rows of a list, read in one query per window."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import replace

import apsw

from desktopmail.domain.ids import FolderId, MessageId, ThreadId
from desktopmail.domain.message import Copy, Fetched, Flags, Summary
from desktopmail.store.packing import FLAGS, unpack_addresses, unpack_tags

FETCHED = (Fetched.HEADERS, Fetched.FULL, Fetched.UNREADABLE)
_COPY = {(0, 0): Copy.HERE, (0, 1): Copy.HERE, (1, 0): Copy.SERVER, (1, 1): Copy.BOTH}
LOOK = Flags.SEEN | Flags.STARRED

ON_SERVER = """(EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message = m.id) OR EXISTS (
    SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id AND p.dele_confirmed = 0 AND p.gone_at = 0))"""
"""Whether a server has a message, as far as is known."""

_COLUMNS = f"""
    m.id, m.folder, m.thread, m.date, m.sender, m.recipients, m.subject, m.preview, m.flags, m.tags, m.size,
    m.attachments, m.fetched, m.message_id, m.last_error,
    {ON_SERVER}, m.content <> x''
"""
_BY_IDS = f"SELECT {_COLUMNS} FROM carray(?) AS v CROSS JOIN message AS m ON m.id = v.value"  # noqa: S608 - constants

_TALK = """
SELECT m.thread, count(DISTINCT CASE m.message_id WHEN '' THEN m.id ELSE m.message_id END)
FROM carray(?) AS v CROSS JOIN message AS m ON m.thread = v.value JOIN folder AS f ON f.id = m.folder
WHERE m.hidden = 0 AND f.role NOT IN ('trash', 'junk', 'outbox') GROUP BY m.thread
"""
_BY_FOLDER = """
SELECT m.thread, m.folder, min(m.flags & 1) | max(m.flags & 2)
FROM carray(?) AS v CROSS JOIN message AS m ON m.thread = v.value
WHERE m.hidden = 0 GROUP BY m.thread, m.folder HAVING count(*) > 1
"""
_THREAD = f"""
SELECT {_COLUMNS} FROM message AS m JOIN folder AS f ON f.id = m.folder
WHERE m.thread = ?1 AND m.hidden = 0 AND (f.role NOT IN ('trash', 'junk', 'outbox') OR m.folder = ?2)
ORDER BY m.sort, m.id
"""  # noqa: S608 - constants

Row = tuple[int, int, int, int, str, str, str, str, int, str, int, int, int, str, str, int, int]


def _summary(row: Row) -> Summary:
    return Summary(
        MessageId(row[0]),
        FolderId(row[1]),
        ThreadId(row[2]),
        row[3],
        unpack_addresses(row[4]),
        unpack_addresses(row[5]),
        row[6],
        row[7],
        FLAGS[row[8] & 63],
        unpack_tags(row[9]),
        row[10],
        row[11],
        FETCHED[row[12]],
        _COPY[row[15], row[16]],
        row[13],
        1,
        row[14],
    )


def summaries(db: apsw.Connection, ids: Iterable[int], *, grouped: bool = False) -> list[Summary]:
    """The summaries of these messages in this order; ids that are gone are left out.

    With `grouped` each stands for its conversation: `thread_size` counts its messages, and the flags say whether any
    of them in the same folder is unread or starred.
    """
    wanted = array("q", ids)
    if not wanted:
        return []
    found = {row[0]: _summary(row) for row in db.execute(_BY_IDS, (apsw.carray(wanted),))}
    rows = [found[one] for one in wanted if one in found]
    return _grouped(db, rows) if grouped else rows


def _grouped(db: apsw.Connection, heads: list[Summary]) -> list[Summary]:
    threads = array("q", {head.thread for head in heads})
    if not threads:
        return []
    sizes: dict[int, int] = dict(db.execute(_TALK, (apsw.carray(threads),)))
    flags = {(thread, folder): bits for thread, folder, bits in db.execute(_BY_FOLDER, (apsw.carray(threads),))}
    rows = []
    for head in heads:
        size = max(sizes.get(head.thread, 1), 1)
        bits = flags.get((head.thread, head.folder))
        if bits is not None:
            head = replace(head, flags=(head.flags & ~LOOK) | FLAGS[bits], thread_size=size)
        elif size > 1:
            head = replace(head, thread_size=size)
        rows.append(head)
    return rows


def conversation(db: apsw.Connection, thread: int, place: int = 0) -> list[Summary]:
    """The messages of a conversation, oldest first and each once, own answers included. What lies in Trash, Junk or
    the Outbox belongs to it only when read there (`place`)."""
    rows: dict[str, Summary] = {}
    for row in db.execute(_THREAD, (thread, place)):
        summary = _summary(row)
        name = summary.message_id or str(summary.id)
        if name not in rows or summary.folder == place:
            rows[name] = summary
    return list(rows.values())
