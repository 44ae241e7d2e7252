"""FETCH responses on their way from the wire to whoever stores them, with back-pressure in between."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from desktopmail.protocols.imap.responses import RawFetch

HIGH_COUNT, HIGH_BYTES = 2_000, 16_000_000
BATCH_COUNT, BATCH_BYTES = 100, 4_000_000


class Tap(Protocol):
    """What can hold back the server's words, for a named reason."""

    def hold(self, reason: str) -> None: ...

    def release(self, reason: str) -> None: ...


class Stream:
    """One FETCH's worth of responses. The wire puts, the session takes batches; above 2,000 responses or 16 MB waiting
    the wire stops reading and goes on at half. One wake-up per read, none per message."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._waiting: deque[RawFetch] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._done = False
        self.paused = False

    def put(self, responses: list[RawFetch]) -> None:
        """Take responses from the wire."""
        self._waiting.extend(responses)
        self._bytes += sum(map(len, responses))
        self._news.set()
        if not self.paused and (self._bytes > HIGH_BYTES or len(self._waiting) > HIGH_COUNT):
            self.paused = True
            self._tap.hold("stream")

    def finish(self) -> None:
        """No more will come."""
        self._done = True
        self._news.set()

    async def batch(self) -> list[RawFetch]:
        """The next responses, at most 100 or 4 MB (but at least one); empty when there are no more."""
        while not self._waiting:
            if self._done:
                return []
            self._news.clear()
            await self._news.wait()
        taken: list[RawFetch] = []
        size = 0
        while self._waiting and len(taken) < BATCH_COUNT and size < BATCH_BYTES:
            response = self._waiting.popleft()
            size += len(response)
            taken.append(response)
        self._bytes -= size
        if self.paused and self._bytes <= HIGH_BYTES // 2 and len(self._waiting) <= HIGH_COUNT // 2:
            self.paused = False
            self._tap.release("stream")
        return taken
