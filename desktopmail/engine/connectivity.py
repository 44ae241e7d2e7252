"""Notices that the computer slept or the network changed, so that nobody trusts a line that is long dead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LOOK_SECONDS = 10.0
JUMP_SECONDS = 30.0
"""A gap between wall clock and running clock that only sleep explains."""


class Connectivity:
    """Calls `on_change` after sleep, and when the platform says so through `changed`."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change

    async def run(self) -> None:
        """Look at the clocks until cancelled."""
        last = _gap()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            gap = _gap()
            if abs(gap - last) > JUMP_SECONDS:
                self._on_change()
            last = gap

    def changed(self) -> None:
        """The platform reports another network."""
        self._on_change()


def _gap() -> float:
    return time.time() - time.monotonic()
