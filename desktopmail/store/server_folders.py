"""What the servers call their folders and how far each is known: the server half of `tx.folders`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from desktopmail.domain.folder import Lives, Role
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.store.folders import FolderTree
from desktopmail.store.packing import clean
from desktopmail.store.rows import FolderMark

PLACEHOLDER = frozenset({"\\noselect", "\\nonexistent"})

_UPDATE_MARK = """
UPDATE imap_folder SET server_name = ?, delimiter = ?, attributes = ?, uid_validity = ?, uid_next = ?,
    highest_mod_seq = ?, down_to = ? WHERE folder = ?
"""
_INSERT_MARK = """
INSERT INTO imap_folder (server_name, delimiter, attributes, uid_validity, uid_next, highest_mod_seq, down_to,
    folder, account, path) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UNCLAIMED = """
SELECT f.id, f.role FROM folder AS f WHERE f.account = ? AND f.lives = 'server' AND f.removed = 0
    AND NOT EXISTS (SELECT 1 FROM imap_folder AS i WHERE i.folder = f.id)
"""
_CHILD = """
SELECT f.id FROM folder AS f WHERE f.account = ? AND f.parent IS ? AND f.removed = 0 AND f.id <> ?
    AND (f.name = ? OR (? AND f.role = 'inbox')) ORDER BY f.role = 'none' LIMIT 1
"""
_PATH = """
WITH RECURSIVE up (id, parent, name, depth) AS (
    SELECT id, parent, name, 0 FROM folder WHERE id = ?
    UNION SELECT f.id, f.parent, f.name, up.depth + 1 FROM up JOIN folder AS f ON f.id = up.parent WHERE up.depth < 100
) SELECT name FROM up ORDER BY depth DESC
"""


class Folders(FolderTree):
    """`tx.folders`: the tree, and what the server has. Nothing here changes what the person wants, except that a
    folder seen for the first time takes its name and place from the server."""

    def by_server_name(self, account: AccountId, server_name: str) -> FolderId | None:
        """The folder that the server calls so."""
        found = self._db.execute(
            "SELECT folder FROM imap_folder WHERE account = ? AND server_name = ?", (account, clean(server_name))
        ).get
        return FolderId(found) if found else None

    def mark(self, folder: FolderId) -> FolderMark:
        """How far the folder is known."""
        row = self._db.execute(
            "SELECT server_name, delimiter, uid_validity, uid_next, highest_mod_seq, down_to, attributes"
            " FROM imap_folder WHERE folder = ?",
            (folder,),
        ).fetchone()
        if row is None:
            return FolderMark()
        name, delimiter, uid_validity, uid_next, mod_seq, down_to, attributes = row
        return FolderMark(name, delimiter, uid_validity, uid_next, mod_seq, down_to, frozenset(attributes.split()))

    def set_mark(self, folder: FolderId, mark: FolderMark) -> None:
        """Remember how far the folder is known. The first mark with a server name says that the server has it now."""
        if mark.server_name is None:
            self._db.execute("DELETE FROM imap_folder WHERE folder = ?", (folder,))
            return
        values = (
            clean(mark.server_name),
            mark.delimiter,
            " ".join(sorted(mark.attributes)).lower(),
            mark.uid_validity,
            mark.uid_next,
            mark.highest_mod_seq,
            mark.down_to,
        )
        self._db.execute(_UPDATE_MARK, (*values, folder))
        if not self._db.changes():
            account = self._db.execute("SELECT account FROM folder WHERE id = ?", (folder,)).get
            self._db.execute(_INSERT_MARK, (*values, folder, account, self._path(folder)))

    def adopt(
        self,
        account: AccountId,
        server_name: str,
        path: str,
        role: Role = Role.NONE,
        delimiter: str = "/",
        attributes: Collection[str] = (),
    ) -> FolderId:
        """The folder for what the server lists; made when there is none yet.

        Matched by server name, then by role, then by path. `path` is the server's name for people, levels joined
        with '/'. A second folder with a role is an ordinary folder.
        """
        folder = self.by_server_name(account, server_name)
        if folder is None:
            path = clean(path)
            folder = self._unclaimed(account, path, role)
            if folder is None:
                taken = role is not Role.NONE and self._has_role(account, role)
                folder = self._insert(account, None, path, Role.NONE if taken else role, Lives.SERVER)
            self._place(account, folder, path, clean(server_name), delimiter)
        known = self.mark(folder)
        mark = replace(
            known,
            server_name=clean(server_name),
            delimiter=delimiter or "/",
            attributes=frozenset(one.lower() for one in attributes),
        )
        if mark != known:
            self.set_mark(folder, mark)
            self._notes.folder(folder)
            self._notes.tree = True
        return folder

    def renamed(self, folder: FolderId, server_name: str) -> None:
        """The server calls the folder so from now on, and those below it accordingly."""
        old = self.mark(folder).server_name
        if old is None:
            return
        for one in [folder, *self.below(folder)]:
            name = self.mark(one).server_name
            if name is not None and name.startswith(old):
                self._db.execute(
                    "UPDATE imap_folder SET server_name = ?, path = ? WHERE folder = ?",
                    (clean(server_name) + name[len(old) :], self._path(one), one),
                )

    def dropped(self, folder: FolderId) -> None:
        """The server has a removed folder no more, by our own doing."""
        self._db.execute("DELETE FROM imap_folder WHERE folder = ?", (folder,))
        self._forget(folder)
        self._notes.tree = True

    def gone(self, account: AccountId, present: Collection[str]) -> list[FolderId]:
        """The folders the server had and does not list any more. Folders of the person's own leave the tree; those
        with a role will be made again. The caller reports their copies as vanished (`copies.drop_folder`) first
        thing, and `copies.sweep_vanished` brings a folder back in which something stored only here remains."""
        names = {clean(name) for name in present}
        lost = [
            FolderId(folder)
            for folder, name in self._db.execute(
                "SELECT folder, server_name FROM imap_folder WHERE account = ?", (account,)
            )
            if name not in names
        ]
        for folder in lost:
            self._db.execute("DELETE FROM imap_folder WHERE folder = ?", (folder,))
            self._db.execute("UPDATE folder SET removed = 1 WHERE id = ? AND role = 'none'", (folder,))
            self._notes.folder(folder)
            self._notes.tree = True
        return lost

    def fail(self, folder: FolderId, text: str, retry_at: int) -> None:
        """The server refused to make, rename or delete the folder; try again not before `retry_at`."""
        self._db.execute("UPDATE folder SET retry_at = ? WHERE id = ?", (retry_at, folder))
        self.set_problem(folder, text)

    def _unclaimed(self, account: AccountId, path: str, role: Role) -> FolderId | None:
        """A folder of the tree that is to be on the server and has no name there yet: by role, else by path."""
        rows = list(self._db.execute(_UNCLAIMED, (account,)))
        same = [one for one, name in rows if role is not Role.NONE and name == role.value]
        same = same or [one for one, _ in rows if self._path(one) == path]
        return FolderId(same[0]) if same else None

    def _place(self, account: AccountId, folder: FolderId, path: str, server_name: str, delimiter: str) -> None:
        """Give a folder the name and the parents that its path on the server says."""
        levels = path.split("/")
        parent: FolderId | None = None
        for depth, level in enumerate(levels[:-1], 1):
            there = self._child(account, parent, level, folder)
            if there is not None:
                parent = there
                continue
            parent = self._insert(account, parent, level, Role.NONE, Lives.SERVER)
            name = server_name.rsplit(delimiter or "/", len(levels) - depth)[0]
            if self.by_server_name(account, name) is None:
                self.set_mark(parent, FolderMark(name, delimiter or "/", attributes=PLACEHOLDER))
        self._db.execute("UPDATE folder SET name = ?, parent = ? WHERE id = ?", (levels[-1], parent, folder))

    def _has_role(self, account: AccountId, role: Role) -> bool:
        return bool(
            self._db.execute(
                "SELECT EXISTS (SELECT 1 FROM folder WHERE account = ? AND role = ? AND removed = 0)",
                (account, role.value),
            ).get
        )

    def _child(self, account: AccountId, parent: FolderId | None, name: str, besides: FolderId) -> FolderId | None:
        """The folder of this name below another; at the top the Inbox answers to its name in any case."""
        found = self._db.execute(_CHILD, (account, parent, besides, name, name.casefold() == "inbox")).get
        return FolderId(found) if found else None

    def _path(self, folder: int) -> str:
        """The path of one folder, without a look at all the others."""
        return "/".join(name for (name,) in self._db.execute(_PATH, (folder,)))
