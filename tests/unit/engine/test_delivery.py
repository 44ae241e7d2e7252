"""What answers of a submission server mean, and what goes over the line."""

from __future__ import annotations

import pytest

from desktopmail.domain.draft import RecipientResult
from desktopmail.engine.delivery import Outcome, judge, on_the_way, pause, pending


def said(*codes: int) -> tuple[RecipientResult, ...]:
    return tuple(RecipientResult(f"{place}@x", code, "words") for place, code in enumerate(codes))


@pytest.mark.parametrize(
    ("known", "fresh", "final", "outcome", "codes"),
    [
        ((0, 0), (250, 250), False, Outcome.SENT, [250, 250]),
        ((0, 0), (250, 550), False, Outcome.SENT, [250, 550]),
        ((0, 0), (250, 450), False, Outcome.LATER, [250, 450]),
        ((0, 0), (250, 450), True, Outcome.SENT, [250, 450]),
        ((0, 0), (550, 552), False, Outcome.REFUSED, [550, 552]),
        ((0, 0), (550, 450), False, Outcome.LATER, [550, 450]),
        ((0, 0), (450, 450), True, Outcome.REFUSED, [450, 450]),
    ],
)
def test_outcomes(
    known: tuple[int, ...], fresh: tuple[int, ...], final: bool, outcome: Outcome, codes: list[int]
) -> None:  # D17
    found = judge(said(*known), said(*fresh), final=final)
    assert (found.outcome, [each.code for each in found.results]) == (outcome, codes)


def test_a_second_attempt_asks_only_those_who_are_left() -> None:
    first = judge(said(0, 0, 0), said(250, 450, 550), final=False)
    assert pending(first.results) == ("1@x",)
    second = judge(first.results, (RecipientResult("1@x", 250, "ok"),), final=False)
    assert (second.outcome, [each.code for each in second.results]) == (Outcome.SENT, [250, 250, 550])
    assert "2 of 3 people" in second.words


def test_everybody_refused_after_somebody_got_it_is_sent() -> None:
    first = judge(said(0, 0), said(250, 450), final=False)
    second = judge(first.results, (RecipientResult("1@x", 550, "no"),), final=False)
    assert second.outcome is Outcome.SENT


def test_pauses_grow_and_stay() -> None:
    assert [pause(number) for number in (0, 1, 2, 6, 100)] == [60, 60, 120, 3600, 3600]


@pytest.mark.parametrize(
    ("raw", "wire"),
    [
        (b"A: 1\r\nBcc: x@y,\r\n z@y\r\nB: 2\r\n\r\nBcc: body\r\n", b"A: 1\r\nB: 2\r\n\r\nBcc: body\r\n"),
        (b"BCC : x\nA: 1\n\nbody", b"A: 1\n\nbody"),
        (b"A: 1\r\n more\r\n\r\n", b"A: 1\r\n more\r\n\r\n"),
        (b"A: 1\r\nBcc: x\r\n", b"A: 1\r\n"),
        (b"A: 1\r\nBcc: x", b"A: 1\r\n"),
        (b"A: 1", b"A: 1"),
        (b"\r\nBcc: body", b"\r\nBcc: body"),
        (b"", b""),
    ],
)
def test_blind_copies_stay_blind(raw: bytes, wire: bytes) -> None:
    assert on_the_way(raw) == wire
