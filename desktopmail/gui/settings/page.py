"""What every page of the settings is made of: sections in cards, rows with a title, a sentence and a control."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.area import Area
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line

SIDE, WIDEST = 32, 680


def folded(text: str) -> str:
    """Text as a search compares it."""
    return text.casefold()


class Row(QWidget):
    """One line of a card: what it is called, a sentence about it, and what can be done at the end. `extra` are more
    words a search finds it by. Controls that have no accessible name get the row's title."""

    def __init__(self, title: str, sentence: str = "", control: QWidget | None = None, *, extra: str = "") -> None:
        super().__init__()
        self.title = PlainLabel(title, wrap=True)
        self.sentence = PlainLabel(sentence, size=measures.SMALL, tone="secondary", wrap=True)
        self.sentence.setVisible(bool(sentence))
        self.control = control
        self.line: Line | None = None
        self._extra = extra
        self._lit = False
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addStretch()
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        words.addStretch()
        self._words = words
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(8), px(16), px(8))
        row.setSpacing(px(24))
        row.addLayout(words, 1)
        self.end = QHBoxLayout()
        self.end.setSpacing(px(8))
        row.addLayout(self.end)
        if control is not None:
            self.end.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
            if not control.accessibleName():
                control.setAccessibleName(title)
            if sentence and not control.accessibleDescription():
                control.setAccessibleDescription(sentence)
        self.setMinimumHeight(px(48))

    def say(self, title: str, sentence: str | None = None) -> None:
        """Other words; without a `sentence` only the title changes."""
        self.title.setText(title)
        if sentence is not None:
            self.sentence.setText(sentence)
            self.sentence.setVisible(bool(sentence))

    def below(self, widget: QWidget) -> None:
        """Put something under the sentence: a link, a progress bar."""
        self._words.insertWidget(self._words.count() - 1, widget, 0)

    def words(self) -> str:
        """Everything a search finds this row by."""
        return folded(f"{self.title.text()} {self.sentence.text()} {self._extra}")

    def light(self, on: bool) -> None:
        """Show that a search means this row."""
        if on != self._lit:
            self._lit = on
            self.update()

    @property
    def lit(self) -> bool:
        """Whether a search means this row."""
        return self._lit

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._lit:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            colours = theme().colours
            painter.setBrush(blend(colours.hit, colours.raised, 0.35))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), measures.RADIUS, measures.RADIUS)


class Section(QWidget):
    """Rows that belong together: a heading, a sentence if it needs one, and a card with a line between rows."""

    def __init__(self, title: str = "", lead: str = "") -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(4))
        self.title = title
        if title:
            heading = PlainLabel(title, bold=True)
            self._column.addWidget(heading)
        if lead:
            self._column.addWidget(PlainLabel(lead, size=measures.SMALL, tone="secondary", wrap=True))
        self._column.addSpacing(px(4) if title or lead else 0)
        self.card = QFrame()
        self.card.setProperty("look", "card")
        self.card.setAccessibleName(title)
        self._inside = QVBoxLayout(self.card)
        self._inside.setContentsMargins(1, 1, 1, 1)
        self._inside.setSpacing(0)
        self._column.addWidget(self.card)

    def row(self, title: str, sentence: str = "", control: QWidget | None = None, *, extra: str = "") -> Row:
        """Make a row and put it at the end of the card."""
        return self.add(Row(title, sentence, control, extra=extra))

    def add(self, row: Row) -> Row:
        """Put a row at the end of the card."""
        if self.rows:
            row.line = Line()
            self._inside.addWidget(row.line)
        self._inside.addWidget(row)
        self.rows.append(row)
        return row

    def take(self, row: Row) -> None:
        """Take a row out of the card, with the line above it."""
        self.rows.remove(row)
        for widget in (row, row.line):
            if widget is not None:
                self._inside.removeWidget(widget)
                widget.hide()
                widget.deleteLater()

    def put(self, widget: QWidget) -> None:
        """Put something that is no row at the end of the card, with a line below it."""
        self._inside.addWidget(widget)
        self._inside.addWidget(Line())

    def clear(self) -> None:
        """Take all rows out of the card."""
        while (item := self._inside.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []


class Page(QWidget):
    """One page: a heading, a sentence and sections, in room that scrolls. Subclasses fill it with `section`. A page is
    found by its title, by `words` and by its rows."""

    def __init__(self, title: str, lead: str = "") -> None:
        super().__init__()
        self.title = title
        self.sections: list[Section] = []
        self.heading = PlainLabel(title, size=measures.SUBJECT, bold=True, wrap=True)
        self.lead = PlainLabel(lead, tone="secondary", wrap=True)
        self.lead.setVisible(bool(lead))
        body = QWidget()
        body.setMaximumWidth(px(WIDEST))
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(px(20))
        head = QVBoxLayout()
        head.setSpacing(px(4))
        head.addWidget(self.heading)
        head.addWidget(self.lead)
        self.column.addLayout(head)
        inner = QWidget()
        inner.setProperty("look", "window")
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(px(SIDE), px(24), px(SIDE), px(SIDE))
        rows.addWidget(body)
        rows.addStretch(1)
        self.area = Area(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)

    def section(self, title: str = "", lead: str = "") -> Section:
        """Make a section at the end of the page."""
        made = Section(title, lead)
        self.sections.append(made)
        self.column.addWidget(made)
        return made

    def words(self) -> str:
        """Words a search finds the page itself by, beside its title."""
        return ""

    def rows(self) -> list[Row]:
        """All rows, from top to bottom."""
        return [row for section in self.sections for row in section.rows]

    def found(self, typed: str) -> list[Row]:
        """The rows that hold every word typed; empty when nothing was typed."""
        words = folded(typed).split()
        return [
            row
            for section in self.sections
            for row in section.rows
            if words and all(word in f"{row.words()} {folded(section.title)}" for word in words)
        ]

    def light(self, typed: str) -> list[Row]:
        """Light the rows that hold every word typed, and give them back."""
        found = self.found(typed)
        for row in self.rows():
            row.light(row in found)
        return found

    def reveal(self, row: Row) -> None:
        """Scroll to a row and give its control the focus."""
        self.area.ensureWidgetVisible(row, 0, px(40))
        if row.control is not None:
            row.control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def came(self) -> None:
        """The page is shown (again): look anew at what may have changed meanwhile."""
