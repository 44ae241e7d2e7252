"""A list of things to be done, one line each, with a sign for done, going on, failed or still to come."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.gui.style import icons
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.words import breakable


class How(Enum):
    """How a step stands: its drawing and the role of its colour."""

    WAITING = ("circle", "secondary")
    NOW = ("circle-dot", "accent")
    DONE = ("circle-check", "good")
    FAILED = ("circle-alert", "bad")


class _Sign(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.how = How.WAITING
        self.setFixedSize(px(18), px(20))
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        drawing, role = self.how.value
        side = px(18)
        spot = QRectF(0, (self.height() - side) / 2, side, side)
        painter = QPainter(self)
        icons.draw(painter, drawing, spot, theme().colours.role(role))


class _Step(QWidget):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.sign = _Sign()
        self.words = PlainLabel(breakable(text), wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(10))
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)


class Steps(QWidget):
    """Everything that will happen is seen from the start; only the signs change."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Step] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(10))
        self.now = 0

    def plan(self, texts: Sequence[str]) -> None:
        """Begin a list; the first line is going on."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [_Step(text) for text in texts]
        for row in self._rows:
            self._column.addWidget(row)
        self.reach(0)

    def reach(self, number: int) -> None:
        """Everything before `number` is done, `number` is going on; past the end everything is done."""
        self.now = number
        for position, row in enumerate(self._rows):
            self._set(row, How.DONE if position < number else How.NOW if position == number else How.WAITING)
        if number < len(self._rows):
            self._tell(self._rows[number])

    def fail(self) -> None:
        """What was going on has failed; what would have come after is left out."""
        if self.now < len(self._rows):
            self._set(self._rows[self.now], How.FAILED)
        for row in self._rows[self.now + 1 :]:
            row.hide()

    def states(self) -> list[tuple[str, How]]:
        """Every line as it stands."""
        return [(row.text, row.sign.how) for row in self._rows]

    def _set(self, row: _Step, how: How) -> None:
        spoken = {
            How.WAITING: self.tr("Still to come: {0}"),
            How.NOW: self.tr("Going on: {0}"),
            How.DONE: self.tr("Done: {0}"),
            How.FAILED: self.tr("Failed: {0}"),
        }
        row.sign.how = how
        row.sign.update()
        row.words.tone("secondary" if how is How.WAITING else "")
        row.words.setAccessibleName(spoken[how].format(row.text))

    def _tell(self, row: _Step) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, row.words.accessibleName()))
