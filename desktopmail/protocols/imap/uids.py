"""Sets of UIDs as the protocol writes them (RFC 3501 section 9, `sequence-set`): compact ranges, not long lists."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from desktopmail.protocols.imap.framing import violation

MAX_UID = 2**32 - 1
WIRE_LENGTH = 7_000
"""Characters of a set in one command; servers must accept lines of 8,192 (RFC 7162 section 4)."""

Range = tuple[int, int]
_TEXT = re.compile(r"(?:[1-9][0-9]{0,9}(?::[1-9][0-9]{0,9})?)(?:,[1-9][0-9]{0,9}(?::[1-9][0-9]{0,9})?)*")


class UidSet:
    """An immutable set of UIDs kept as ascending ranges that neither touch nor overlap."""

    __slots__ = ("_starts", "ranges")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        merged: list[Range] = []
        for low, high in sorted(ranges):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        self.ranges: tuple[Range, ...] = tuple(merged)
        self._starts = [low for low, _high in merged]

    @classmethod
    def of(cls, uids: Iterable[int]) -> UidSet:
        """The set of these UIDs, in any order."""
        ranges: list[Range] = []
        low = high = 0
        for uid in sorted(set(uids)):
            if uid == high + 1 and high:
                high = uid
                continue
            if high:
                ranges.append((low, high))
            low = high = uid
        if high:
            ranges.append((low, high))
        return cls(ranges)

    @classmethod
    def parse(cls, text: bytes | str) -> UidSet:
        """A set as a server wrote it; `*` and numbers outside 1…2^32-1 are a ProtocolViolation."""
        words = text.decode("latin-1") if isinstance(text, bytes) else text
        if not _TEXT.fullmatch(words):
            raise violation("not a set of UIDs")
        ranges = []
        for part in words.split(","):
            first, _, last = part.partition(":")
            low, high = int(first), int(last or first)
            if max(low, high) > MAX_UID:
                raise violation("UID out of range")
            ranges.append((min(low, high), max(low, high)))
        return cls(ranges)

    @property
    def wire(self) -> str:
        """The whole set in the protocol's words; empty for the empty set."""
        return ",".join(_words(*each) for each in self.ranges)

    def pieces(self, count: int = MAX_UID) -> Iterator[str]:
        """The set in the protocol's words, ascending, in pieces of at most `count` UIDs and WIRE_LENGTH characters."""
        words: list[str] = []
        used = length = 0
        for low, high in self.ranges:
            while low <= high:
                end = min(high, low + count - used - 1)
                text = _words(low, end)
                words.append(text)
                used += end - low + 1
                length += len(text) + 1
                low = end + 1
                if used >= count or length > WIRE_LENGTH - 22:
                    yield ",".join(words)
                    words, used, length = [], 0, 0
        if words:
            yield ",".join(words)

    def __iter__(self) -> Iterator[int]:
        for low, high in self.ranges:
            yield from range(low, high + 1)

    def __len__(self) -> int:
        return sum(high - low + 1 for low, high in self.ranges)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __contains__(self, uid: object) -> bool:
        if not isinstance(uid, int):
            return False
        place = bisect_right(self._starts, uid) - 1
        return place >= 0 and uid <= self.ranges[place][1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UidSet) and self.ranges == other.ranges

    def __hash__(self) -> int:
        return hash(self.ranges)

    def __repr__(self) -> str:
        return f"UidSet({self.wire[:60]})"

    def __or__(self, other: UidSet) -> UidSet:
        return UidSet(self.ranges + other.ranges)

    def __sub__(self, other: UidSet) -> UidSet:
        left: list[Range] = []
        cuts = list(other.ranges)
        place = 0
        for low, high in self.ranges:
            while place < len(cuts) and cuts[place][1] < low:
                place += 1
            cut = place
            while cut < len(cuts) and cuts[cut][0] <= high:
                if cuts[cut][0] > low:
                    left.append((low, cuts[cut][0] - 1))
                low = cuts[cut][1] + 1
                cut += 1
            if low <= high:
                left.append((low, high))
        return UidSet(left)

    def __and__(self, other: UidSet) -> UidSet:
        return self - (self - other)


Uids = UidSet | Sequence[int] | str
"""Where UIDs are asked for: a set, any sequence of numbers, or the protocol's own words such as `100:*`."""

_WORDS = re.compile(r"[0-9*]+(?::[0-9*]+)?(?:,[0-9*]+(?::[0-9*]+)?)*")


def pieces(uids: Uids, count: int = MAX_UID) -> Iterator[str]:
    """What to write for `uids`, cut as `UidSet.pieces` does; words of the protocol go out as they are."""
    if isinstance(uids, str):
        if not _WORDS.fullmatch(uids):
            raise ValueError("not a set of UIDs")
        return iter([uids])
    return (uids if isinstance(uids, UidSet) else UidSet.of(uids)).pieces(count)


def _words(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}:{high}"
