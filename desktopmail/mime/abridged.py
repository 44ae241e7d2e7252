"""A large message without the insides of its large parts: enough to read, to list and to index it.

Every line that may be a delimiter (RFC 2046 section 5.1.1) is kept with what follows it, up to a length; the rest is
left out, and where it would be is known.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

FIRST, KEPT = 2_000_000, 1_000_000
"""Bytes that are kept from the beginning of the message, and behind each delimiter."""
BRIEF = 4_096
"""The same behind a delimiter when there were so many that half the room is used."""
MOST = 16_000_000
"""What is kept at most."""
_MARK = b"\n--"
_HELD = 4
"""Bytes of one piece that are looked at again with the next: a delimiter may lie between them."""


@dataclass(frozen=True, slots=True)
class Abridged:
    """`raw` is what was kept of a message of `size` bytes; `runs` are offsets of unbroken stretches, here and in the
    message. Where nothing was left out, `raw` is the message."""

    raw: bytes
    size: int
    runs: tuple[tuple[int, int], ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return len(self.raw) == self.size

    def place(self, offset: int) -> int:
        """Where in the message a place in `raw` is."""
        if offset >= len(self.raw):
            return self.size
        here, there = self.runs[bisect_right(self.runs, (offset, self.size)) - 1]
        return there + offset - here


class Abridger:
    """Takes a message piece by piece."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._length = 0
        self._runs: list[tuple[int, int]] = [(0, 0)]
        self._wanted = FIRST
        self._held = b""
        self._position = 0

    def add(self, data: bytes) -> None:
        """The next bytes."""
        self._look(self._held + data, last=False)

    def finish(self) -> Abridged:
        """What was kept; nothing can be added any more."""
        self._look(self._held, last=True)
        return Abridged(b"".join(self._kept), self._position, tuple(self._runs))

    def _look(self, data: bytes, *, last: bool) -> None:
        """Keep what is wanted of `data`, whose first byte is at `_position`, and hold back its end."""
        stop = len(data) if last else max(0, len(data) - _HELD)
        done = 0
        while True:
            found = data.find(_MARK, done)
            if found < 0:
                break
            begin = found - 1 if found > done and data[found - 1] == 13 else found
            self._keep(data, done, begin)
            self._open()
            self._keep(data, begin, found + 1)
            done = found + 1
        stop = max(stop, done)
        self._keep(data, done, stop)
        self._held = data[stop:]

    def _open(self) -> None:
        """A line that may be a delimiter: from here on something is wanted again."""
        self._wanted = max(self._wanted, KEPT if self._length < MOST // 2 else BRIEF)

    def _keep(self, data: bytes, begin: int, end: int) -> None:
        """These bytes are next: kept as far as they are wanted, passed over beyond that."""
        count = min(end - begin, self._wanted, MOST - self._length)
        if count > 0:
            here, there = self._runs[-1]
            if there + self._length - here != self._position:
                self._runs.append((self._length, self._position))
            self._kept.append(data[begin : begin + count])
            self._length += count
            self._wanted -= count
        self._position += end - begin


def abridge(raw: bytes) -> Abridged:
    """A message that is here as a whole."""
    abridger = Abridger()
    abridger.add(raw)
    return abridger.finish()
