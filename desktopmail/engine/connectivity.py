"""Notices that the computer slept or the network changed, so that nobody trusts a line that is long dead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LOOK_SECONDS = 10.0
JUMP_SECONDS = 30.0
"""A gap between wall clock and running clock, or between two looks, that only sleep explains."""
SETTLE_SECONDS = 1.5
"""A network that changes says so several times; it is believed after the first."""
APART_SECONDS = 10.0
"""From one waking of everything to the next, however often the network changes its mind."""


class Connectivity:
    """Calls `on_change` after sleep, and when the platform says so through `changed`: soon, but once for everything
    that happens together. Both to be used on the running loop."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._soon: asyncio.TimerHandle | None = None
        self._last = -APART_SECONDS

    async def run(self) -> None:
        """Look at the clocks until cancelled. The running clock stands still in sleep on some systems, and runs on in
        others."""
        try:
            wall, running = time.time(), time.monotonic()
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                before, since = (wall, running), (time.time(), time.monotonic())
                wall, running = since
                if slept(since[0] - before[0], since[1] - before[1]):
                    self.changed()
        finally:
            if self._soon is not None:
                self._soon.cancel()
                self._soon = None

    def changed(self) -> None:
        """The computer woke up, or the platform reports another network."""
        if self._soon is None:
            loop = asyncio.get_running_loop()
            wait = max(SETTLE_SECONDS, self._last + APART_SECONDS - loop.time())
            self._soon = loop.call_later(wait, self._now)

    def _now(self) -> None:
        self._soon = None
        self._last = asyncio.get_running_loop().time()
        self._on_change()


def slept(wall: float, running: float) -> bool:
    """Whether so many seconds of both clocks between two looks mean that the computer slept, or that its clock was
    set."""
    return abs(wall - running) > JUMP_SECONDS or running > LOOK_SECONDS + JUMP_SECONDS
