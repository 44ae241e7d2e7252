"""What a POP3 server lists in one session: a name for every message that will still be its name tomorrow.

UIDLs where they are worth something (RFC 1939, section 7); for messages without one, or whose UIDL several have, a hash
of the header (TOP) and the size, or where no header is to be had, the size. Message numbers are valid within the
session only and never stored.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from desktopmail.domain.errors import MailError, Refused, RefusedForNow
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.store.ledger_rows import Known
from desktopmail.store.packing import clean

PROBES = 3
"""Messages that are tried where it is not known whether the server knows TOP."""
AT_ONCE = 200_000
"""Messages up to which a listing is compared in one step, which gives way to no other thread."""
CHANGING = (b"status:", b"x-status:", b"x-uidl:", b"x-uid:", b"x-mozilla-status:", b"content-length:", b"lines:")
"""Header fields that servers add or change by themselves."""


@dataclass(slots=True)
class Listing:
    """Message numbers by name, in the server's order, and sizes by number. `vague`: names that would point to another
    message if one of several alike went; what bears them is only removed in the session that brought it. `nameless`:
    the names mean nothing tomorrow. `heads` are headers that were fetched for names, by number."""

    numbers: dict[str, int]
    sizes: dict[int, int]
    vague: frozenset[str] = frozenset()
    nameless: bool = False
    heads: dict[int, bytes] = field(default_factory=dict)

    def size(self, name: str) -> int:
        """The size of a message as the server says."""
        return self.sizes.get(self.numbers[name], 0)


@dataclass(frozen=True, slots=True)
class Compared:
    """A listing beside the ledger: names that are not listed any more, names that are new, and names that came back
    or whose size is another one, so that it has to be seen whether they are the same messages."""

    missing: tuple[str, ...]
    strangers: tuple[str, ...]
    doubtful: tuple[str, ...]


async def read_listing(session: Pop3Session, *, by_top: bool = False) -> Listing:
    """List the mailbox. `by_top`: the server's UIDLs are worth nothing. Raises MailError, also when the server has no
    UIDLs for now: what is here must not seem to have other names for that."""
    count, _ = await session.stat()
    if not count:
        return Listing({}, {})
    pairs: list[tuple[int, str]] = []
    if not by_top:
        try:
            pairs = await session.uidl()
        except RefusedForNow:
            raise
        except Refused:
            pairs = []
    numbers = await asyncio.to_thread(_unique, pairs, count)
    sizes = await asyncio.to_thread(_by_number, await session.sizes())
    listing = Listing(numbers, sizes)
    if len(numbers) < count:
        named = set(numbers.values())
        await _name_by_top(session, listing, [one for one in range(1, count + 1) if one not in named])
    return listing


async def tops(session: Pop3Session, numbers: Sequence[int]) -> dict[int, bytes]:
    """The headers of messages, as far as the server gives them. Raises Refused where it does not know TOP: it says so
    (CAPA), or gives none of the first PROBES."""
    found: dict[int, bytes] = {}
    failures: list[MailError] = []

    def refused(_: int, error: MailError) -> None:
        failures.append(error)

    probes = len(numbers) if session.offered.top else PROBES
    for some in (numbers[:probes], numbers[probes:]):
        if some:
            await session.top(some, found.__setitem__, refused=refused)
            if not found:
                raise failures[0]
    return found


def compare(known: Known, listing: Listing, *, moved: bool = False) -> Compared:
    """What the listing has that the ledger has not, and the other way round. Newest strangers first. `moved`: it is
    another server, so that equal names are chance until it is seen otherwise."""
    there, numbers = known.there, listing.numbers
    size_of = listing.sizes.get
    listed = {name: size_of(number) for name, number in numbers.items()}
    if not moved and len(listed) <= AT_ONCE and listed == there:
        return Compared((), (), ())
    strangers, doubtful = [], []
    for name in [name for name, size in listed.items() if moved or there.get(name) != size]:
        if name not in there and name not in known.gone:
            strangers.append(name)
        elif moved or name not in there or listed[name] is not None:
            doubtful.append(name)
    missing = tuple(name for name in there if name not in listed)
    return Compared(missing, tuple(newest_first(strangers, numbers)), tuple(doubtful))


def newest_first(names: Iterable[str], numbers: Mapping[str, int]) -> list[str]:
    """Names by their numbers, the highest first; without a sort of a million names, which would hold up every thread
    until it is done."""
    by_number = {numbers[name]: name for name in names}
    highest = max(by_number, default=0)
    return [by_number[number] for number in range(highest, 0, -1) if number in by_number]


def header_end(raw: bytes) -> int:
    """Where the header of a message ends: before the empty line and the line end in front of it."""
    ends = [end for end in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if end >= 0]
    return min(ends, default=len(raw.rstrip(b"\r\n")))


def header_hash(raw: bytes) -> str:
    """What recognises a header wherever it is read: without line ends' spelling and fields that servers change."""
    head = raw[: header_end(raw)].replace(b"\r\n", b"\n").rstrip(b"\n")
    kept, keep = [], True
    for line in head.split(b"\n"):
        if line[:1] not in (b" ", b"\t"):
            keep = not line.lower().startswith(CHANGING)
        if keep:
            kept.append(line.rstrip())
    return blake2b(b"\n".join(kept), digest_size=16).hexdigest()


def _by_number(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    return {number: size for number, size in pairs}  # noqa: C416 - gives way to other threads, as dict() does not


def _unique(pairs: Iterable[tuple[int, str]], count: int) -> dict[str, int]:
    """Numbers by UIDL, without UIDLs that are empty or that several messages have."""
    cleaned = [(number, clean(uidl)) for number, uidl in pairs if 0 < number <= count and uidl]
    numbers = {uidl: number for number, uidl in cleaned}
    if len(numbers) < len(cleaned):
        for uidl, times in Counter(uidl for _, uidl in cleaned).items():
            if times > 1:
                del numbers[uidl]
    return numbers


async def _name_by_top(session: Pop3Session, listing: Listing, numbers: Sequence[int]) -> None:
    """Name these messages by their header and size; by their size alone those whose header the server does not give;
    and all by a word for today where it does not know TOP. Raises RefusedForNow when it knows it and gives none now."""
    try:
        listing.heads = await tops(session, numbers)
    except RefusedForNow:
        raise
    except Refused:
        listing.nameless = True
        today = secrets.token_hex(8)
        listing.numbers |= {f"nameless:{today}:{number}": number for number in numbers}
        return
    alike: dict[str, list[int]] = {}
    for number in numbers:
        head, size = listing.heads.get(number), listing.sizes.get(number, 0)
        name = f"size:{size}" if head is None else f"top:{header_hash(head)}:{size}"
        alike.setdefault(name, []).append(number)
    vague = set()
    for name, those in alike.items():
        names = [name, *(f"{name}#{place}" for place in range(2, len(those) + 1))]
        listing.numbers |= dict(zip(names, those, strict=True))
        vague |= set(names) if len(those) > 1 or those[0] not in listing.heads else set()
    listing.vague = frozenset(vague)
