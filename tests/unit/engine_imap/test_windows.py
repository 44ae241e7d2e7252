"""Requests are cut newest first: a small one to paint from, then large ones."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from desktopmail.engine.backoff import LONGEST_PAUSE, Backoff
from desktopmail.engine.imap.windows import (
    BODY_BUDGET,
    FIRST_BUDGET,
    PIECE_SECONDS,
    SMALLEST_BUDGET,
    Budget,
    body_batches,
    header_windows,
)


@dataclass(frozen=True)
class Thing:
    size: int


def test_the_first_window_is_small_and_newest() -> None:
    windows = list(header_windows(range(1, 12_001), first=200, size=5_000))
    assert [(w[0], w[-1]) for w in windows] == [(11_801, 12_000), (6_801, 11_800), (1_801, 6_800), (1, 1_800)]


def test_nothing_to_fetch_is_no_window() -> None:
    assert list(header_windows([])) == []


@given(st.lists(st.integers(1, 10**6), unique=True).map(sorted), st.integers(1, 50), st.integers(1, 50))
def test_windows_cover_everything_once(uids: list[int], first: int, size: int) -> None:
    windows = [list(window) for window in header_windows(uids, first, size)]
    assert [uid for window in reversed(windows) for uid in window] == uids


@given(st.lists(st.integers(0, 100).map(Thing)), st.integers(1, 200), st.integers(1, 10))
def test_batches_keep_order_and_limits(things: list[Thing], budget: int, count: int) -> None:
    batches = list(body_batches(things, budget, count))
    assert [thing for batch in batches for thing in batch] == things
    for batch in batches:
        assert len(batch) <= count
        assert len(batch) == 1 or sum(thing.size for thing in batch) <= budget


def test_pauses_double_up_to_five_minutes_and_start_again() -> None:
    backoff = Backoff(chance=lambda: 0.0)
    assert [backoff.next() for _ in range(4)] == [1.0, 2.0, 4.0, 8.0]
    for _ in range(30):
        assert backoff.next() <= LONGEST_PAUSE
    assert backoff.next() == LONGEST_PAUSE
    backoff.reset()
    assert backoff.next() == 1.0


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 60))
def test_chance_shortens_by_half_at_most(chance: float, failures: int) -> None:
    full, cut = Backoff(lambda: 0.0, failures).next(), Backoff(lambda: chance, failures).next()
    assert full / 2 <= cut <= full


def test_requests_are_as_large_as_the_line_is_fast_within_bounds() -> None:
    budget = Budget()
    assert budget.bytes == FIRST_BUDGET
    budget.learn(3_000_000, 1.0)
    assert budget.bytes == 3_000_000 * PIECE_SECONDS
    budget.learn(0, 5.0)
    assert budget.bytes == 3_000_000 * PIECE_SECONDS  # a request that brought nothing says nothing about the line
    budget.learn(1_000, 10.0)
    assert budget.bytes == SMALLEST_BUDGET
    budget.learn(20_000_000, 0.0)
    assert budget.bytes == BODY_BUDGET
