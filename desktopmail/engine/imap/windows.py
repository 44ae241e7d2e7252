"""How a pull is cut into requests: newest first, a small window to paint from, then ranges large enough to stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

FIRST_WINDOW = 200
WINDOW = 5_000
BODY_BUDGET = 20_000_000
BODY_COUNT = 1_000
ON_DEMAND_SIZE = 25_000_000
"""Bytes above which a message is brought only when somebody wants to read it."""


PIECE_SECONDS = 2.0
"""How long one request for background content should take, so that changes never wait long behind it."""
SMALLEST_BUDGET, FIRST_BUDGET = 1_000_000, 4_000_000


class Budget:
    """How many bytes to ask for at once: what the line brings in PIECE_SECONDS, learned from every request."""

    def __init__(self) -> None:
        self.bytes = FIRST_BUDGET

    def learn(self, size: int, seconds: float) -> None:
        """A request brought `size` bytes in so many seconds."""
        if size:
            speed = size / max(seconds, 0.001)
            self.bytes = int(min(max(speed * PIECE_SECONDS, SMALLEST_BUDGET), BODY_BUDGET))


class Sized(Protocol):
    """Anything with a size in bytes as the server tells it."""

    @property
    def size(self) -> int: ...


T = TypeVar("T", bound=Sized)


def header_windows(uids: Sequence[int], first: int = FIRST_WINDOW, size: int = WINDOW) -> Iterator[Sequence[int]]:
    """Slices of ascending `uids`, newest slice first: one of `first`, then of `size`."""
    end, step = len(uids), first
    while end > 0:
        start = max(0, end - step)
        yield uids[start:end]
        end, step = start, size


def body_batches(wanted: Iterable[T], budget: int = BODY_BUDGET, count: int = BODY_COUNT) -> Iterator[list[T]]:
    """Groups in the order given, each of at most `budget` bytes and `count` messages; a message larger than the budget
    goes alone."""
    batch: list[T] = []
    used = 0
    for item in wanted:
        if batch and (used + item.size > budget or len(batch) >= count):
            yield batch
            batch, used = [], 0
        batch.append(item)
        used += item.size
    if batch:
        yield batch
