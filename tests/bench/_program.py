"""The interpreter as the window keeps it while it works, so that what is measured here happens there."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator

SWITCH_SECONDS = 0.0005
YOUNG = 700


@contextlib.asynccontextmanager
async def as_in_the_window() -> AsyncIterator[None]:
    """Threads take turns as often, and garbage is collected as rarely, as `gui/garbage.py` has it."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.disable()
    looking = asyncio.ensure_future(_look())
    try:
        yield
    finally:
        looking.cancel()
        gc.enable()
        gc.unfreeze()


async def _look() -> None:
    while True:
        await asyncio.sleep(1)
        if gc.get_count()[0] > YOUNG:
            gc.collect(0)
