"""Hair lines between areas."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget


class Line(QFrame):
    """One pixel of the line colour, lying or standing."""

    def __init__(self, parent: QWidget | None = None, *, standing: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("look", "line")
        if standing:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
