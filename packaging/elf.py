"""Reads of an ELF file what packaging asks: which libraries it needs by name, and what it calls itself."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"\x7fELF"
_LOAD, _DYNAMIC = 1, 2
_NEEDED, _STRTAB, _SONAME = 1, 5, 14


@dataclass(frozen=True, slots=True)
class Elf:
    """The names in the dynamic section; empty for a program that is linked statically."""

    needed: tuple[str, ...] = ()
    soname: str = ""


def is_elf(path: Path) -> bool:
    """Whether the file is a program or library of this kind."""
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def read(path: Path) -> Elf:
    """Read a 64-bit little-endian file. Raises ValueError for anything else."""
    data = path.read_bytes()
    if data[:4] != MAGIC or data[4:6] != b"\x02\x01":
        raise ValueError(f"{path} is no 64-bit little-endian ELF file")
    start, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    loads: list[tuple[int, int, int]] = []
    dynamic = (0, 0)
    for index in range(count):
        kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", data, start + index * size)
        if kind == _LOAD:
            loads.append((address, offset, length))
        elif kind == _DYNAMIC:
            dynamic = (offset, length)
    entries = [struct.unpack_from("<QQ", data, dynamic[0] + at) for at in range(0, dynamic[1], 16)]
    table = next((_offset(value, loads) for tag, value in entries if tag == _STRTAB), 0)
    needed = tuple(_text(data, table + value) for tag, value in entries if tag == _NEEDED)
    return Elf(needed, next((_text(data, table + value) for tag, value in entries if tag == _SONAME), ""))


def _offset(address: int, loads: list[tuple[int, int, int]]) -> int:
    for start, offset, length in loads:
        if start <= address < start + length:
            return offset + address - start
    raise ValueError("an address outside of every segment")


def _text(data: bytes, at: int) -> str:
    return data[at : data.index(b"\0", at)].decode("ascii", "replace")
