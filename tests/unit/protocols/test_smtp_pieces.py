"""Messages cut into pieces for the line come out as RFC 5321 wants them, wherever the cuts fall."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.protocols.smtp import pieces


@pytest.fixture(params=[1, 2, 3, 7, pieces.PIECE])
def piece_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(pieces, "PIECE", request.param)
    yield request.param


def _plain(raw: bytes) -> bytes:
    """The slow and obvious way."""
    lines = re.split(rb"\r\n|\r|\n", raw)
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        b".",
        b"..\r\n.",
        b"a\n.b\r.c\r\n.d",
        b"\r\r\n\n",
        b"one\r\n.\r\ntwo\r\n",
        b"one\n.\ntwo\r.\rthree\r\n",
        b"\r\n.\r\n",
    ],
)
def test_wire_form(raw: bytes, piece_size: int) -> None:
    assert b"".join(pieces.on_the_wire(raw)) == _plain(raw)


@given(raw=st.text("\r\n.ab\xe6").map(lambda text: text.encode("latin-1")), size=st.integers(1, 9))
def test_wire_form_of_anything(raw: bytes, size: int) -> None:
    before, pieces.PIECE = pieces.PIECE, size
    try:
        wire = b"".join(pieces.on_the_wire(raw))
        measured = pieces.measure(raw)
    finally:
        pieces.PIECE = before
    assert wire == _plain(raw)
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    assert measured.eight_bit == (b"\xe6" in raw)
    stuffed = len(re.findall(rb"(?:^|\r\n)\.", wire))
    assert measured.size == len(wire) - stuffed


async def _all(raw: bytes) -> bytes:
    return b"".join([piece async for piece in pieces.prepared(raw)])


def test_prepared_on_a_thread() -> None:
    raw = b".line\r\n" * 200_000
    assert asyncio.run(_all(raw)) == b"..line\r\n" * 200_000
    assert asyncio.run(_all(b"")) == b""
