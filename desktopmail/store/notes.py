"""What a transaction touches, gathered while it runs: folder counts to write at its end, and the news to announce."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import apsw

from desktopmail.domain.ids import AccountId, FolderId, MessageId

if TYPE_CHECKING:
    from desktopmail.domain.changes import ChangeSet


class Notes:
    """Lives for one transaction. Every mutating method of the store reports here; `settle` writes the counts."""

    def __init__(self) -> None:
        self._added: dict[FolderId, dict[MessageId, None]] = {}
        self._changed: dict[FolderId, dict[MessageId, None]] = {}
        self._removed: dict[FolderId, dict[MessageId, None]] = {}
        self._folders: set[FolderId] = set()
        self._accounts: set[AccountId] = set()
        self._total: dict[FolderId, int] = {}
        self._unread: dict[FolderId, int] = {}
        self._arrivals: list[MessageId] = []
        self.tree = False
        self.outbox = False
        self.work = False
        self.settings = False

    def appeared(self, folder: FolderId, ids: Sequence[MessageId], unread: int) -> None:
        """Messages became visible in a folder, `unread` of them not seen yet."""
        fresh = dict.fromkeys(ids)
        if gone := self._removed.get(folder):
            back = fresh.keys() & gone.keys()
            for message in back:
                del gone[message], fresh[message]
            self._changed.setdefault(folder, {}).update(dict.fromkeys(back))
        self._added.setdefault(folder, {}).update(fresh)
        self._total[folder] = self._total.get(folder, 0) + len(ids)
        self._unread[folder] = self._unread.get(folder, 0) + unread

    def left(self, folder: FolderId, ids: Sequence[MessageId], unread: int) -> None:
        """Messages are no longer visible in a folder, `unread` of them were not seen."""
        self._removed.setdefault(folder, {}).update(dict.fromkeys(ids))
        self._total[folder] = self._total.get(folder, 0) - len(ids)
        self._unread[folder] = self._unread.get(folder, 0) - unread

    def changed(self, folder: FolderId, ids: Sequence[MessageId], unread: int = 0) -> None:
        """Visible messages look different; the number of unread ones changed by `unread`."""
        self._changed.setdefault(folder, {}).update(dict.fromkeys(ids))
        if unread:
            self._unread[folder] = self._unread.get(folder, 0) + unread

    def folder(self, folder: FolderId) -> None:
        """A folder's own row looks different (name, problem, abilities)."""
        self._folders.add(folder)

    def account(self, account: AccountId) -> None:
        """An account was added, changed or removed."""
        self._accounts.add(account)

    def arrived(self, ids: Iterable[MessageId]) -> None:
        """New messages deserve a notice."""
        self._arrivals.extend(ids)

    def settle(self, db: apsw.Connection) -> None:
        """Write the folder counts; still inside the transaction."""
        rows = [
            (total, self._unread.get(folder, 0), folder)
            for folder, total in (self._total | {f: self._total.get(f, 0) for f in self._unread}).items()
            if total or self._unread.get(folder, 0)
        ]
        if rows:
            db.executemany("UPDATE folder SET total = total + ?, unread = unread + ? WHERE id = ?", rows)
        self._folders.update(folder for _, _, folder in rows)

    def changes(self) -> ChangeSet:
        """The news, for after the commit."""
        from desktopmail.domain.changes import ChangeSet

        return ChangeSet(
            added={folder: tuple(ids) for folder, ids in self._added.items() if ids},
            changed={folder: tuple(ids) for folder, ids in self._changed.items() if ids},
            removed={folder: tuple(ids) for folder, ids in self._removed.items() if ids},
            folders=frozenset(self._folders),
            tree=self.tree,
            accounts=frozenset(self._accounts),
            outbox=self.outbox,
            work=self.work,
            settings=self.settings,
            arrivals=tuple(self._arrivals),
        )
