"""What a piece of work costs the processor, whatever else the machine does meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

RUNS = 5


def least(work: Callable[[], object], enough: float) -> float:
    """Processor seconds of the quickest of RUNS runs; the first one below `enough` is enough."""
    best = float("inf")
    for _ in range(RUNS):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
        if best < enough:
            break
    return best
