"""Compresses raw messages for content.db, many in one go: that gives the interpreter lock away once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

import zstandard

Data = bytes | bytearray | memoryview
PIECE = 4 << 20
"""Bytes of a message that are compressed and written at once."""
PLAIN, ZSTD = 0, 1
SMALLEST_PACKED = 128


class Compressed(NamedTuple):
    """A piece as it is written: how, and the bytes."""

    packing: int
    data: Data


def compress(pieces: Sequence[Data]) -> list[Compressed]:
    """All of these, each of at most PIECE bytes; what gets no shorter stays as it is."""
    worth = [piece for piece in pieces if len(piece) >= SMALLEST_PACKED]
    packer = zstandard.ZstdCompressor(level=1)
    packed = cast("Iterator[memoryview]", iter(packer.multi_compress_to_buffer(worth) if worth else ()))
    found = []
    for piece in pieces:
        if len(piece) >= SMALLEST_PACKED and len(shorter := next(packed)) < len(piece):
            found.append(Compressed(ZSTD, shorter))
        else:
            found.append(Compressed(PLAIN, piece))
    return found


def compress_whole(raws: Sequence[bytes]) -> list[Compressed | None]:
    """The same for whole messages; None for those that are written in several pieces."""
    found = iter(compress([raw for raw in raws if len(raw) <= PIECE]))
    return [next(found) if len(raw) <= PIECE else None for raw in raws]
