"""What all pages share: a heading, a sentence, room that scrolls, and what the window's buttons do meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.area import Area, Sill
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.words import breakable

SIDE = 32


class Page(QWidget):
    """One step. `verb` is the word on the main button (empty: none), `way_back` whether one can go back from here.
    `changed` when one of them did; `go` is what the button and Return do."""

    changed = Signal()

    def __init__(self, title: str = "", lead: str = "") -> None:
        super().__init__()
        self.verb = ""
        self.way_back = True
        self.title = PlainLabel(title, size=measures.SUBJECT, bold=True, wrap=True)
        self.lead = PlainLabel(lead, tone="secondary", wrap=True)
        inner = QWidget()
        inner.setProperty("look", "window")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(px(SIDE), px(28), px(SIDE), px(16))
        self.column.setSpacing(0)
        self.column.addWidget(self.title)
        self.column.addSpacing(px(6))
        self.column.addWidget(self.lead)
        self.column.addSpacing(px(20))
        self.area = Area(inner)
        self._sill: Sill | None = None
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(self.area, 1)

    def head(self, title: str, lead: str) -> None:
        """Replace heading and sentence."""
        self.title.setText(breakable(title))
        self.lead.setText(breakable(lead))
        self.lead.setVisible(bool(lead))

    def below(self, part: QWidget) -> None:
        """Add something that stays in sight while the page scrolls, with half of the room at most."""
        self._sill = Sill(part)
        self._outer.addWidget(self._sill)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sill is not None:
            self._sill.fit(self.height() // 2)

    def start(self) -> QWidget | None:
        """What has the focus when the page comes up; None leaves it with the main button."""
        return None

    def go(self) -> None:
        """Do what the main button says."""
