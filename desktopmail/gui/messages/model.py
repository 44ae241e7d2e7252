"""The model of the list: an id vector, a window of summaries, and changes applied row by row.

A row is read when it is painted, sixty at a time. News comes as ChangeSets and becomes insertions, removals and
repaints; a reset happens only when another place is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QAbstractListModel, QItemSelection, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.folder import Lives, Role, Unified
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Flags, Summary
from desktopmail.gui.messages import news
from desktopmail.gui.messages.layout import Section
from desktopmail.gui.messages.sections import sections
from desktopmail.gui.messages.source import Found, Only, Place, Source
from desktopmail.gui.messages.spoken import spoken
from desktopmail.gui.messages.vector import Vector, runs
from desktopmail.gui.naming import folder_title

WINDOW = 60
KEPT = 2_000
Index = QModelIndex | QPersistentModelIndex

UNIFIED_ROLES = {Unified.INBOX: Role.INBOX, Unified.DRAFTS: Role.DRAFTS, Unified.SENT: Role.SENT}


class MessageModel(QAbstractListModel):
    """Life: `show` or `show_found` a place, then `apply` every ChangeSet. `about_to_change` and `has_changed` frame
    every change of rows, so that a view can keep its picture still."""

    about_to_change = Signal()
    has_changed = Signal()
    repaint = Signal()

    def __init__(self, source: Source, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source = source
        self.place: Place | Found | None = None
        self.only = Only.ALL
        self.grouped = False
        self.on_server = True
        self.command_words: dict[str, str] = {}
        self.folder_names: dict[int, str] = {}
        self.sections: list[Section] = []
        self.vector = Vector()
        self._folders: frozenset[FolderId] | None = frozenset()
        self._cache: dict[int, Summary] = {}

    def __len__(self) -> int:
        return len(self.vector)

    # What is shown --------------------------------------------------------------------------------------------

    def show(self, place: Place, only: Only = Only.ALL, *, grouped: bool = False) -> None:
        """Show a folder or a unified view."""
        self.beginResetModel()
        self.place, self.only = place, only
        self.folder_names = {}
        self._folders, self.on_server = self._gathered(place)
        # Flat views keep own drafts and sent mail apart: one row is one message there.
        self.grouped = grouped and self._groupable(place)
        self.vector = self._read()
        self._after_reset()

    def show_found(self, found: Found) -> None:
        """Show search results: a fixed row of ids, in which messages change and vanish but never appear."""
        self.beginResetModel()
        self.place, self.only, self.grouped = found, Only.ALL, False
        self._folders, self.on_server = None, False
        self.folder_names = {each.id: folder_title(each) for each in self.source.folders()}
        keys = {key[0]: key for key in self.source.keys(found.ids)}
        self.vector = Vector()
        self.vector.insert(0, [keys[one][:3] for one in found.ids if one in keys])
        self._after_reset()

    def _after_reset(self) -> None:
        self._cache.clear()
        self._cut()
        self.endResetModel()
        self.has_changed.emit()

    def _read(self) -> Vector:
        assert self.place is not None and not isinstance(self.place, Found)
        unread, starred = self.only is Only.UNREAD, self.only is Only.STARRED
        return Vector(*self.source.rows(self.place, grouped=self.grouped, unread=unread, starred=starred))

    def _gathered(self, place: Place) -> tuple[frozenset[FolderId] | None, bool]:
        """The folders whose news concern this place (None: all), and whether it lives on a server."""
        if place is Unified.STARRED:
            return None, False
        folders = self.source.folders()
        if isinstance(place, Unified):
            return frozenset(each.id for each in folders if each.role is UNIFIED_ROLES[place]), False
        return frozenset([place]), any(each.id == place and each.lives is Lives.SERVER for each in folders)

    def _groupable(self, place: Place) -> bool:
        if isinstance(place, Unified):
            return place is Unified.INBOX
        apart = (Role.DRAFTS, Role.OUTBOX, Role.TRASH, Role.JUNK, Role.SENT)
        return not any(each.id == place and each.role in apart for each in self.source.folders())

    def cut_anew(self) -> None:
        """Work out the sections again: a new day began."""
        self.about_to_change.emit()
        self._cut()
        self.has_changed.emit()

    def _cut(self) -> None:
        self.sections = sections(self.vector.sorts, date.today())

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
        if all(one in self._cache for one in ids[first : last + 1]):
            return
        margin = max(0, WINDOW - (last - first)) // 2
        wanted = [MessageId(one) for one in ids[max(0, first - margin) : last + 1 + margin] if one not in self._cache]
        if len(self._cache) > KEPT:
            self._cache.clear()
        for summary in self.source.summaries(wanted, grouped=self.grouped):
            self._cache[summary.id] = summary

    def holds(self, summary: Summary) -> bool:
        """Whether a message lies in the shown place."""
        return self._folders is None or summary.folder in self._folders

    def id_at(self, row: int) -> MessageId:
        """The message of a row; in a list of conversations the newest of it."""
        return MessageId(self.vector.ids[row])

    def selected_ids(self, selection: QItemSelection) -> list[MessageId]:
        """The rows of a selection, in their order: by ranges, so that selecting everything costs nothing."""
        ranges = sorted((selection.at(n).top(), selection.at(n).bottom()) for n in range(selection.size()))
        return [MessageId(one) for top, bottom in ranges for one in self.vector.ids[top : bottom + 1]]

    # Changes --------------------------------------------------------------------------------------------------

    def apply(self, changes: ChangeSet) -> None:
        """Follow the store."""
        if self.place is None:
            return
        added, changed, removed = (self._concerned(part) for part in (changes.added, changes.changed, changes.removed))
        if isinstance(self.place, Found):
            self.remove([one for one in removed if not self._still_there(one)])
            self.refresh(changed | added)
        elif added or changed or removed:
            news.apply(self, added, changed, removed)

    def _concerned(self, part: Mapping[FolderId, Iterable[MessageId]]) -> set[MessageId]:
        return {one for folder, ids in part.items() if self._folders is None or folder in self._folders for one in ids}

    def _still_there(self, one: MessageId) -> bool:
        return bool(self.source.keys([one]))

    def remove(self, ids: Iterable[int]) -> None:
        """Take rows out; ids without a row are ignored."""
        rows = self.vector.rows_of(ids)
        if not rows:
            return
        self.about_to_change.emit()
        for first, last in reversed(runs(rows)):
            self.beginRemoveRows(QModelIndex(), first, last)
            self.vector.remove(first, last)
            self.endRemoveRows()
        self._cut()
        self.has_changed.emit()

    def insert(self, parts: Sequence[tuple[int, list[tuple[int, int, int]]]]) -> None:
        """Put blocks of (id, sort, thread) in, from the last row to the first."""
        if not parts:
            return
        self.about_to_change.emit()
        for row, entries in parts:
            self.beginInsertRows(QModelIndex(), row, row + len(entries) - 1)
            self.vector.insert(row, entries)
            self.endInsertRows()
        self._cut()
        self.has_changed.emit()

    def replace_head(self, row: int, entry: tuple[int, int, int], to: int) -> None:
        """Give a conversation's row another newest message, and move it to the row `to` of the list without it. It
        stays the same row for whoever has it selected."""
        self.about_to_change.emit()
        if to != row:
            self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to + 1 if to > row else to)
        self.vector.remove(row, row)
        self.vector.insert(to, [entry])
        if to != row:
            self.endMoveRows()
        self._cut()
        self.has_changed.emit()
        self.refresh([entry[0]])

    def reread(self) -> None:
        """Read the place again and change only what differs."""
        if self.place is not None and not isinstance(self.place, Found):
            news.reread(self, self._read())

    def refresh(self, ids: Iterable[int] | None) -> None:
        """Read some messages again (None: all), if they are shown."""
        if ids is None:
            self._cache.clear()
        else:
            for one in ids:
                self._cache.pop(one, None)
        self.repaint.emit()

    def foresee(self, ids: Iterable[int], add: Flags = Flags.NONE, remove: Flags = Flags.NONE) -> None:
        """Show flags as they will be, before the store has said so: the next news of these messages is the truth."""
        for one in ids:
            summary = self._cache.get(one)
            if summary is not None:
                self._cache[one] = replace(summary, flags=(summary.flags | add) & ~remove)
        self.repaint.emit()
