"""From complete FETCH responses to values. Pure functions, made for the store thread: nothing here runs on the loop.

One regular expression reads the shape that servers use; whatever differs goes through the general reader.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap.flags import marks
from desktopmail.protocols.imap.tokens import GROUP, LITERAL, QUOTED, Token, attributes
from desktopmail.protocols.imap.uids import MAX_UID

RawFetch = bytes
"""One complete FETCH response as it came, literals included."""


class FetchedHeader(NamedTuple):
    """One message as listed. `internal_date`: seconds since 1970 UTC; `size` in bytes as the server says (some only
    estimate it); `header`: the asked header fields; `structure`: raw BODYSTRUCTURE, empty when not asked for."""

    uid: int
    flags: Flags
    tags: frozenset[str]
    deleted: bool
    mod_seq: int
    internal_date: int
    size: int
    header: bytes
    structure: bytes


class FlagRow(NamedTuple):
    """The marks of one message; `mod_seq` 0 when the server keeps none."""

    uid: int
    flags: Flags
    tags: frozenset[str]
    deleted: bool
    mod_seq: int


_ITEMS = (
    rb"(?:UID (?P<uid>[1-9][0-9]{0,9})|FLAGS \((?P<flags>[^()]*)\)|MODSEQ \((?P<modseq>[0-9]{1,19})\)"
    rb'|INTERNALDATE "(?P<date>[^"]{20,30})"|RFC822\.SIZE (?P<size>[0-9]{1,19})| )+'
)
_HEADER = re.compile(
    rb"\* [0-9]{1,10} FETCH \(" + _ITEMS + rb"BODY\[HEADER\.FIELDS \([^()\]]*\)\] \{(?P<length>[0-9]{1,10})\}\r\n",
    re.IGNORECASE,
)
_USUAL = re.compile(
    rb"\* [0-9]{1,10}+ FETCH \(UID ([1-9][0-9]{0,9}+) FLAGS \(([^()]*+)\)(?: MODSEQ \(([0-9]{1,19}+)\))?+"
    rb' INTERNALDATE " ?+([0-9]{1,2}+-[A-Za-z]{3}-[0-9]{4} [0-9]{2}):([0-5][0-9]):([0-5][0-9]) ([+-][0-9]{4})"'
    rb" RFC822\.SIZE ([0-9]{1,19}+) BODY\[HEADER\.FIELDS \([^()\]]*+\)\] \{([0-9]{1,10}+)\}\r\n"
)
"""The same in the order in which the items are asked for: most servers answer so, and it is read twice as fast."""
_FLAGS = re.compile(rb"\* [0-9]{1,10} FETCH \(" + _ITEMS + rb"\)\Z", re.IGNORECASE)
_BODY = re.compile(
    rb"\* [0-9]{1,10} FETCH \("
    + _ITEMS
    + rb"BODY\[(?P<section>[0-9A-Z.]*)\](?:<[0-9]+>)? \{(?P<length>[0-9]{1,10})\}\r\n",
    re.IGNORECASE,
)
_DATE = re.compile(rb" ?([0-9]{1,2}-[A-Za-z]{3}-[0-9]{4} [0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-][0-9]{4})")
_HOUR = re.compile(rb"([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4}) ([0-9]{2})")
_SECONDS = {b"%02d" % number: number for number in range(60)}
_CLOSING = 0x29
_STRUCTURE = b" BODYSTRUCTURE ("
_MONTHS = {name: number for number, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


def tokenize(batch: Iterable[RawFetch]) -> list[FetchedHeader]:
    """The messages of a batch. Responses that carry no header (flags somebody changed meanwhile) or that nobody can
    read are left out."""
    rows: list[FetchedHeader] = []
    for raw in batch:
        row = _usual_header(raw) or _header_at_once(raw) or _header_by_hand(raw)
        if row is not None:
            rows.append(row)
    return rows


def _usual_header(raw: RawFetch) -> FetchedHeader | None:
    """What nearly all servers answer, with nothing behind the header."""
    found = _USUAL.match(raw)
    if found is None:
        return None
    uid, flags, mod_seq, hour, minute, second, zone, size, length = found.groups()
    start, number = found.end(), int(uid)
    if len(raw) - start - 1 != int(length) or raw[-1] != _CLOSING or number > MAX_UID:
        return None
    try:
        at = _hour(hour, zone) + _SECONDS[minute] * 60 + _SECONDS[second]
    except (KeyError, ValueError):
        at = 0
    facts = (number, *marks(flags), int(mod_seq or 0), at, int(size), raw[start:-1], b"")
    return tuple.__new__(FetchedHeader, facts)


def _header_at_once(raw: RawFetch) -> FetchedHeader | None:
    """The common shape: facts, then the header, then perhaps the structure."""
    found = _HEADER.match(raw)
    if found is None:
        return None
    uid, flags, mod_seq, date, size, length = found.groups()
    start = found.end()
    end = start + int(length)
    tail = raw[end:]
    structure = b""
    if tail != b")":
        if not (tail.startswith(_STRUCTURE) and tail.endswith(b"))")):
            return None
        structure = tail[len(_STRUCTURE) - 1 : -1]
    number = int(uid or 0)
    if not 0 < number <= MAX_UID:
        return None
    meaning, tags, deleted = marks(flags or b"")
    at = moment(date) if date else 0
    return FetchedHeader(
        number, meaning, tags, deleted, int(mod_seq or 0), at, int(size or 0), raw[start:end], structure
    )


def _header_by_hand(raw: RawFetch) -> FetchedHeader | None:
    try:
        items = attributes(raw)
        kind, header = items["BODY[HEADER.FIELDS]"]
        flags = _flag_row(items)
        date = items.get("INTERNALDATE", ("", b""))[1]
        size = items.get("RFC822.SIZE", ("", b"0"))[1]
        structure = items.get("BODYSTRUCTURE", ("", b""))
    except (ProtocolViolation, KeyError, ValueError):
        return None
    if kind not in (LITERAL, QUOTED):
        header = b""
    shape = structure[1] if structure[0] == GROUP else b""
    return FetchedHeader(*flags, moment(date), int(size) if size.isdigit() else 0, header, shape)


def flag_rows(batch: Iterable[RawFetch]) -> list[FlagRow]:
    """The marks told by a batch; responses without UID or FLAGS are left out."""
    rows: list[FlagRow] = []
    for raw in batch:
        found = _FLAGS.match(raw)
        if found is not None and found["uid"] and found["flags"] is not None:
            rows.append(FlagRow(int(found["uid"]), *marks(found["flags"]), int(found["modseq"] or 0)))
            continue
        try:
            items = attributes(raw)
            if "FLAGS" in items:
                rows.append(_flag_row(items))
        except (ProtocolViolation, KeyError, ValueError):
            continue
    return rows


def _flag_row(items: dict[str, Token]) -> FlagRow:
    uid = int(items["UID"][1])
    if not 0 < uid <= MAX_UID:
        raise ValueError("UID out of range")
    mod_seq = items.get("MODSEQ", ("", b""))[1].strip(b"()")
    flags = items.get("FLAGS", ("", b""))[1].strip(b"()")
    return FlagRow(uid, *marks(flags), int(mod_seq) if mod_seq.isdigit() else 0)


def section_of(raw: RawFetch) -> tuple[int, bytes] | None:
    """UID and bytes of the one body section in a response; None when it carries none (somebody's flag change, or a
    message that is gone)."""
    found = _BODY.match(raw)
    if found is not None and found["uid"]:
        end = found.end() + int(found["length"])
        if raw[end:] == b")":
            return int(found["uid"]), raw[found.end() : end]
    try:
        items = attributes(raw)
        uid = int(items["UID"][1])
        for name, (kind, value) in items.items():
            if name.startswith("BODY[") and kind in (LITERAL, QUOTED):
                return uid, value
    except (ProtocolViolation, KeyError, ValueError):
        return None
    return None


@lru_cache(maxsize=4_096)
def _hour(text: bytes, zone: bytes) -> int:
    """The beginning of an hour such as `12-Mar-2024 09:`. Raises KeyError, ValueError."""
    found = _HOUR.fullmatch(text)
    if found is None:
        raise ValueError("no date")
    day, month, year, hour = found.groups()
    sign = -1 if zone[:1] == b"+" else 1
    offset = sign * (int(zone[1:3]) * 3600 + int(zone[3:5]) * 60)
    return calendar.timegm((int(year), _MONTHS[month.lower()], int(day), 0, 0, 0)) + int(hour) * 3600 + offset


def moment(text: bytes) -> int:
    """An INTERNALDATE (RFC 3501 section 9, `date-time`) in seconds since 1970 UTC; 0 when it is none."""
    found = _DATE.match(text)
    if found is None:
        return 0
    hour, minute, second, zone = found.groups()
    try:
        return _hour(hour, zone) + int(minute) * 60 + int(second)
    except (KeyError, ValueError):
        return 0
