"""Stored messages in the form a server takes them: every line ends with CRLF (RFC 5322 section 2.3), whatever it ends
with here, and a long one goes on the line a piece at a time."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from desktopmail.engine.large import LARGE
from desktopmail.store.store import Store

_BARE = re.compile(rb"(?<!\r)\n")


class LineEnds:
    """Makes CRLF of every bare LF, piece by piece."""

    def __init__(self) -> None:
        self._held = b""

    def add(self, data: bytes) -> bytes:
        """What the next bytes become."""
        if self._held:
            data = self._held + data
        self._held = b"\r" if data.endswith(b"\r") else b""
        return _with_crlf(data[:-1] if self._held else data)

    def finish(self) -> bytes:
        """What is left at the end."""
        held, self._held = self._held, b""
        return held


@dataclass(frozen=True, slots=True)
class Pouring:
    """A stored message that is too long to be held in memory."""

    store: Store
    sha: bytes
    size: int
    binary: bool

    async def pour(self, put: Callable[[bytes], Awaitable[None]]) -> None:
        """Hand it to `put` as it goes on the line. Raises what `put` raises, and StoreDamaged."""
        ends = LineEnds()
        async for piece in self.store.pieces(self.sha):
            await put(ends.add(piece))
        await put(ends.finish())


async def ready(store: Store, sha: bytes) -> bytes | Pouring | None:
    """A stored message as it goes to a server. None when it is not here. Raises StoreDamaged."""
    raw = await store.raw_within(sha, LARGE)
    if raw is None:
        return None
    if isinstance(raw, bytes):
        return _with_crlf(raw)
    ends, size, binary = LineEnds(), 0, False

    def measure(piece: bytes) -> None:
        nonlocal size, binary
        size, binary = size + len(ends.add(piece)), binary or b"\0" in piece

    if not await store.pour(sha, measure):
        return None
    return Pouring(store, sha, size + len(ends.finish()), binary)


def _with_crlf(data: bytes) -> bytes:
    return data if data.count(b"\n") == data.count(b"\r\n") else _BARE.sub(b"\r\n", data)
