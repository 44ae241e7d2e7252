"""A message as it goes over the line: CRLF line ends and stuffed dots (RFC 5321 sections 2.3.8 and 4.5.2), in pieces
small enough that neither the loop nor the interpreter lock is held for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass

PIECE = 1 << 19


@dataclass(frozen=True, slots=True)
class Measure:
    """`size`: bytes with CRLF line ends and before dot-stuffing, which is what SIZE counts (RFC 1870 section 4).
    `eight_bit`: there are bytes above 127."""

    size: int
    eight_bit: bool


def measure(raw: bytes) -> Measure:
    """Count without copying the whole message. Call it on a worker thread for large ones."""
    size = 0
    eight_bit = False
    for piece in _cut(raw):
        pairs = piece.count(b"\r\n")
        size += len(piece) + piece.count(b"\n") + piece.count(b"\r") - 2 * pairs
        eight_bit = eight_bit or not piece.isascii()
    if raw and raw[-1:] not in (b"\n", b"\r"):
        size += 2
    return Measure(size, eight_bit)


def on_the_wire(raw: bytes) -> Iterator[bytes]:
    """The message in pieces as sent after DATA, without the final dot. Bare CR and bare LF become CRLF, so that no
    line end of the message can be taken for another than it is; a dot at the start of a line is doubled."""
    at_line_start = True
    last = b"\r\n"
    for piece in _cut(raw):
        if not piece.count(b"\n") == piece.count(b"\r") == piece.count(b"\r\n"):
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
        stuffed = piece.replace(b"\r\n.", b"\r\n..")
        if at_line_start and piece.startswith(b"."):
            stuffed = b"." + stuffed
        at_line_start = piece.endswith(b"\r\n")
        last = piece
        yield stuffed
    if not last.endswith(b"\r\n"):
        yield b"\r\n"


async def prepared(raw: bytes) -> AsyncGenerator[bytes, None]:
    """The same, each piece made on a worker thread while the one before it is being sent."""
    pieces = on_the_wire(raw)
    ahead = asyncio.ensure_future(asyncio.to_thread(next, pieces, None))
    try:
        while (piece := await ahead) is not None:
            ahead = asyncio.ensure_future(asyncio.to_thread(next, pieces, None))
            yield piece
    finally:
        ahead.cancel()


def _cut(raw: bytes) -> Iterator[bytes]:
    """Consecutive pieces of `raw`, never cut between a CR and its LF."""
    start = 0
    while start < len(raw):
        end = min(start + PIECE, len(raw))
        if raw[end - 1 : end + 1] == b"\r\n":
            end += 1
        yield raw[start:end]
        start = end
