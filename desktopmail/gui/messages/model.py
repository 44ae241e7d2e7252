"""The model of the list: shows a place or search results, and follows the store.

News comes as ChangeSets and becomes insertions, removals and repaints; a reset happens only when another place is
shown. Of a large place the newest rows are read first, so that they are painted before the rest is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QMimeData, QObject, QTimer

from desktopmail.domain.folder import Folder, Lives, Role, Unified
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Summary
from desktopmail.gui.messages import news
from desktopmail.gui.messages.rowmodel import RowModel
from desktopmail.gui.messages.source import Found, Only, Place, Source
from desktopmail.gui.messages.vector import Entry, Vector
from desktopmail.gui.naming import folder_title
from desktopmail.gui.wares import only_ids

if TYPE_CHECKING:
    from desktopmail.domain.changes import ChangeSet

FIRST = 1_000
"""Rows that are read before the first picture."""
APART = (Role.DRAFTS, Role.OUTBOX, Role.TRASH, Role.JUNK, Role.SENT)
"""Folders in which one row is always one message."""
UNIFIED_ROLES = {Unified.INBOX: Role.INBOX, Unified.DRAFTS: Role.DRAFTS, Unified.SENT: Role.SENT}


class MessageModel(RowModel):
    """Life: `show` or `show_found` a place, then `apply` every ChangeSet. `whole` before anything that is about all
    rows; it happens by itself right after the first picture."""

    def __init__(self, source: Source, parent: QObject | None = None) -> None:
        super().__init__(source, parent)
        self.place: Place | Found | None = None
        self.only = Only.ALL
        self.on_server = True
        self.goods: Callable[[list[MessageId]], QMimeData] = only_ids
        self.folder_names: dict[int, str] = {}
        self._folders: frozenset[FolderId] | None = frozenset()
        self._apart: frozenset[FolderId] = frozenset()
        self._partial = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self.whole)

    # What is shown --------------------------------------------------------------------------------------------

    def show(self, place: Place, only: Only = Only.ALL, *, grouped: bool = False) -> None:
        """Show a folder or a unified view."""
        self.beginResetModel()
        self.place, self.only = place, only
        self.folder_names = {}
        self._folders, self.on_server = self._gathered(place)
        self._apart = frozenset(each.id for each in self.source.folders() if each.role in (Role.TRASH, Role.JUNK))
        self.grouped = grouped and self._groupable(place)
        self.vector = self._read(FIRST)
        # A conversation folds many messages into one row, so that fewer rows do not mean the end.
        self._partial = self.grouped or len(self.vector) >= FIRST
        self._after_reset()

    @property
    def partial(self) -> bool:
        """Whether so far only the newest rows are here."""
        return self._partial

    def painted(self) -> None:
        """The newest rows are on screen: read the rest next."""
        if self._partial:
            self._rest.start(0)

    def whole(self) -> None:
        """Have all rows, if so far there are only the newest."""
        if self._partial and self.place is not None and not isinstance(self.place, Found):
            self._partial = False
            news.append(self, self._read())
            self.has_changed.emit()

    def show_found(self, found: Found) -> None:
        """Show search results: a fixed row of ids, in which messages change and vanish but never appear."""
        self.beginResetModel()
        self._partial = False
        self.place, self.only, self.grouped = found, Only.ALL, False
        self._folders, self._apart, self.on_server = None, frozenset(), False
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

    def _read(self, limit: int = 0) -> Vector:
        assert self.place is not None and not isinstance(self.place, Found)
        rows = self.source.rows(
            self.place,
            grouped=self.grouped,
            unread=self.only is Only.UNREAD,
            starred=self.only is Only.STARRED,
            copy=self.only.copy,
            limit=limit,
        )
        return Vector(*rows)

    def _gathered(self, place: Place) -> tuple[frozenset[FolderId] | None, bool]:
        """The folders whose news concern this place (None: all), and whether what is there can also be on a server."""
        if place is Unified.STARRED:
            return None, False
        folders = self.source.folders()
        if isinstance(place, Unified):
            return frozenset(each.id for each in folders if each.role is UNIFIED_ROLES[place]), False
        return frozenset([place]), any(each.id == place and self._mirrored(each) for each in folders)

    def _mirrored(self, folder: Folder) -> bool:
        """Whether a server has, or may have, what lies in a folder: it lives there, or its mail comes by POP3."""
        if folder.lives is Lives.SERVER or folder.role not in (Role.INBOX, Role.ARCHIVE, Role.NONE):
            return folder.lives is Lives.SERVER
        return any(each.id == folder.account and each.kind == "pop3" for each in self.source.accounts())

    def _groupable(self, place: Place) -> bool:
        if isinstance(place, Unified):
            return place is Unified.INBOX
        return not any(each.id == place and each.role in APART for each in self.source.folders())

    def holds(self, summary: Summary) -> bool:
        """Whether a message lies in the shown place."""
        return self.within(summary.folder)

    def within(self, folder: int) -> bool:
        """Whether a folder is part of the shown place."""
        return folder not in self._apart if self._folders is None else folder in self._folders

    def heads(self, threads: Iterable[int]) -> list[Entry]:
        """The rows that some conversations would have if the place was read now."""
        assert self.place is not None and not isinstance(self.place, Found)
        unread, starred = self.only is Only.UNREAD, self.only is Only.STARRED
        return self.source.heads(self.place, threads, unread=unread, starred=starred, copy=self.only.copy)

    def selected_ids(self, selection: QItemSelection, most: int = 0) -> list[MessageId]:
        """The rows of a selection, in their order: by ranges, so that selecting everything costs little. At most so
        many, when a number is given."""
        ranges = sorted((selection.at(n).top(), selection.at(n).bottom()) for n in range(selection.size()))
        found: list[MessageId] = []
        for top, bottom in ranges:
            found += map(MessageId, self.vector.ids[top : bottom + 1])
            if most and len(found) >= most:
                return found[:most]
        return found

    # Changes --------------------------------------------------------------------------------------------------

    def apply(self, changes: ChangeSet) -> None:
        """Follow the store."""
        if self.place is None:
            return
        added, changed, removed = (self._concerned(part) for part in (changes.added, changes.changed, changes.removed))
        if isinstance(self.place, Found):
            left = {key[0] for key in self.source.keys(removed)}
            self.remove(removed - left)
            self.refresh(changed | added)
        elif added or changed or removed:
            self.whole()
            news.apply(self, added, changed, removed)

    def _concerned(self, part: Mapping[FolderId, Iterable[MessageId]]) -> set[MessageId]:
        return {one for folder, ids in part.items() if self._folders is None or folder in self._folders for one in ids}

    def reread(self) -> None:
        """Read the place again and change only what differs."""
        if self.place is not None and not isinstance(self.place, Found):
            self._partial = False
            news.reread(self, self._read())
