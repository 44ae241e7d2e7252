"""A section some of whose rows come and go: the line above a row goes with it."""

from __future__ import annotations

from desktopmail.gui.settings.page import Row, Section
from desktopmail.gui.widgets.line import Line


class Rows(Section):
    """Call `settle` after rows were shown or hidden."""

    def __init__(self, title: str = "", lead: str = "") -> None:
        super().__init__(title, lead)
        self._lines: list[Line] = []

    def add(self, row: Row) -> Row:
        """Put a row at the end of the card."""
        line = Line()
        self.put(line)
        self.put(row)
        self._lines.append(line)
        self.rows.append(row)
        self.settle()
        return row

    def clear(self) -> None:
        """Take all rows out of the card."""
        super().clear()
        self._lines = []

    def settle(self) -> None:
        """Draw lines between the rows that can be seen; nothing is left of a section without any."""
        first = True
        for line, row in zip(self._lines, self.rows, strict=True):
            line.setVisible(not row.isHidden() and not first)
            first = first and row.isHidden()
        self.setVisible(not first)
