"""When to try again after a line broke."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0


@dataclass(slots=True)
class Backoff:
    """Pauses between attempts to connect, in seconds: doubling from one second to five minutes, each shortened at
    random by up to half so that many accounts do not come back at once. `reset()` after something worked."""

    chance: Callable[[], float] = random.random
    failures: int = 0

    def next(self) -> float:
        """The pause after one more failure."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.failures, 20))
        self.failures += 1
        return longest * (1.0 - 0.5 * self.chance())

    def reset(self) -> None:
        """Forget the failures."""
        self.failures = 0
