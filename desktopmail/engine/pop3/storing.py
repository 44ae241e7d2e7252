"""Keeps what a POP3 server handed over: bytes first, then rows and ledger in one durable step, then the index.

What is here already is recognised by its bytes and not taken in a second time.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.arrival import Arriving, Door, arrive, key_of
from desktopmail.engine.beside import Own, came_back
from desktopmail.engine.filing import found_back
from desktopmail.engine.large import Coming
from desktopmail.engine.pop3.visit import ensure_receiving
from desktopmail.mime import dates, fields
from desktopmail.mime.headers import QuickHeader, quick
from desktopmail.mime.text import IndexText, at_once, for_list_and_index
from desktopmail.store.ledger_rows import Stored
from desktopmail.store.rows import Head
from desktopmail.store.store import Store
from desktopmail.store.text import TextRow
from desktopmail.store.transaction import Transaction

LONGEST_TRACE = 4_096
_TRACE = re.compile(rb"^received:((?:[^\n]++|\n[ \t])*+)", re.I | re.M)
_FOLD = re.compile(rb"\r?\n[ \t]")


class Read(NamedTuple):
    """What is read of a message before it is stored, and its SHA-256 if that was computed with it."""

    header: QuickHeader
    text: IndexText
    received: int
    sha: bytes | None = None


class Brought(NamedTuple):
    """A message as the server gave it, under its name and the size that the server says it has. `read`: what was read
    of it as it came, if that was quickly done. Of a `large` one `raw` is what was kept aside for readers."""

    name: str
    size: int
    raw: bytes
    read: Read | None = None
    large: Coming | None = None

    @property
    def length(self) -> int:
        """How many bytes came."""
        return len(self.raw) if self.large is None else self.large.size

    async def whole(self) -> bytes:
        """All of it, in memory."""
        return self.raw if self.large is None else await self.large.whole()


class Kept(NamedTuple):
    """What became of a batch: SHA-256 by name, and how many messages are new here."""

    shas: dict[str, bytes]
    new: int


def read_at_once(raw: bytes) -> Read | None:
    """What is read of a message, unless that may take long."""
    found = at_once(raw)
    if found is None:
        return None
    return Read(*found, _received(raw, found[0], int(time.time())), sha256(raw).digest())


async def keep(store: Store, door: Door, batch: Sequence[Brought]) -> Kept:
    """Store whole messages. When this returns they survive a power cut. Raises DiskFull, StoreFailed."""
    reading = asyncio.ensure_future(asyncio.to_thread(_read, batch))
    try:
        shas = await put(store, batch)
    finally:
        read = await reading
    own = await came_back(store, door.account, batch)
    ids = await store.write(lambda tx: _take_in(tx, door, batch, shas, read, own), durable=True)
    rows = [index_row(message, read[place].text) for place, message in ids.items()]
    await store.text(lambda index: index.add(rows))
    return Kept({each.name: sha for each, sha in zip(batch, shas, strict=True)}, len(ids))


async def put(store: Store, batch: Sequence[Brought]) -> list[bytes]:
    """Store the bytes of these messages; their SHA-256s in the same order. Raises DiskFull, StoreFailed."""
    small = [each for each in batch if each.large is None]
    raws = [each.raw for each in small]
    known = [each.read and each.read.sha for each in small]
    shas = await store.keep(raws, known)
    if len(small) == len(batch):
        return shas
    rest = iter(shas)
    return [next(rest) if each.large is None else await each.large.store() for each in batch]


async def keep_tops(store: Store, door: Door, batch: Sequence[Brought]) -> int:
    """Store the headers of large messages; the rest stays on the server until somebody wants it. How many are new."""

    def work(tx: Transaction) -> int:
        ensure_receiving(tx, door.account)
        rows = [Arriving(each.raw, each.size, received_at(each.raw, tx.now)) for each in batch]
        arrived = arrive(tx, door, rows)
        stored = [
            Stored(each.name, each.size, message, b"", partly=True)
            for each, message in zip(batch, arrived.new, strict=True)
        ]
        tx.ledger.stored(door.account.id, stored)
        return len(stored)

    return await store.write(work, durable=True)


def received_at(raw: bytes, now: int) -> int:
    """When the server took a message: the date of its uppermost Received field (RFC 5321 section 4.4), else its own
    Date, else now; never in the future."""
    return _received(raw, quick(raw), now)


def _received(raw: bytes, header: QuickHeader, now: int) -> int:
    stop = fields.blank_line(raw, 0, min(len(raw), LONGEST_TRACE))[0]
    for trace in _TRACE.finditer(raw, 0, stop):
        when = dates.parse(_FOLD.sub(b" ", trace[1].rpartition(b";")[2]).strip())
        if when and when[0] > 0:
            return min(when[0], now)
    return min(header.date, now) if header.date > 0 else now


def _take_in(
    tx: Transaction,
    door: Door,
    batch: Sequence[Brought],
    shas: Sequence[bytes],
    read: Sequence[Read],
    own: Mapping[int, Own | None],
) -> dict[int, MessageId]:
    """The new rows by their place in the batch; everything gets its line in the ledger. What was sent from here is
    the message in Sent, or, changed on its way, a message that was read."""
    ensure_receiving(tx, door.account)
    account = door.account.id
    asked = [_asked(*each) for each in zip(batch, shas, read, strict=True)]
    twins = tx.ledger.twins(account, asked, door.folder.account)
    first, lines, back = _sorted(tx, batch, shas, twins, own)
    places = list(first.values())
    flags = [Flags.SEEN if place in own else Flags.NONE for place in places]
    rows = [_arriving(batch[place], shas[place], read[place], tx.now) for place in places]
    arrived = arrive(tx, door, [row._replace(flags=flag) for row, flag in zip(rows, flags, strict=True)])
    ids = dict(zip(places, arrived.new, strict=True))
    for place, (each, sha) in enumerate(zip(batch, shas, strict=True)):
        if sha in first:
            lines[place] = Stored(each.name, each.size, ids[first[sha]], sha)
    tx.ledger.returned(account, list(back))
    tx.ledger.resized(account, back)
    tx.ledger.stored(account, list(lines.values()))
    damaged = [head_of(message, batch[place].raw) for place, message in ids.items() if read[place].text.damaged]
    if damaged:
        tx.messages.set_heads(damaged)
    return ids


def _asked(each: Brought, sha: bytes, read: Read) -> tuple[bytes, int, bytes]:
    header = read.header
    return sha, header.date, key_of(header.message_id, header.date, each.length)


def _sorted(
    tx: Transaction,
    batch: Sequence[Brought],
    shas: Sequence[bytes],
    twins: Mapping[bytes, Stored],
    own: Mapping[int, Own | None],
) -> tuple[dict[bytes, int], dict[int, Stored], dict[str, int]]:
    """What is new here, by its bytes, with its place; the lines of what is here already; what came back, with the size
    it has there now."""
    first: dict[bytes, int] = {}
    lines: dict[int, Stored] = {}
    back: dict[str, int] = {}
    for place, (each, sha) in enumerate(zip(batch, shas, strict=True)):
        if sha in first:
            continue
        twin, sent = twins.get(sha), own.get(place)
        if twin is not None and twin.uidl == each.name:
            back[each.name] = each.size
        elif twin is not None:
            lines[place] = Stored(each.name, each.size, twin.message, sha)
        elif sent is not None:
            lines[place] = Stored(each.name, each.size, sent.message, sent.sha)
            found_back(tx, sent.message)
        else:
            first[sha] = place
    return first, lines, back


def _arriving(each: Brought, sha: bytes, read: Read, now: int) -> Arriving:
    return Arriving(
        each.raw,
        each.length,
        min(read.received, now),
        content=sha,
        preview=read.text.preview,
        attachments=read.text.attachments,
        read=read.header,
    )


def head_of(message: MessageId, raw: bytes) -> Head:
    """What a row shows of its message, read from all of its bytes."""
    found = quick(raw)
    return Head(message, found.sender, found.to, found.cc, found.subject)


def index_row(message: MessageId, text: IndexText) -> TextRow:
    """A message for the search index."""
    return TextRow(message, text.people, text.subject, text.text, text.attachment_names)


def _read(batch: Sequence[Brought]) -> list[Read]:
    now = int(time.time())
    found = []
    for each in batch:
        read = each.read
        if read is None:
            header, text = for_list_and_index(each.raw)
            read = Read(header, text, _received(each.raw, header, now))
        found.append(read)
    return found
