"""The person's verbs on folders: here at once, on the server at the next push."""

from __future__ import annotations

from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.folder import Ability, Folder, Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine import deeds, undo
from desktopmail.engine.actions import GRACE_SECONDS
from desktopmail.engine.filing import home
from desktopmail.engine.library import Library
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


class Folders:
    """Making, renaming, moving, emptying and deleting folders."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library

    async def create(self, account: AccountId, path: str) -> FolderId:
        """Make a folder by its path; missing parents are made too. Raises WrongUsage."""
        names = [name.strip() for name in path.strip("/").split("/")]

        def work(tx: Transaction) -> FolderId:
            parent: FolderId | None = None
            for depth, name in enumerate(names):
                there = tx.folders.by_path(account, "/".join(names[: depth + 1]))
                if there is None:
                    parent = tx.folders.create(account, parent, name)
                elif depth == len(names) - 1:
                    raise WrongUsage(phrase("There is a folder “{0}” already", there.path))
                elif Ability.ADD_CHILD not in there.abilities:
                    raise WrongUsage(phrase("“{0}” takes no folders", there.path))
                else:
                    parent = there.id
            if parent is None:
                raise NotFound(phrase("A folder needs a name"))
            return parent

        return await self._store.write(work)

    async def rename(self, folder: FolderId, name: str, parent: FolderId | None = None) -> None:
        """Another name, and with `parent` another place. Raises NotFound, WrongUsage."""
        if "/" in name:
            raise WrongUsage(phrase("A folder's name has no '/'"))

        def work(tx: Transaction) -> None:
            _may(tx.folders.get(folder), Ability.RENAME)
            tx.folders.rename(folder, name, parent)

        await self._store.write(work)

    async def delete(self, folder: FolderId) -> Receipt:
        """Delete a folder with those below it; what is inside goes to the trash, and undo brings all of it back.
        Raises NotFound, WrongUsage."""
        below = await self._store.read(lambda tx: [folder, *tx.folders.below(folder)])
        ids = [MessageId(each) for one in below for each in self._library.ids(one)]

        def work(tx: Transaction) -> Receipt:
            gone = tx.folders.get(folder)
            _may(gone, Ability.DELETE)
            before = tx.messages.before(ids)
            if ids:
                tx.messages.move(ids, home(tx, gone.account, Role.TRASH).id)
            done = undo.receipt(tx, deeds.trashed(), before) if ids else None
            tx.folders.remove(folder)
            label = phrase("{0} deleted, {1}", gone.name, done.label) if done else phrase("{0} deleted", gone.name)
            return Receipt(label, done.undo if done else None, len(ids), tuple(ids))

        return await self._store.write(work)

    async def empty(self, folder: FolderId) -> Receipt:
        """Remove for ever what is in the trash or in junk. Raises NotFound, WrongUsage."""
        ids = [MessageId(each) for each in self._library.ids(folder)]

        def work(tx: Transaction) -> Receipt:
            emptied = tx.folders.get(folder)
            if Ability.EMPTY not in emptied.abilities:
                raise WrongUsage(phrase("“{0}” cannot be emptied", emptied.path))
            before = tx.messages.before(ids)
            tx.messages.remove(ids, settle_at=tx.now + GRACE_SECONDS)
            return undo.receipt(tx, deeds.emptied(emptied.name), before)

        return await self._store.write(work)


def _may(folder: Folder, ability: Ability) -> None:
    if ability not in folder.abilities:
        raise WrongUsage(phrase("“{0}” can be neither renamed nor deleted", folder.path))
