"""Bytes become responses, however they are cut, and nothing is believed about sizes."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.protocols.imap.framing import LINE_LIMIT, LONG_LINE_LIMIT, Framer
from tests.cost import least

SESSION = [
    b"* OK ready {not a literal}",
    b'* LIST () "/" {5}\r\na * b',
    b"* 1 FETCH (UID 1 BODY[] {24}\r\nA0 OK fake\r\n* 2 EXISTS\r\n)",
    b"* 2 FETCH (UID 2 BODY[] {0}\r\n FLAGS ())",
    b'* 3 FETCH (UID 3 BODY[HEADER.FIELDS (SUBJECT)] {15}\r\nSubject: :-(\r\n\r BODYSTRUCTURE ("a" {2}\r\n}} "b"))',
    b"",
    b"+ go on",
    b"A1 OK done }",
    b"A2 OK {5}",
    b"* 4 FETCH (UID 4 FLAGS (\\Seen))",
]
WIRE = b"".join(response + b"\r\n" for response in SESSION)


def fed(pieces: list[bytes]) -> list[bytes]:
    framer = Framer()
    found = [response for piece in pieces for response in framer.feed(piece)]
    assert framer.empty
    return found


def test_whole() -> None:
    assert fed([WIRE]) == SESSION


def test_cut_once_anywhere() -> None:  # P31
    for place in range(len(WIRE) + 1):
        assert fed([WIRE[:place], WIRE[place:]]) == SESSION


@pytest.mark.parametrize("size", range(1, 12))
def test_cut_into_equal_pieces(size: int) -> None:  # P31
    assert fed([WIRE[at : at + size] for at in range(0, len(WIRE), size)]) == SESSION


@given(st.lists(st.integers(0, len(WIRE)), max_size=12))
def test_cut_anyhow(places: list[int]) -> None:  # P31
    edges = [0, *sorted(places), len(WIRE)]
    assert fed([WIRE[low:high] for low, high in itertools.pairwise(edges)]) == SESSION


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 9))
def test_any_bytes_in_literals(bodies: list[bytes], size: int) -> None:
    responses = [b"* 1 FETCH (BODY[] {%d}\r\n%b)" % (len(body), body) for body in bodies]
    wire = b"".join(response + b"\r\n" for response in responses)
    assert fed([wire[at : at + size] for at in range(0, len(wire), size)]) == responses


NO_SIZES = b"1099511627776 9223372036854775808 99999999999999999999999 -1 +5 007 00 0x10 5+ 5- five 2000000001 \xb2"


@pytest.mark.parametrize("size", [*NO_SIZES.split(), b""])
def test_literals_that_are_refused(size: bytes) -> None:  # P19
    tracemalloc.start()
    framer = Framer()
    with pytest.raises(ProtocolViolation):
        framer.feed(b"* 1 FETCH (BODY[] {" + size + b"}\r\nxxx")
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


def test_large_literals_only_inside_fetch() -> None:
    with pytest.raises(ProtocolViolation):
        Framer().feed(b'* LIST () "/" {65537}\r\n')
    framer = Framer()
    framer.literal_limit = 1000
    assert framer.feed(b"* 1 FETCH (BODY[1] {600}\r\n") == []
    with pytest.raises(ProtocolViolation):
        framer.feed(b"x" * 600 + b" BODY[2] {401}\r\n")


def test_many_short_answers_come_in_one_piece_and_none_is_larger_than_accepted() -> None:
    small = [b"* %d FETCH (UID %d BODY[] {4}\r\nabcd)" % (number, number) for number in range(1, 100)]
    framer = Framer()
    framer.literal_limit = 4
    wire = b"".join(one + b"\r\n" for one in [*small, b"* 5 EXISTS", *small])
    assert framer.feed(wire + small[0][:20]) == [*small, b"* 5 EXISTS", *small]
    with pytest.raises(ProtocolViolation):
        framer.feed(small[0][20:] + b"\r\n* 7 FETCH (UID 7 BODY[] {5}\r\nabcde)\r\n")


def test_an_announced_literal_takes_no_memory_before_it_comes() -> None:
    tracemalloc.start()
    framer = Framer()
    framer.feed(b"* 1 FETCH (BODY[] {1999999999}\r\n" + b"x" * 1000)
    assert tracemalloc.get_traced_memory()[1] < 100_000
    assert framer.inside_literal == 1999998999
    tracemalloc.stop()


SHORT = [b"* OK ", b"A1 OK ", b"", b"* LIST "]
LONG = [b"* 1 FETCH (", b"* SEARCH ", b"* VANISHED "]


@pytest.mark.parametrize("start", SHORT + LONG)
@pytest.mark.parametrize("size", [997, 100_000, 10_000_000])
def test_a_line_without_end_is_cut_off(start: bytes, size: int) -> None:  # P21
    limit = LONG_LINE_LIMIT if start in LONG else LINE_LIMIT

    def endless() -> None:
        framer, given = Framer(), 0
        framer.feed(start)
        with pytest.raises(ProtocolViolation):
            while given <= limit + size:
                assert framer.feed(b"1" * size) == []
                given += size
        assert given <= limit + size

    assert least(endless, 1) < 1


def test_a_long_line_in_one_piece_is_cut_off_too() -> None:
    with pytest.raises(ProtocolViolation):
        Framer().feed(b"* OK " + b"x" * LINE_LIMIT + b"\r\n")
    many = b"* 1 FETCH (" + b"BODY[] {0}\r\n" * (LONG_LINE_LIMIT // 10) + b")\r\n"
    with pytest.raises(ProtocolViolation):
        Framer().feed(many)


def test_a_slow_line_costs_linear_time() -> None:  # P21
    def slow() -> None:
        framer = Framer()
        framer.feed(b"* 1 FETCH (X ")
        for _ in range(300_000):
            framer.feed(b"y")

    assert least(slow, 2) < 2


def test_many_lines_in_one_piece() -> None:  # P22
    wire = b"".join(b'* LIST () "/" folder%d\r\n' % number for number in range(10_000))
    assert len(fed([wire])) == 10_000
    assert least(lambda: fed([wire]), 0.5) < 0.5
