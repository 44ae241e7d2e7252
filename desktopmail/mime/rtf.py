"""Compressed RTF of TNEF wrappers (MS-OXRTFCP): decompression with a ceiling."""

from __future__ import annotations

import struct

MAX_SIZE = 10_000_000
_COMPRESSED = 0x75465A4C
_PLAIN = 0x414C454D
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompress(data: bytes) -> bytes:
    """The RTF text; what lies behind damage or behind the ceiling is left out; empty when this is no such stream."""
    if len(data) < 16:
        return b""
    _, size, kind = struct.unpack_from("<III", data)
    if kind == _PLAIN:
        return data[16 : 16 + min(size, MAX_SIZE)]
    if kind != _COMPRESSED:
        return b""
    return _expand(data, min(size, MAX_SIZE))


def _expand(data: bytes, size: int) -> bytes:
    """LZ77 over a ring of 4,096 bytes that starts with the usual beginnings of RTF."""
    ring = bytearray(4_096)
    ring[: len(_START)] = _START
    write = len(_START)
    out = bytearray()
    position = 16
    while position < len(data) and len(out) < size:
        control = data[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                if position >= len(data):
                    return bytes(out)
                piece = data[position : position + 1]
                position += 1
            else:
                if position + 1 >= len(data):
                    return bytes(out)
                reference = data[position] << 8 | data[position + 1]
                position += 2
                offset, length = reference >> 4, (reference & 15) + 2
                if offset == write:
                    return bytes(out)
                for step in range(length):
                    byte = ring[(offset + step) & 4_095]
                    ring[write] = byte
                    write = (write + 1) & 4_095
                    out.append(byte)
                continue
            ring[write] = piece[0]
            write = (write + 1) & 4_095
            out += piece
    return bytes(out[:size])
