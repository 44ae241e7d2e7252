"""The id vector: bisection, blocks and differences, against plain lists."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from desktopmail.gui.messages.layout import Layout, Section
from desktopmail.gui.messages.vector import Vector, blocks, runs

ENTRIES = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9), st.integers(1, 9)), unique_by=lambda each: each[0])


def built(entries: list[tuple[int, int, int]]) -> Vector:
    rows = sorted(entries, key=lambda each: (-each[1], -each[0]))
    ids, sorts, threads = zip(*rows, strict=True) if rows else ((), (), ())
    return Vector(array("q", ids), array("q", sorts), array("q", threads))


@given(ENTRIES, ENTRIES)
def test_blocks_put_every_newcomer_in_its_place(there: list[tuple[int, int, int]], fresh: list[tuple[int, int, int]]):
    """Whatever is inserted in blocks stands as if everything had been sorted at once."""
    vector = built(there)
    for row, entries in blocks(vector, fresh):
        vector.insert(row, entries)
    known = {each[0] for each in there}
    expected = built(there + [each for each in fresh if each[0] not in known])
    assert (vector.ids, vector.sorts, vector.threads) == (expected.ids, expected.sorts, expected.threads)


@given(ENTRIES, st.sets(st.integers(0, 59)))
def test_a_copy_without_some_rows(there: list[tuple[int, int, int]], gone: set[int]) -> None:
    """What is left keeps its order, in all three columns."""
    vector = built(there)
    rows = [row for row in range(len(vector)) if row not in gone]
    left = vector.without(gone)
    assert list(left.ids) == [vector.ids[row] for row in rows]
    assert list(left.threads) == [vector.threads[row] for row in rows]


def test_runs():
    """Neighbouring rows make one range."""
    assert runs([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]


@given(st.integers(1, 200), st.lists(st.integers(0, 199), unique=True, max_size=8))
def test_layout_finds_every_row(rows: int, firsts: list[int]):
    """Every point of a row belongs to it and headings to none."""
    starts = sorted(first for first in firsts if first < rows)
    layout = Layout(rows, 48, 28, [Section(first, str(first)) for first in starts])
    assert layout.height == rows * 48 + len(starts) * 28
    for row in range(rows):
        assert layout.row_at(layout.top(row)) == row
        assert layout.row_at(layout.top(row) + 47) == row
    for number, first in enumerate(starts):
        assert layout.row_at(layout.heading_top(number)) == -1
        assert layout.heading_top(number) + 28 == layout.top(first)
