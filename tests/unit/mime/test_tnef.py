"""Compressed RTF and damaged wrappers."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import rtf, tnef
from tests.cost import least
from tests.unit.mime.samples import wrapper

TEXT = b"{\\rtf1 hello}"


def stored(data: bytes) -> bytes:
    """A stream whose text is kept as it is."""
    return struct.pack("<IIII", len(data) + 12, len(data), 0x414C454D, 0) + data


def literal(data: bytes) -> bytes:
    """A compressed stream that consists of literals alone."""
    out = b""
    for start in range(0, len(data), 8):
        out += b"\0" + data[start : start + 8]
    return struct.pack("<IIII", len(out) + 12, len(data), 0x75465A4C, 0) + out


def test_both_kinds_of_streams() -> None:
    assert rtf.decompress(stored(TEXT)) == TEXT
    assert rtf.decompress(literal(TEXT)) == TEXT


def test_references_into_the_dictionary() -> None:
    stream = struct.pack("<IIII", 20, 6, 0x75465A4C, 0) + bytes([0b1, 0x00, 0x04])
    assert rtf.decompress(stream) == b"{\\rtf1"


def test_bombs_stay_small() -> None:  # C45
    stream = struct.pack("<IIII", 0, 0xFFFFFFFF, 0x75465A4C, 0) + b"\xff" + b"\x00\x0f" * 500_000
    assert len(rtf.decompress(stream)) <= rtf.MAX_SIZE
    assert least(lambda: rtf.decompress(stream), 5) < 5


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    rtf.decompress(data)
    rtf.decompress(struct.pack("<IIII", 99, 999, 0x75465A4C, 0) + data)
    tnef.files(data)
    tnef.files(b"\x78\x9f\x3e\x22\x01\x00" + data)


def test_what_is_no_wrapper_has_no_files() -> None:
    assert tnef.files(b"") == []
    assert tnef.files(b"%PDF-1.4") == []
    assert [file.name for file in tnef.files(wrapper([("a.txt", b"x")]))] == ["a.txt"]
