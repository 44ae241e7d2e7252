"""Raw messages read out of content.db: the half of the store that changes nothing and waits for nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.saying import phrase
from desktopmail.store.database import CONTENT, connect
from desktopmail.store.failures import damaged, mapped
from desktopmail.store.worker import Worker

if TYPE_CHECKING:
    from desktopmail.store.incoming import Spool


class RawMessages:
    """What `Store` offers about the bytes of messages."""

    folder: Path
    _closed: bool
    _raw_thread: Worker
    _content_reader: apsw.Connection

    async def raw(self, sha: bytes) -> bytes | None:
        """One stored message, without waiting behind bulk work. None when it is not here."""
        return await self._on(self._raw_thread).run(lambda: self._read_raw(sha))

    async def raw_within(self, sha: bytes, most: int) -> bytes | int | None:
        """The same, or only its length when it has more than `most` bytes."""
        return await self._on(self._raw_thread).run(lambda: self._length(sha, most) or self._read_raw(sha))

    async def pour(self, sha: bytes, into: Callable[[bytes], object]) -> bool:
        """Hand one stored message to `into` a piece at a time, on a thread, so that it is never in memory as a whole.
        False when it is not here. Raises StoreDamaged, before the last piece, when it is not what was stored, and what
        `into` raises."""
        import asyncio

        self._on(self._raw_thread)
        return await asyncio.to_thread(self._pour, sha, into)

    async def pieces(self, sha: bytes) -> AsyncIterator[bytes]:
        """One stored message, a piece at a time, for whoever takes them slowly. Raises StoreDamaged, before the last
        piece, when it is not here or not what was stored."""
        from hashlib import sha256

        from desktopmail.store.content import place_of, read_piece

        worker, found, last = self._on(self._raw_thread), sha256(), None
        content, count = await worker.run(lambda: place_of(self._content_reader, sha))
        for number in range(count):
            read = partial(read_piece, self._content_reader, content, number, found.update)
            piece = await self._on(worker).run(read)
            if last is not None:
                yield last
            last = piece
        if last is None or found.digest() != sha:
            raise damaged("content.db", f"content {sha.hex()} is not what was stored")
        yield last

    def spool(self) -> Spool:
        """A file for a message that is too long to be held in memory. Blocking. Raises DiskFull, StoreFailed."""
        from desktopmail.store.incoming import Spool

        return Spool(self.folder)

    def _on(self, worker: Worker) -> Worker:
        if self._closed:
            raise StoreFailed(phrase("The profile is closed"))
        return worker

    def _read_raw(self, sha: bytes) -> bytes | None:
        from desktopmail.store.content import read_content

        return read_content(self._content_reader, sha)

    def _length(self, sha: bytes, most: int) -> int:
        """The length of a message that has more than `most` bytes; 0 for all others."""
        from desktopmail.store.content import size_of

        size = size_of(self._content_reader, sha)
        return size if size > most else 0

    def _pour(self, sha: bytes, into: Callable[[bytes], object]) -> bool:
        """On a connection of its own, for it may take a while and others want to read meanwhile."""
        from desktopmail.store.content import pour_content

        db = connect(self.folder / CONTENT, read_only=True)
        try:
            with mapped(db, self.folder / CONTENT):
                return pour_content(db, sha, into)
        finally:
            db.close(True)
