"""Cuts the header block of a message into fields, undamaged ones fast and damaged ones so that nothing is lost."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_FIELDS = 20_000
_SEARCHED = 4_000_000
_FIELD_BREAK = re.compile(rb"\n(?![ \t])")
_NAME = re.compile(rb"[!-9;-~]{1,250}")
_HEADER_LINE = re.compile(rb"([!-9;-~]{1,250})([ \t]*):")
_NEXT_HEADER = re.compile(rb"\n[!-9;-~]{1,250}[ \t]*:")
_KNOWN = (
    rb"(?:From|To|Cc|Subject|Date|Sender|Reply-To|Received|Message-ID|Return-Path|MIME-Version|Content-Type"
    rb"|Content-Transfer-Encoding|Delivered-To|X-[A-Za-z-]+)"
)
_KNOWN_LINE = re.compile(rb"(?:^|\n)(" + _KNOWN + rb"[ \t]*:[^\n]*\n" + _KNOWN + rb"[ \t]*:)", re.I)
_KNOWN_NAME = re.compile(_KNOWN + rb"\Z", re.I)


class Block(NamedTuple):
    """The fields in order as (name, raw value), where the body begins, and whether the block had to be repaired."""

    fields: list[tuple[bytes, bytes]]
    end: int
    damaged: bool


def blank_line(raw: bytes, start: int = 0, stop: int | None = None) -> tuple[int, int]:
    """(end of the last header line, begin of the body) by the first empty line; (stop, stop) when there is none."""
    limit = len(raw) if stop is None else stop
    first = raw.find(b"\n", start, limit)
    if first < 0:
        return limit, limit
    wanted, other = (b"\n\r\n", b"\n\n") if first and raw[first - 1] == 13 else (b"\n\n", b"\n\r\n")
    found = raw.find(wanted, first, limit)
    rival = raw.find(other, first, limit if found < 0 else found)
    if rival >= 0:
        return rival, rival + len(other)
    if found < 0:
        return limit, limit
    return found, found + len(wanted)


def split(raw: bytes, start: int = 0, stop: int | None = None) -> Block:
    """The header block that begins at `start`; `Block.end` is an offset into `raw`. Never raises."""
    limit = len(raw) if stop is None else stop
    lines_end, body = blank_line(raw, start, limit)
    if body == limit and raw.find(b"\n", start, limit) < 0 <= raw.find(b"\r", start, limit):
        raw = raw.replace(b"\r", b"\n")
        lines_end, body = blank_line(raw, start, limit)
    pieces = _FIELD_BREAK.split(raw[start:lines_end], MAX_FIELDS)
    fields: list[tuple[bytes, bytes]] = []
    for piece in pieces:
        name, colon, value = piece.partition(b":")
        if not colon or (name not in _names and not is_name(name)):
            break
        fields.append((name, value))
    else:
        return Block(fields, body, False)
    if not fields and lines_end == start:
        return Block([], min(start, limit), False) if lines_end == limit else _Repair(raw, start, limit).block()
    if len(fields) == len(pieces) - 1 and not pieces[-1].strip():
        return Block(fields, body, False)
    return _Repair(raw, start, limit).block()


_names: dict[bytes, str] = {}
"""Names of fields as they stand in mail, which uses few, and as they are compared."""


def is_name(name: bytes) -> bool:
    """Whether the bytes may name a field; good names are remembered."""
    if name in _names:
        return True
    if _NAME.fullmatch(name) is None:
        return False
    if len(_names) < 2_000:
        _names[name] = name.decode("ascii").lower()
    return True


def folded_name(name: bytes) -> str:
    """The name of a field as names are compared."""
    return _names.get(name) or name.decode("latin-1").lower()


class _Repair:
    """Line by line through a damaged block. Lives for one block."""

    def __init__(self, raw: bytes, start: int, limit: int) -> None:
        self._raw = raw
        self._start = start
        self._limit = limit
        self._fields: list[tuple[bytes, list[bytes]]] = []
        self._damaged = False
        self._junk = b""
        self._last_header = -1

    def block(self) -> Block:
        """The repaired block."""
        position = self._after_prologue(self._start)
        end = self._lines(position)
        if not self._fields:
            known = _KNOWN_LINE.search(self._raw, self._start, min(self._limit, self._start + _SEARCHED))
            if known is None:
                return Block([], self._start, self._limit > self._start)
            self._damaged = True
            end = self._lines(known.start(1))
        return Block([(name, b"\r\n".join(lines)) for name, lines in self._fields], end, self._damaged)

    def _after_prologue(self, position: int) -> int:
        """Skips a byte order mark, mbox separator lines and empty lines in front of the first field."""
        raw = self._raw
        if raw.startswith(b"\xef\xbb\xbf", position):
            position += 3
            self._damaged = True
        while position < self._limit:
            end = self._line_end(position)
            line = raw[position : min(end, position + 300)].rstrip(b"\r\n")
            if line and not (line.startswith((b"From ", b">From ")) and not _HEADER_LINE.match(line)):
                break
            self._damaged = self._damaged or not line
            position = end
        return position

    def _line_end(self, position: int) -> int:
        found = self._raw.find(b"\n", position, self._limit)
        return self._limit if found < 0 else found + 1

    def _lines(self, position: int) -> int:
        self._last_header = -1
        while position < self._limit and len(self._fields) < MAX_FIELDS:
            end = self._line_end(position)
            line = self._raw[position:end].rstrip(b"\r\n")
            if not line:
                return end
            if not self._take(line) and self._fields and not self._header_ahead(position):
                return position
            position = end
        return position

    def _take(self, line: bytes) -> bool:
        """Adds a line to the fields; False when it is neither a field nor the continuation of one."""
        folded = line[:1] in (b" ", b"\t")
        if folded and self._junk:
            return self._take_folded_name(line)
        if self._fields and (folded or line.startswith(b"=?")):
            self._damaged = self._damaged or not folded
            self._fields[-1][1].append(line)
            return True
        match = _HEADER_LINE.match(line.lstrip() if folded else line)
        if match is None:
            self._damaged = True
            self._junk = line if _NAME.fullmatch(line.strip()) else b""
            return False
        self._junk = b""
        self._damaged = self._damaged or folded or bool(match[2])
        self._fields.append((match[1], [(line.lstrip() if folded else line)[match.end() :]]))
        return True

    def _take_folded_name(self, line: bytes) -> bool:
        """'Fro' + ' m: x' and 'From' + ' : x' are fields whose name was folded."""
        tail, colon, value = line.strip().partition(b":")
        name = self._junk.strip() + tail.strip()
        if colon and (not tail.strip() or _KNOWN_NAME.match(name)):
            self._junk = b""
            self._fields.append((name, [value]))
            return True
        junk, self._junk = self._junk, b""
        if self._fields or not colon:
            self._junk = b"" if self._fields else junk
            return False
        return self._take(line)

    def _header_ahead(self, position: int) -> bool:
        """Whether another field follows before the next empty line: then the line at `position` is junk, not body."""
        if self._last_header < 0:
            lines_end, _ = blank_line(self._raw, position, self._limit)
            self._last_header = position
            for match in _NEXT_HEADER.finditer(self._raw, position, lines_end):
                self._last_header = match.start() + 1
        return self._last_header > position
