"""Rows for Qt: an id vector, a window of summaries read when they are painted, and changes row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags, Summary
from desktopmail.gui.messages.layout import Section
from desktopmail.gui.messages.sections import sections
from desktopmail.gui.messages.source import Source
from desktopmail.gui.messages.spoken import spoken
from desktopmail.gui.messages.vector import Blocks, Entry, Vector, blocks, runs

WINDOW = 60
"""Rows that are read at once where none was at hand."""
MARGIN = 8
"""Rows that are read beside those that were wanted, where some were at hand."""
KEPT = 2_000
PIECES = 48
"""When a change touches more places than this, the whole vector is exchanged: Qt pays for every single insertion."""
Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractListModel):
    """What `MessageModel` stands on. `about_to_change` and `has_changed` frame every change of rows, so that a view
    can keep its picture still; `repaint` with ids (None: all) when rows only look different. `about_to_swap` and
    `swapped` lie around a reset that shows the same place: whoever holds a selection keeps it by ids."""

    about_to_change = Signal()
    has_changed = Signal()
    repaint = Signal(object)
    about_to_swap = Signal()
    swapped = Signal()

    def __init__(self, source: Source, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source = source
        self.grouped = False
        self.sections: list[Section] = []
        self.vector = Vector()
        self._cache: dict[int, Summary] = {}
        self.pieces: dict[MessageId, str] = {}
        """What some rows show in place of the beginning of their message; `refresh` them after a change."""
        self._depth = 0

    def __len__(self) -> int:
        return len(self.vector)

    # Rows -----------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature of Qt
        return 0 if parent.isValid() else len(self.vector)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            summary = self.summary(index.row())
            return spoken(summary) if summary else ""
        if role == Qt.ItemDataRole.DisplayRole:
            summary = self.summary(index.row())
            return summary.subject if summary else ""
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled

    def summary(self, row: int) -> Summary | None:
        """The message of a row, read with its neighbours when it is not at hand. None only for a moment, while a
        message is gone from the store and the news of it is on the way."""
        if not 0 <= row < len(self.vector):
            return None
        one = self.vector.ids[row]
        if one not in self._cache:
            self.prepare(row, row)
        return self._cache.get(one)

    def prepare(self, first: int, last: int) -> None:
        """Have the rows from `first` to `last` at hand, and a few around them, with one query."""
        ids = self.vector.ids
        here = ids[first : last + 1]
        missing = sum(one not in self._cache for one in here)
        if not missing:
            return
        margin = MARGIN if missing < len(here) else max(0, WINDOW - (last - first)) // 2
        wanted = [MessageId(one) for one in ids[max(0, first - margin) : last + 1 + margin] if one not in self._cache]
        if len(self._cache) > KEPT:
            self._cache.clear()
        for summary in self.source.summaries(wanted, grouped=self.grouped):
            piece = self.pieces.get(summary.id)
            self._cache[summary.id] = summary if piece is None else replace(summary, preview=piece)

    def id_at(self, row: int) -> MessageId:
        """The message of a row; in a list of conversations the newest of it."""
        return MessageId(self.vector.ids[row])

    # Changes --------------------------------------------------------------------------------------------------

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Several changes of rows that the view may take as one."""
        if not self._depth:
            self.about_to_change.emit()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._cut()
                self.has_changed.emit()

    def remove(self, ids: Iterable[int]) -> None:
        """Take rows out; ids without a row are ignored."""
        rows = self.vector.rows_of(ids)
        if not rows:
            return
        pieces = runs(rows)
        if len(pieces) > PIECES:
            self.swap(self.vector.without(rows))
            return
        with self.changing():
            for first, last in reversed(pieces):
                self.beginRemoveRows(QModelIndex(), first, last)
                self.vector.remove(first, last)
                self.endRemoveRows()

    def insert(self, entries: Iterable[Entry]) -> None:
        """Put rows in where they belong; those that are there already are left alone."""
        self.put(blocks(self.vector, entries))

    def put(self, parts: Blocks) -> None:
        """Put blocks of (id, sort, thread) in, from the last row to the first."""
        if not parts:
            return
        if len(parts) > PIECES:
            self.swap(self.vector.merged(parts))
            return
        with self.changing():
            for row, entries in parts:
                self.beginInsertRows(QModelIndex(), row, row + len(entries) - 1)
                self.vector.insert(row, entries)
                self.endInsertRows()

    def swap(self, fresh: Vector) -> None:
        """Exchange all rows for another reading of the same place."""
        with self.changing():
            self.about_to_swap.emit()
            self.beginResetModel()
            self.vector = fresh
            self._cut()
            self.endResetModel()
            self.swapped.emit()

    def replace_head(self, row: int, entry: Entry) -> None:
        """Give a conversation's row another newest message, and move it to where that belongs. It stays the same row
        for whoever has it selected."""
        to = self.vector.place_of(entry[1], entry[0])
        to -= to > row
        with self.changing():
            if to != row:
                self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to + 1 if to > row else to)
            self.vector.remove(row, row)
            self.vector.insert(to, [entry])
            if to != row:
                self.endMoveRows()
        self.refresh([entry[0]])

    def refresh(self, ids: Iterable[int] | None) -> None:
        """Read some messages again (None: all), if they are shown."""
        touched = None if ids is None else set(ids)
        if touched is None:
            self._cache.clear()
        else:
            for one in touched.intersection(self._cache):
                del self._cache[one]
        if touched or touched is None:
            self.repaint.emit(touched)

    def refresh_threads(self, threads: Set[int]) -> None:
        """Read the rows of some conversations again, if they are shown."""
        self.refresh([one for one, summary in self._cache.items() if summary.thread in threads])

    def foresee(self, ids: Iterable[int], add: Flags = Flags.NONE, remove: Flags = Flags.NONE) -> None:
        """Show flags as they will be, before the store has said so: the next news of these messages is the truth."""
        touched = set(ids)
        for one in touched:
            summary = self._cache.get(one)
            if summary is not None:
                self._cache[one] = replace(summary, flags=(summary.flags | add) & ~remove)
        self.repaint.emit(touched)

    def cut_anew(self) -> None:
        """Work out the sections again: a new day began."""
        with self.changing():
            pass

    def _cut(self) -> None:
        self.sections = sections(self.vector.sorts, date.today())
