"""The pane of messages: strip, list, empty states, and the selection that follows when rows go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QStackedLayout, QVBoxLayout, QWidget

from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Summary
from desktopmail.gui import words
from desktopmail.gui.messages.header import ListHeader
from desktopmail.gui.messages.members import unread_rows
from desktopmail.gui.messages.model import MessageModel
from desktopmail.gui.messages.rows import DENSITIES, RowPainter
from desktopmail.gui.messages.source import Found, Only, Place, Source
from desktopmail.gui.messages.vector import runs
from desktopmail.gui.messages.view import MessageView
from desktopmail.gui.widgets.line import Line

if TYPE_CHECKING:
    from desktopmail.domain.changes import ChangeSet
    from desktopmail.gui.messages.empty import EmptyState
    from desktopmail.gui.messages.fresh import FreshPill

_Selection = QItemSelectionModel.SelectionFlag
_Hint = QAbstractItemView.ScrollHint


class MessagePane(QWidget):
    """Signals: `selected` with the chosen ids (at most the first hundred) and how many there are in truth; `moved` at
    once when the selection changes; `opened` by Enter or double click; `row_command` with a command and one id;
    `menu_wanted` at a point; `walk` by Space; `marked` with the words that were searched for, none for a folder."""

    selected = Signal(list, int)
    opened = Signal(object)
    row_command = Signal(str, list)
    menu_wanted = Signal(QPoint)
    walk = Signal(bool)
    everywhere_wanted = Signal(bool)
    moved = Signal()
    marked = Signal(object)

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = ""
        self._density = DENSITIES["normal"]
        self.model = MessageModel(source, self)
        self.view = MessageView(self.model, self)
        self.view.painter_of_rows = RowPainter(self._density, date.today())
        self.view.setModel(self.model)
        self.header = ListHeader(self)
        self._body = QStackedLayout()
        self._body.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.header, Line(self)):
            layout.addWidget(part)
        layout.addLayout(self._body)
        self._waiting_words = ""
        self._told: list[MessageId] = []
        self._kept: tuple[set[int], int | None] = (set(), None)
        self._tell_later = QTimer(self, singleShot=True, interval=0)
        self._tell_later.timeout.connect(self.tell)
        self._midnight = QTimer(self, singleShot=True)
        self._midnight.timeout.connect(self._new_day)
        self._await_midnight()
        self._connect()

    def _connect(self) -> None:
        self.model.has_changed.connect(self._rows_changed)
        self.model.repaint.connect(self._looks_different)
        self.model.about_to_swap.connect(self._remember)
        self.model.swapped.connect(self._remind)
        # A reset takes the selection along without a word.
        self.model.modelReset.connect(self._chosen_anew)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._chosen_anew())
        self.view.activated.connect(lambda index: self.opened.emit(self.model.id_at(index.row())))
        self.view.row_command.connect(lambda name, row: self.row_command.emit(name, [self.model.id_at(row)]))
        self.view.menu_wanted.connect(self.menu_wanted)
        self.view.walk.connect(self.walk)
        self.view.scrolled.connect(self._scrolled)
        self.header.only_wanted.connect(self.filter)
        self.header.none_wanted.connect(self.view.clearSelection)
        self.header.everywhere_wanted.connect(self.everywhere_wanted)

    def _make_empty(self) -> EmptyState:
        """What stands where no rows are."""
        from desktopmail.gui.messages.empty import EmptyState

        empty = EmptyState(self)
        empty.wanted.connect(self._more)
        self._body.addWidget(empty)
        return empty

    def _make_fresh(self) -> FreshPill:
        """The sign of news above what is seen."""
        from desktopmail.gui.messages.fresh import FreshPill

        return FreshPill(self.view)

    empty, fresh = cached_property(_make_empty), cached_property(_make_fresh)

    def _scrolled(self) -> None:
        if "fresh" in self.__dict__:
            self.fresh.look()

    def _forget_news(self) -> None:
        if "fresh" in self.__dict__:
            self.fresh.forget()

    # What is shown --------------------------------------------------------------------------------------------

    def show_place(self, place: Place, title: str, *, grouped: bool) -> None:
        """Show a folder or a unified view from its top."""
        self.title = title
        self._mark(())
        self.view.outgoing = self._outgoing(place)
        self._forget_news()
        self.model.show(place, Only.ALL, grouped=grouped)
        self.view.verticalScrollBar().setValue(0)

    def show_found(self, found: Found) -> None:
        """Show search results, hits marked."""
        self._mark(found.terms)
        self.view.outgoing = False
        self._forget_news()
        self.model.show_found(found)
        self.view.verticalScrollBar().setValue(0)

    def filter(self, only: Only) -> None:
        """Narrow the shown place, or show all of it again; the chosen message stays chosen if it is still there."""
        place = self.model.place
        if place is None or isinstance(place, Found):
            return
        before = self.chosen(1)
        self.model.show(place, only, grouped=self.model.grouped)
        self.choose(before)

    def regroup(self, grouped: bool) -> None:
        """Show conversations or single messages; what was chosen stays in sight."""
        place = self.model.place
        if place is None or isinstance(place, Found):
            return
        before = self.chosen(1)
        self.model.show(place, self.model.only, grouped=grouped)
        self.choose(before)

    def density(self, name: str) -> None:
        """One of the three densities."""
        self._density = DENSITIES.get(name, DENSITIES["normal"])
        self._mark(self.model.place.terms if isinstance(self.model.place, Found) else ())

    def waiting(self, text: str) -> None:
        """What an empty place says while its first messages are on the way; empty when nothing is on the way."""
        if text != self._waiting_words:
            self._waiting_words = text
            self._rows_changed()

    def apply(self, changes: ChangeSet) -> None:
        """Follow the store; what was chosen stays chosen, what is seen stays where it is."""
        before = len(self.model)
        self.model.apply(changes)
        if len(self.model) > before:
            self.fresh.came(len(self.model) - before)

    def _mark(self, terms: Sequence[str]) -> None:
        hits = None
        if terms:
            from desktopmail.domain.query import beginnings

            hits = beginnings(terms)
        self.view.show_rows_with(RowPainter(self._density, date.today(), hits))
        self.marked.emit(terms)

    def _outgoing(self, place: Place) -> bool:
        if isinstance(place, Unified):
            return place in (Unified.SENT, Unified.DRAFTS)
        roles = (Role.SENT, Role.DRAFTS, Role.OUTBOX)
        return any(each.id == place and each.role in roles for each in self.model.source.folders())

    # The selection --------------------------------------------------------------------------------------------

    def chosen(self, most: int = 0) -> list[MessageId]:
        """The ids of the selected rows, the first few when a number is given."""
        return self.model.selected_ids(self.view.selectionModel().selection(), most)

    def count(self) -> int:
        """How many rows are selected."""
        selection = self.view.selectionModel().selection()
        return sum(selection.at(n).height() for n in range(selection.size()))

    def choose(self, ids: Iterable[MessageId], *, focus: bool = False) -> None:
        """Select these, as far as they are here, and bring the first into sight: from afar into the middle, with what
        is around it."""
        wanted = list(ids)
        rows = self.model.vector.rows_of(wanted)
        if len(rows) < len(wanted) and self.model.partial:
            self.model.whole()
            rows = self.model.vector.rows_of(wanted)
        if not rows:
            return
        selection = QItemSelection()
        for top, bottom in runs(rows):
            selection.select(self.model.index(top, 0), self.model.index(bottom, 0))
        first = self.model.index(rows[0], 0)
        afar = not self.view.viewport().rect().intersects(self.view.visualRect(first))
        self.view.selectionModel().setCurrentIndex(first, _Selection.NoUpdate)
        self.view.selectionModel().select(selection, _Selection.ClearAndSelect)
        self.view.scrollTo(first, _Hint.PositionAtCenter if afar else _Hint.EnsureVisible)
        if focus:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int, *, unread: bool = False) -> bool:
        """Choose the next or the previous row, or the next unread one. Whether there was one."""
        self.model.whole()
        current = self.view.currentIndex()
        row = current.row() + by
        if current.isValid() and not self.view.selectionModel().isSelected(current):
            row = current.row()
        if unread:
            wanted = unread_rows(self.model)
            beyond = [each for each in wanted if (each >= row if by > 0 else each <= row)]
            row = -1 if not beyond else beyond[0] if by > 0 else beyond[-1]
        if not 0 <= row < len(self.model):
            return False
        self.view.setCurrentIndex(self.model.index(row, 0))
        return True

    def _remember(self) -> None:
        current = self.view.currentIndex().row()
        rows = set(self.model.vector.rows_of(self.chosen()))
        # Conversations are known again by their number: the newest message of one may be another afterwards.
        column = self.model.vector.threads if self.model.grouped else self.model.vector.ids
        self._kept = ({column[row] for row in rows}, column[current] if current >= 0 else None)

    def _remind(self) -> None:
        """After the rows were exchanged: select what was selected, without moving anything."""
        chosen, current = self._kept
        column = self.model.vector.threads if self.model.grouped else self.model.vector.ids
        selection = QItemSelection()
        for first, last in runs([row for row, one in enumerate(column) if one in chosen] if chosen else []):
            selection.select(self.model.index(first, 0), self.model.index(last, 0))
        if current is not None:
            index = self.model.index(column.index(current) if current in column else -1, 0)
            self.view.selectionModel().setCurrentIndex(index, _Selection.NoUpdate)
        self.view.selectionModel().select(selection, _Selection.ClearAndSelect)

    def leave(self, ids: Sequence[MessageId]) -> None:
        """Take rows out because of something the person did: the row after them is chosen, or the one before."""
        rows = self.model.vector.rows_of(ids)
        if not rows:
            return
        lost = not set(ids).isdisjoint(self.chosen())
        after = self._after(rows)
        self.model.remove(ids)
        if lost and after is not None:
            self.choose([after])

    def _after(self, rows: Sequence[int]) -> MessageId | None:
        gone = set(rows)
        last = rows[-1]
        for row in range(last + 1, len(self.model)):
            if row not in gone:
                return self.model.id_at(row)
        first = next((row for row in range(rows[0] - 1, -1, -1) if row not in gone), -1)
        return self.model.id_at(first) if first >= 0 else None

    def summaries(self, ids: Sequence[MessageId]) -> list[Summary]:
        """Rows as they are shown, for the few that are looked at."""
        return [each for each in (self.model.summary(row) for row in self.model.vector.rows_of(ids)) if each]

    def neighbours(self) -> list[Summary]:
        """The rows that will probably be read next: two below the present one, one above."""
        row = self.view.currentIndex().row()
        wanted = [each for each in (row + 1, row + 2, row - 1) if row >= 0 and 0 <= each < len(self.model)]
        return [each for each in map(self.model.summary, wanted) if each]

    # Following ------------------------------------------------------------------------------------------------

    def _chosen_anew(self) -> None:
        self._tell_later.start()
        self.moved.emit()

    def _looks_different(self, ids: Set[int] | None) -> None:
        """Rows changed their looks (None: all): whoever shows a chosen one has to know."""
        if ids is None or not ids.isdisjoint(self._told):
            self._tell_later.start()

    def tell(self) -> None:
        """Say what is selected."""
        count = self.count()
        ids = self._told = self.chosen(100) if count else []
        self.header.show_chosen(count)
        self.selected.emit(ids, count)

    def _rows_changed(self) -> None:
        place = self.model.place
        if isinstance(place, Found):
            self.header.show_search(place.words if len(self.model) else "", place.everywhere, self.title)
        elif place is not None:
            self.header.show_place(self.title, *self._numbers(), self.model.only)
        if len(self.model):
            self._body.setCurrentWidget(self.view)
        else:
            self._say_empty()
            self._body.setCurrentWidget(self.empty)

    def _numbers(self) -> tuple[str, str]:
        total = len(self.model)
        if not total or self.model.partial:
            return "", ""
        return (words.conversations(total) if self.model.grouped else words.messages(total)), words.number(total)

    def _say_empty(self) -> None:
        place, only = self.model.place, self.model.only
        if isinstance(place, Found):
            title = self.tr("Nothing found for “{0}”").format(place.text)
            self.empty.say(title, place.searched, "" if place.everywhere else self.tr("Search everywhere"), "search")
        elif only is Only.UNREAD:
            self.empty.say(self.tr("Nothing unread here"), "", self.tr("Show all"), "mail-open")
        elif only is Only.STARRED:
            self.empty.say(self.tr("Nothing starred here"), "", self.tr("Show all"), "star")
        elif only.copy is not None:
            self.empty.say(self._none_in(only), "", self.tr("Show all"), "hard-drive")
        elif self._waiting_words:
            self.empty.say(self.tr("Messages are on their way"), self._waiting_words, "", "cloud-download")
        else:
            self.empty.say(self.tr("No messages here"))

    def _none_in(self, only: Only) -> str:
        match only:
            case Only.SERVER:
                return self.tr("Nothing here is only on the server")
            case Only.BOTH:
                return self.tr("Nothing here is both on this computer and on the server")
        return self.tr("Nothing here is only on this computer")

    def _more(self) -> None:
        """The button of an empty list: look further."""
        if isinstance(self.model.place, Found):
            self.everywhere_wanted.emit(True)
        else:
            self.filter(Only.ALL)

    def _await_midnight(self) -> None:
        now = datetime.now()
        tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
        self._midnight.start(round((tomorrow - now).total_seconds() * 1000) + 1000)

    def _new_day(self) -> None:
        self._mark(self.model.place.terms if isinstance(self.model.place, Found) else ())
        self.model.cut_anew()
        self._await_midnight()
