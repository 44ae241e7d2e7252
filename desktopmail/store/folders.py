"""The folder tree as the person wants it: the tree half of `tx.folders`."""

from __future__ import annotations

import apsw

from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.folder import Folder, Lives, Role
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.domain.saying import phrase
from desktopmail.store.notes import Notes
from desktopmail.store.packing import clean
from desktopmail.store.tree import folders


class FolderTree:
    """Reading the tree, and the person's verbs on it. What differs from the server afterwards is pushed later."""

    def __init__(self, db: apsw.Connection, notes: Notes) -> None:
        self._db = db
        self._notes = notes

    def all(self, account: AccountId | None = None) -> tuple[Folder, ...]:
        """The folders of one account or of all."""
        return folders(self._db, account or 0)

    def get(self, folder: FolderId) -> Folder:
        """One folder. Raises NotFound."""
        account = self._db.execute("SELECT account FROM folder WHERE id = ?", (folder,)).get
        for one in folders(self._db, account) if account else ():
            if one.id == folder:
                return one
        raise NotFound(phrase("There is no such folder"), phrase("No folder has the number {0}.", folder))

    def by_role(self, account: AccountId, role: Role) -> Folder | None:
        """The folder with this role."""
        return next((one for one in self.all(account) if one.role is role), None)

    def by_path(self, account: AccountId, path: str) -> Folder | None:
        """The folder with this path; 'inbox' in any case is the Inbox."""
        for one in self.all(account):
            if one.path == path or (one.role is Role.INBOX and path.casefold() == "inbox"):
                return one
        return None

    def create(self, account: AccountId, parent: FolderId | None, name: str) -> FolderId:
        """A new folder of the person's own; one of the same name that was removed and not yet pushed comes back.
        Raises WrongUsage when the name is empty or taken."""
        name = clean(name).strip()
        if not name:
            raise WrongUsage(phrase("A folder needs a name"))
        self._free(account, parent, name)
        lives = self._db.execute(
            "SELECT coalesce((SELECT lives FROM folder WHERE id = ?), "
            "(SELECT lives FROM folder WHERE account = ? AND role = 'inbox'), 'here')",
            (parent, account),
        ).get
        return self._insert(account, parent, name, Role.NONE, Lives(lives))

    def rename(self, folder: FolderId, name: str, parent: FolderId | None = None) -> None:
        """Another name, and with `parent` another place. Raises NotFound, WrongUsage."""
        old = self.get(folder)
        name = clean(name).strip()
        where = old.parent if parent is None else parent
        if not name:
            raise WrongUsage(phrase("A folder needs a name"))
        self._free(old.account, where, name, folder)
        if where is not None and where in {folder, *self.below(folder)}:
            raise WrongUsage(phrase("A folder cannot be put into itself"))
        self._db.execute("UPDATE folder SET name = ?, parent = ?, retry_at = 0 WHERE id = ?", (name, where, folder))
        self._tell(folder)

    def remove(self, folder: FolderId) -> None:
        """Take a folder and those below it out of the tree. What is inside has to be moved or removed before.
        Raises WrongUsage while messages are visible in it."""
        inside = [folder, *self.below(folder)]
        for one in inside:
            if self._db.execute("SELECT EXISTS (SELECT 1 FROM message WHERE folder = ? AND hidden = 0)", (one,)).get:
                raise WrongUsage(phrase("The folder is not empty"), phrase("Move or remove its messages first."))
        for one in reversed(inside):
            self._db.execute("UPDATE folder SET removed = 1, retry_at = 0 WHERE id = ?", (one,))
            self._tell(one)
            self._forget(one)

    def bring_back(self, folder: FolderId) -> None:
        """A removed folder that cannot go stands in the tree again, with those above it."""
        above: int | None = folder
        while above:
            self._db.execute("UPDATE folder SET removed = 0, retry_at = 0 WHERE id = ? AND removed = 1", (above,))
            if self._db.changes():
                self._tell(FolderId(above))
            above = self._db.execute("SELECT parent FROM folder WHERE id = ?", (above,)).get

    def below(self, folder: FolderId) -> list[FolderId]:
        """Every folder below this one, parents before children."""
        return [
            FolderId(one)
            for (one,) in self._db.execute(
                "WITH RECURSIVE down (id) AS (SELECT id FROM folder WHERE parent = ?1"
                " UNION SELECT f.id FROM folder AS f JOIN down ON f.parent = down.id) SELECT id FROM down",
                (folder,),
            )
        ]

    def _free(self, account: AccountId, parent: FolderId | None, name: str, besides: FolderId | None = None) -> None:
        """Refuse a name that another folder has there; the Inbox has its own in any case (RFC 3501 section 5.1)."""
        inbox = parent is None and name.casefold() == "inbox"
        for one in self.all(account):
            if one.id != besides and one.parent == parent and (one.name == name or (inbox and one.role is Role.INBOX)):
                raise WrongUsage(phrase("There is a folder “{0}” already", one.name))

    def set_problem(self, folder: FolderId, text: str) -> None:
        """What is wrong with a folder, in words for a person; empty when all is well."""
        text = clean(text)
        self._db.execute("UPDATE folder SET problem = ? WHERE id = ? AND problem <> ?", (text, folder, text))
        if self._db.changes():
            self._notes.folder(folder)

    def _insert(self, account: AccountId, parent: FolderId | None, name: str, role: Role, lives: Lives) -> FolderId:
        self._db.execute(
            "INSERT INTO folder (account, parent, name, role, lives) VALUES (?, ?, ?, ?, ?)",
            (account, parent, name, role.value, lives.value),
        )
        folder = FolderId(self._db.last_insert_rowid())
        self._tell(folder)
        return folder

    def _tell(self, folder: FolderId) -> None:
        self._notes.folder(folder)
        self._notes.tree = True
        self._notes.work = True

    def _forget(self, folder: FolderId) -> None:
        """Delete the row of a removed folder unless the server still has it or something in it may be brought back."""
        self._db.execute(
            "DELETE FROM folder WHERE id = ?1 AND removed = 1"
            " AND NOT EXISTS (SELECT 1 FROM imap_folder WHERE folder = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM message WHERE folder = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM journal_step WHERE folder = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM folder AS child WHERE child.parent = ?1)",
            (folder,),
        )
