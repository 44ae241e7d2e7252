"""What proves that a message on a server is one that is stored here, without bringing it: the whole header, and a body
of the same length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from desktopmail.engine.pop3.listing import header_end, header_hash
from desktopmail.engine.pop3.stored import read_back
from desktopmail.store.ledger_rows import Entry
from desktopmail.store.store import Store


class Here(NamedTuple):
    """What proves a stored message: its header, the bytes behind it, with the line ends among them (-1: not counted),
    and the size that the server said until now."""

    header: str
    body: int
    lines: int
    size: int


async def proof_of(store: Store, line: Entry) -> Here | None:
    """What is known of the message of this line; None when it cannot be read back."""
    kept = await read_back(store, line.sha)
    if kept is None:
        return None
    end = header_end(kept.raw)
    count = kept.raw.count(b"\n", end) if kept.is_whole else -1
    return Here(header_hash(kept.raw), kept.size - end, count, line.size)


There = dict[str, tuple[bytes, int]]
"""Header and size by name, as the server says."""


def match(here: Mapping[str, Here], there: There) -> dict[str, str]:
    """Old name to new name for equal headers with bodies of one length, as far as the server's sizes tell: the size is
    the same as before, or what RFC 1939 section 11 demands, or what those say that count a line end as one byte.
    Several that are alike are matched in their order, for they are the same message several times."""
    waiting: dict[tuple[str, str, int], list[str]] = {}
    for new, (head, size) in reversed(there.items()):
        own = head[: header_end(head)]
        header, body = header_hash(head), size - len(own)
        for way, count in (("same", size), ("whole", body), ("bare", body + own.count(b"\n"))):
            waiting.setdefault((header, way, count), []).append(new)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for old, (header, body, lines, size) in here.items():
        ways = [("same", size), ("whole", body), *([("bare", body - lines)] if lines >= 0 else [])]
        for alike in [waiting.get((header, way, count), []) for way, count in ways]:
            while alike and alike[-1] in taken:
                alike.pop()
            if alike:
                names[old] = alike.pop()
                taken.add(names[old])
                break
    return names
