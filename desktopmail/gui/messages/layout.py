"""Where rows and section headings lie: fixed heights, so that any row is found by arithmetic. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading above the row `first`, up to the next section."""

    first: int
    title: str


class Layout:
    """The geometry of `rows` rows of one height under headings of another, in pixels from the top of the list."""

    def __init__(self, rows: int, row_height: int, heading: int, sections: Sequence[Section] = ()) -> None:
        self.rows = rows
        self.row_height = row_height
        self.heading = heading
        self.sections = tuple(sections)
        self._firsts = [section.first for section in self.sections]

    @property
    def height(self) -> int:
        """The height of everything."""
        return self.rows * self.row_height + len(self.sections) * self.heading

    def top(self, row: int) -> int:
        """Where a row begins, below its own heading."""
        return row * self.row_height + bisect_right(self._firsts, row) * self.heading

    def heading_top(self, number: int) -> int:
        """Where the heading of a section begins."""
        return self._firsts[number] * self.row_height + number * self.heading

    def section_of(self, row: int) -> int:
        """The number of the section a row belongs to; -1 above the first heading."""
        return bisect_right(self._firsts, row) - 1

    def row_at(self, y: int) -> int:
        """The row at a height; -1 on a heading or outside."""
        row = self.first_below(y)
        return row if 0 <= row < self.rows and self.top(row) <= y else -1

    def first_below(self, y: int) -> int:
        """The first row that ends below a height; `rows` when there is none."""
        low, high = 0, self.rows
        while low < high:
            middle = (low + high) // 2
            if self.top(middle) + self.row_height <= y:
                low = middle + 1
            else:
                high = middle
        return low
