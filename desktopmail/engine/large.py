"""Messages that are too long to be held in memory: on their way into the store, and read again in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desktopmail.domain.errors import MailError
from desktopmail.mime import large as mime_large
from desktopmail.mime.abridged import Abridged, Abridger
from desktopmail.store.incoming import Spool
from desktopmail.store.store import Store

LARGE = 16_000_000
"""Bytes of a stored message above which it is read in pieces."""
SLICE = 256 * 1024
"""How much of a part is decoded at once."""


class Coming:
    """One message on its way: poured into a file, hashed, and what a reader needs of it kept aside. Whoever has it
    discards it when it is not wanted; the file goes by itself as soon as the message is stored, so that there is room
    for it twice and not three times. `failed`: the disk did not take it."""

    def __init__(self, store: Store) -> None:
        self.failed = False
        self._store = store
        self._spool: Spool | None = None
        self._stored = False
        self._abridger = Abridger()
        self._abridged: Abridged | None = None

    @property
    def size(self) -> int:
        """Bytes that came."""
        return self._spool.size if self._spool else 0

    @property
    def abridged(self) -> Abridged:
        """What was kept aside; nothing can be added after this was asked."""
        if self._abridged is None:
            self._abridged = self._abridger.finish()
        return self._abridged

    def add(self, data: bytes) -> None:
        """The next bytes. Blocking. Raises DiskFull, StoreFailed."""
        try:
            self._spool = self._spool or self._store.spool()
            self._spool.add(data)
        except MailError:
            self.failed = True
            raise
        self._abridger.add(data)

    def discard(self) -> None:
        """Remove the file."""
        if self._spool is not None:
            self._spool.discard()

    async def whole(self) -> bytes:
        """All of it, in memory after all."""
        spool = self._spool
        if spool is not None and self._stored:
            return await self._store.raw(spool.sha) or b""
        return await asyncio.to_thread(lambda: b"".join(spool.pieces())) if spool else b""

    async def store(self) -> bytes:
        """Store it and return its SHA-256. Raises DiskFull, StoreFailed."""
        spool = self._spool = self._spool or self._store.spool()
        await self._store.content(
            lambda content: content.put_large(spool.sha, spool.size, spool.pieces()), committed=spool.discard
        )
        self._stored = True
        return spool.sha


async def is_stored(store: Store, sha: bytes) -> bool:
    """Whether a message can be read back as it was stored. Raises StoreDamaged."""
    found = await store.raw_within(sha, LARGE)
    return await store.pour(sha, lambda _: None) if isinstance(found, int) else found is not None


async def abridged(store: Store, sha: bytes) -> Abridged | None:
    """What a reader needs of a stored message. None when it is not here. Raises StoreDamaged."""
    abridger = Abridger()
    return abridger.finish() if await store.pour(sha, abridger.add) else None


async def handy(store: Store, sha: bytes) -> Abridged | None:
    """A stored message, a large one without its insides. None when it is not here. Raises StoreDamaged."""
    found = await store.raw_within(sha, LARGE)
    if isinstance(found, int):
        return await abridged(store, sha)
    return Abridged(found, len(found), ((0, 0),)) if found is not None else None


async def pour_part(store: Store, sha: bytes, section: str, into: Callable[[bytes], object]) -> bool:
    """Hand a part of a stored message, decoded, to `into` piece by piece on a thread. False when it cannot be told
    where the part is. Raises StoreDamaged and what `into` raises."""
    found = await abridged(store, sha)
    span = await asyncio.to_thread(mime_large.span, found, section) if found is not None else None
    if span is None:
        return False
    decoder = mime_large.Decoder(span.encoding)
    position = 0

    def take(piece: bytes) -> None:
        nonlocal position
        begin, position = position, position + len(piece)
        end = min(len(piece), span.end - begin)
        for start in range(max(0, span.start - begin), end, SLICE):
            into(decoder.add(piece[start : min(end, start + SLICE)]))

    if not await store.pour(sha, take):
        return False
    await asyncio.to_thread(lambda: into(decoder.finish()))
    return True
