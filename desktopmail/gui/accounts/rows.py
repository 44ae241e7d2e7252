"""A section some of whose rows come and go: the line above a row goes with it."""

from __future__ import annotations

from desktopmail.gui.settings.page import Section


class Rows(Section):
    """Call `settle` after rows were shown or hidden."""

    def settle(self) -> None:
        """Draw lines between the rows that can be seen; nothing is left of a section without any."""
        first = True
        for row in self.rows:
            if row.line is not None:
                row.line.setVisible(not row.isHidden() and not first)
            first = first and row.isHidden()
        self.setVisible(not first)
