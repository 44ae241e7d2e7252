"""From the wire to the store thread without waiting for each other, and without running ahead of it for long."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from types import TracebackType
from typing import Any

SLICE = 500
"""Rows written in one transaction."""
SLICE_SECONDS = 0.002
"""How long many small steps may hold up the loop."""
AHEAD = 4
"""Jobs handed over and not finished; whoever hands over one more waits, and with it the server."""


class Breath:
    """For work in many small steps on the loop: says when others are to have their turn."""

    def __init__(self) -> None:
        self._until = 0.0

    def due(self) -> bool:
        """Whether it is time to give way; who asks and hears yes does so. At most once in SLICE_SECONDS."""
        now = time.monotonic()
        if now < self._until:
            return False
        self._until = now + SLICE_SECONDS
        return True


class Lane:
    """Runs jobs that finish in the order they were handed over. `async with` waits for all of them at the end; when
    one fails, that is raised at the next chance and nothing is handed over any more."""

    def __init__(self, ahead: int = AHEAD) -> None:
        self._ahead = ahead
        self._jobs: deque[asyncio.Task[Any]] = deque()

    async def put(self, job: Coroutine[Any, Any, Any]) -> None:
        """Start a job; waits while too many are under way. Raises what an earlier job raised."""
        self._jobs.append(asyncio.ensure_future(job))
        await self._settle(self._ahead)

    async def finish(self) -> None:
        """Wait for all jobs. Raises what one of them raised."""
        await self._settle(0)

    async def _settle(self, left: int) -> None:
        while self._jobs and (len(self._jobs) > left or self._jobs[0].done()):
            await self._jobs[0]
            self._jobs.popleft()

    async def __aenter__(self) -> Lane:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.finish()
        finally:
            left, self._jobs = list(self._jobs), deque()
            await asyncio.gather(*left, return_exceptions=True)
