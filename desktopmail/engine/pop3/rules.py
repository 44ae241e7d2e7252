"""What may be removed from a POP3 server and when, and whether a server has renamed everything. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from desktopmail.domain.account import Keep, Leave
from desktopmail.store.ledger import PERSON, RULE
from desktopmail.store.ledger_rows import Entry

DAY = 86_400
FEWEST_RENAMED = 3
"""Messages that seem to have new names below which nobody is asked: their bytes tell soon enough."""
PIECE_BYTES, PIECE_COUNT = 8_000_000, 250
"""How much is stored at once."""


def stored_before(leave: Leave, now: int) -> int:
    """What was stored until then may be old enough for the rule to remove it; -1: nothing ever is."""
    match leave.keep:
        case Keep.FOREVER:
            return -1
        case Keep.DAYS:
            return now - leave.days * DAY
        case Keep.UNTIL_DELETED | Keep.NO:
            return now


def decision(entry: Entry, leave: Leave, now: int) -> str | None:
    """Who has this message removed from the server now, or None.

    Only what is stored here can go. What is here in part goes only with the person's word, or when the person removed
    it here under that rule; what the person removed stays there while the same bytes lie elsewhere here."""
    if not entry.stored_at or not entry.on_server:
        return None
    if entry.wanted_gone:
        return PERSON
    if entry.ignored:
        return None
    match leave.keep:
        case Keep.FOREVER:
            return None
        case Keep.DAYS:
            return RULE if not entry.partly and entry.stored_at <= now - leave.days * DAY else None
        case Keep.UNTIL_DELETED:
            return RULE if entry.removed and entry.settled and not entry.elsewhere else None
        case Keep.NO:
            return RULE if not entry.partly else None


def renamed(known: Mapping[str, int], listed: Mapping[str, int]) -> int:
    """How many messages seem to be there under new names: both are sizes by UIDL. 0 when that is too few, or too small
    a part of what is missing, to be anything but chance."""
    missing = Counter(size for uidl, size in known.items() if uidl not in listed)
    strangers = Counter(size for uidl, size in listed.items() if uidl not in known)
    alike = (missing & strangers).total()
    if alike < FEWEST_RENAMED or 2 * alike < missing.total() or 2 * missing.total() < len(known):
        return 0
    return alike


def mostly_gone(known: Collection[str], missing: Collection[str]) -> bool:
    """Whether so much of what the server had is not listed any more that it may be there under new names."""
    return len(missing) >= FEWEST_RENAMED and 2 * len(missing) >= len(known)


def too_big(size: int, max_size: int, expire: int | None) -> bool:
    """Whether only the top of a message is brought. Where the server keeps nothing (EXPIRE 0), everything is."""
    return 0 < max_size < size and expire != 0


def pieces(
    numbers: Sequence[int], sizes: Mapping[int, int], most_bytes: int = PIECE_BYTES, most: int = PIECE_COUNT
) -> Iterator[list[int]]:
    """Groups of messages in the order given, each of bounded bytes and count; a large message goes alone."""
    piece: list[int] = []
    used = 0
    for number in numbers:
        size = sizes.get(number, 0)
        if piece and (used + size > most_bytes or len(piece) >= most):
            yield piece
            piece, used = [], 0
        piece.append(number)
        used += size
    if piece:
        yield piece


def due(entries: Iterable[Entry], leave: Leave, now: int, listed: Collection[str]) -> dict[str, str]:
    """Who decided, by UIDL, for everything that goes now and is listed in this very session."""
    found: dict[str, str] = {}
    for entry in entries:
        who = decision(entry, leave, now) if entry.uidl in listed else None
        if who is not None:
            found[entry.uidl] = who
    return found
