"""What a server lists, read: counts, sizes and unique ids by message number.

A list may have a million lines: it is read in pieces, none of which holds up the loop for long from another thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktopmail.protocols.pop3.line import violation

MOST_MESSAGES = 2_000_000
PIECE = 256 * 1024

_USUAL_IDS = re.compile(rb"(?:\d{1,7}+ [\x21-\x7e]++\r\n)*+")
_USUAL_SIZES = re.compile(rb"(?:\d{1,7}+ \d{1,15}+\r\n)*+")
"""Lists as nearly all servers write them, which are read in a few steps."""


def read_ids(lines: bytes) -> list[tuple[int, str]]:
    """Number and unique id of every line of a reply to UIDL (RFC 1939 section 7). Raises ProtocolViolation."""
    found: list[tuple[int, str]] = []
    for piece in _pieces(lines):
        if _USUAL_IDS.fullmatch(piece):
            numbers, names = _columns(piece)
            found += zip(numbers, names, strict=True)
            continue
        for line in piece.split(b"\r\n")[:-1]:
            number, name = (*line.split(None, 1), b"", b"")[:2]
            found.append((number_of(number), name.rstrip(b" ").decode("latin-1")))
    return found


def read_sizes(lines: bytes) -> list[tuple[int, int]]:
    """Number and bytes of every line of a reply to LIST (RFC 1939 section 5). Raises ProtocolViolation."""
    found: list[tuple[int, int]] = []
    for piece in _pieces(lines):
        if _USUAL_SIZES.fullmatch(piece):
            numbers, sizes = _columns(piece)
            found += zip(numbers, map(int, sizes), strict=True)
            continue
        for line in piece.split(b"\r\n")[:-1]:
            number, size = (*line.split(None, 2), b"", b"")[:2]
            found.append((number_of(number), number_of(size)))
    return found


def number_of(word: bytes, most: int = 1 << 53) -> int:
    """A count that the server named. Raises ProtocolViolation for anything else, and for what is beyond belief."""
    if not word.isdigit() or len(word) > 17 or int(word) > most:
        raise violation("not a number")
    return int(word)


def _pieces(lines: bytes) -> Iterator[bytes]:
    """The lines in pieces of about PIECE bytes, cut between lines."""
    start = 0
    while start < len(lines):
        end = lines.find(b"\r\n", min(start + PIECE, len(lines)))
        end = len(lines) if end < 0 else end + 2
        yield lines[start:end]
        start = end


def _columns(lines: bytes) -> tuple[list[int], list[str]]:
    """Numbers, and the words behind them, of lines that all have just these two."""
    words = lines.decode("ascii").split()
    numbers = list(map(int, words[::2]))
    if max(numbers, default=0) > MOST_MESSAGES:
        raise violation("not a number")
    return numbers, words[1::2]
