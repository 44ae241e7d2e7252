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
        one = self.get(folder)
        self._db.execute(
            "INSERT INTO imap_folder (folder, account, server_name, path, delimiter, attributes, uid_validity,"
            " uid_next, highest_mod_seq, down_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (folder) DO UPDATE SET server_name = excluded.server_name, delimiter = excluded.delimiter,"
            " attributes = excluded.attributes, uid_validity = excluded.uid_validity, uid_next = excluded.uid_next,"
            " highest_mod_seq = excluded.highest_mod_seq, down_to = excluded.down_to",
            (
                folder,
                one.account,
                clean(mark.server_name),
                one.path,
                mark.delimiter,
                " ".join(sorted(mark.attributes)).lower(),
                mark.uid_validity,
                mark.uid_next,
                mark.highest_mod_seq,
                mark.down_to,
            ),
        )

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
                taken = role is not Role.NONE and self.by_role(account, role) is not None
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
                    (clean(server_name) + name[len(old) :], self.get(one).path, one),
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
        free = [one for one in self.all(account) if one.lives is Lives.SERVER and self.mark(one.id).server_name is None]
        same = [one for one in free if role is not Role.NONE and one.role is role]
        same = same or [one for one in free if one.path == path]
        return same[0].id if same else None

    def _place(self, account: AccountId, folder: FolderId, path: str, server_name: str, delimiter: str) -> None:
        """Give a folder the name and the parents that its path on the server says."""
        levels = path.split("/")
        parent: FolderId | None = None
        for depth, level in enumerate(levels[:-1], 1):
            rows = [one for one in self.all(account) if one.parent == parent and one.id != folder]
            match = [one for one in rows if one.name == level]
            match = match or [one for one in rows if one.role is Role.INBOX and level.casefold() == "inbox"]
            if match:
                parent = match[0].id
                continue
            parent = self._insert(account, parent, level, Role.NONE, Lives.SERVER)
            name = server_name.rsplit(delimiter or "/", len(levels) - depth)[0]
            if self.by_server_name(account, name) is None:
                self.set_mark(parent, FolderMark(name, delimiter or "/", attributes=PLACEHOLDER))
        self._db.execute("UPDATE folder SET name = ?, parent = ? WHERE id = ?", (levels[-1], parent, folder))
