"""Reads rows straight from the pages of a damaged database (SQLite file format, sections 1.6 and 2.1).

For files whose schema or inner pages are gone, so that SQLite itself finds no way to the rows that are still there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from desktopmail.store.database import MAGIC

Value = int | float | str | bytes | None
TABLE_LEAF = 13
LARGEST_ROW = 64 << 20


def leaf_rows(path: Path, page_size: int) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """(rowid, columns) of every row that can be read, of whatever table. `page_size` counts when the header is gone."""
    raw = path.read_bytes()
    if raw.startswith(MAGIC):
        stated = struct.unpack_from(">H", raw, 16)[0]
        page_size = 65536 if stated == 1 else stated or page_size
    file = _File(raw, page_size)
    unused = file.free_pages()
    for number in range(1, len(raw) // page_size + 1):
        if number not in unused:
            yield from file.rows(number)


class _File:
    """The bytes of a database by page."""

    def __init__(self, raw: bytes, page_size: int) -> None:
        self._raw = raw
        self._size = page_size
        self._count = len(raw) // page_size

    def free_pages(self) -> set[int]:
        """Pages that hold nothing but what was deleted, as far as the chain of them can be followed."""
        found: set[int] = set()
        trunk = struct.unpack_from(">I", self._raw, 32)[0] if self._raw.startswith(MAGIC) else 0
        while 0 < trunk <= self._count and trunk not in found:
            found.add(trunk)
            start = (trunk - 1) * self._size
            following, length = struct.unpack_from(">II", self._raw, start)
            for index in range(min(length, self._size // 4 - 2)):
                found.add(struct.unpack_from(">I", self._raw, start + 8 + 4 * index)[0])
            trunk = following
        return found

    def rows(self, number: int) -> Iterator[tuple[int, tuple[Value, ...]]]:
        """The rows of one page; none when it is no leaf of a table."""
        start = (number - 1) * self._size
        head = start + (100 if number == 1 else 0)
        if self._raw[head] != TABLE_LEAF:
            return
        cells = struct.unpack_from(">H", self._raw, head + 3)[0]
        for index in range(min(cells, (self._size - 8) // 2)):
            offset = struct.unpack_from(">H", self._raw, head + 8 + 2 * index)[0]
            try:
                rowid, payload = self._cell(start + offset, start + self._size)
                yield rowid, _record(payload)
            except (IndexError, ValueError, struct.error):
                continue

    def _cell(self, at: int, end: int) -> tuple[int, bytes]:
        length, at = _varint(self._raw, at)
        rowid, at = _varint(self._raw, at)
        if not 0 < length <= LARGEST_ROW or at >= end:
            raise ValueError("no cell")
        here = _local(length, self._size)
        payload = self._raw[at : at + here]
        if here < length:
            payload += self._overflow(struct.unpack_from(">I", self._raw, at + here)[0], length - here)
        return rowid, payload

    def _overflow(self, number: int, length: int) -> bytes:
        parts = []
        while length > 0:
            if not 0 < number <= self._count:
                raise ValueError("the chain is broken")
            start = (number - 1) * self._size
            number = struct.unpack_from(">I", self._raw, start)[0]
            parts.append(self._raw[start + 4 : start + 4 + min(length, self._size - 4)])
            length -= self._size - 4
        return b"".join(parts)


def _local(length: int, usable: int) -> int:
    """How many bytes of a row stand in the leaf itself."""
    if length <= usable - 35:
        return length
    least = (usable - 12) * 32 // 255 - 23
    most = least + (length - least) % (usable - 4)
    return most if most <= usable - 35 else least


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(9):
        byte = raw[at + index]
        if index == 8:
            value = value << 8 | byte
            break
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value - (1 << 64) if value >= 1 << 63 else value, at + index + 1


def _record(payload: bytes) -> tuple[Value, ...]:
    head, at = _varint(payload, 0)
    if not 0 < head <= len(payload):
        raise ValueError("no record")
    kinds = []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("no record")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind >= 12:
        end = at + (kind - 12) // 2
        data = payload[at:end]
        return data.decode() if kind % 2 else data, end
    if kind in (0, 8, 9):
        return (None, 0, 1)[(0, 8, 9).index(kind)], at
    if kind == 7:
        return struct.unpack_from(">d", payload, at)[0], at + 8
    length = (0, 1, 2, 3, 4, 6, 8)[kind]
    return int.from_bytes(payload[at : at + length], "big", signed=True), at + length
