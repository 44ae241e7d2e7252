"""Large messages without their insides: what is kept reads alike, and every part is found in the whole."""

from __future__ import annotations

import base64
import binascii
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import abridged as abridging
from desktopmail.mime import body, large, transfer
from desktopmail.mime.abridged import Abridged, Abridger, abridge
from desktopmail.mime.text import for_index

PIECES = st.lists(st.sampled_from([b"\r\n--b\r\n", b"x" * 17, b"\n--", b"\r", b"\n", b"-", b"yz"]), max_size=60)


def letter(parts: list[tuple[str, str, bytes]]) -> bytes:
    """A message of these parts: type, encoding, encoded body."""
    inside = b"".join(
        f"--cut\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + data + b"\r\n"
        for kind, encoding, data in parts
    )
    return (
        b"From: Ada <ada@example.org>\r\nSubject: large\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n' + inside + b"--cut--\r\n"
    )


FILES = [os.urandom(5_000_000), os.urandom(3_333_333)]
LETTER = letter(
    [
        ("text/plain", "7bit", b"Hello\r\nthere"),
        ('application/pdf; name="a.pdf"', "base64", base64.encodebytes(FILES[0]).replace(b"\n", b"\r\n").rstrip()),
        ('image/x-raw; name="b.raw"', "base64", base64.encodebytes(FILES[1]).replace(b"\n", b"\r\n").rstrip()),
    ]
)


def pieced(raw: bytes, sizes: random.Random) -> Abridged:
    abridger = Abridger()
    place = 0
    while place < len(raw):
        size = sizes.randint(1, 9)
        abridger.add(raw[place : place + size])
        place += size
    return abridger.finish()


@given(PIECES, st.randoms(use_true_random=False))
def test_what_is_kept_stands_where_it_is_said_to_stand(pieces: list[bytes], sizes: random.Random) -> None:
    raw = b"".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FIRST", 10), ("KEPT", 8), ("BRIEF", 4), ("MOST", 200)):
            patch.setattr(abridging, name, value)
        at_once, found = abridge(raw), pieced(raw, sizes)
    assert found == at_once and found.size == len(raw) and len(found.raw) <= 200
    places = [found.place(here) for here in range(len(found.raw))]
    assert places == sorted(set(places)) and found.place(len(found.raw)) == len(raw)
    assert bytes(raw[place] for place in places) == found.raw


def test_a_message_of_usual_size_is_kept_whole() -> None:
    raw = letter([("text/plain", "7bit", b"x\r\n" * 1_000)])
    assert abridge(raw).is_whole and abridge(raw).raw == raw


def test_a_large_message_reads_as_it_is() -> None:  # P14
    kept = abridge(LETTER)
    assert not kept.is_whole and len(kept.raw) < 4_500_000
    found, true = large.read(kept), body.read(LETTER)
    assert (found.text, found.html, found.subject, found.warnings) == (true.text, true.html, true.subject, ())
    assert [(each.section, each.name, each.inline) for each in found.parts] == [
        (each.section, each.name, each.inline) for each in true.parts
    ]
    for one, other in zip(found.parts, true.parts, strict=True):
        assert abs(one.size - other.size) <= 100 and one.sha256 in ("", other.sha256)
    assert for_index(kept.raw) == for_index(LETTER)


def test_parts_of_a_large_message_are_found_in_the_whole() -> None:  # P14
    kept = abridge(LETTER)
    for section, file in (("2", FILES[0]), ("3", FILES[1])):
        span = large.span(kept, section)
        assert span is not None
        decoder = large.Decoder(span.encoding)
        places = range(span.start, span.end, 99_991)
        out = [decoder.add(LETTER[place : min(place + 99_991, span.end)]) for place in places]
        assert b"".join(out) + decoder.finish() == file
    assert large.span(kept, "7") is None and large.span(kept, "") is None


def test_a_text_that_was_cut_says_so() -> None:
    raw = b"From: a@b.c\r\nSubject: long\r\n\r\n" + b"one line of many\r\n" * 200_000
    found = large.read(abridge(raw))
    assert found.text.startswith("one line") and len(found.text) < len(raw)
    assert [each.kind for each in found.warnings] == ["too-large"]


def test_one_line_without_end() -> None:  # P14
    raw = b"Subject: long\r\n\r\n" + b"x" * 5_000_000
    kept = abridge(raw)
    assert len(kept.raw) == abridging.FIRST and kept.size == len(raw)
    header = abridge(b"Subject: " + b"y" * 5_000_000)
    assert large.read(header).subject.startswith("yyy")


@given(
    st.binary(max_size=300), st.integers(1, 50), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "8bit"])
)
def test_what_is_decoded_in_pieces_is_the_same(raw: bytes, size: int, encoding: str) -> None:
    encoded = {
        "base64": base64.encodebytes(raw) + b"=" + base64.encodebytes(raw[:7]),
        "quoted-printable": binascii.b2a_qp(raw),
        "x-uuencode": b"begin 644 a\n" + b"".join(binascii.b2a_uu(raw[at : at + 45]) for at in range(0, len(raw), 45)),
        "8bit": raw,
    }[encoding]
    decoder = large.Decoder(encoding)
    pieces = [encoded[place : place + size] for place in range(0, len(encoded), size)]
    assert b"".join(map(decoder.add, pieces)) + decoder.finish() == transfer.decode(encoded, encoding)
