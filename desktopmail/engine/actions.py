"""The person's verbs on messages. Each is one transaction here; what then differs from the server is pushed later.

Every verb gives back a receipt with its words and the journal entry that takes it back, also after a restart and after
the push. In the window, moves and removals wait a grace before they are pushed, so that undo is usually free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import ContentMissing, NeedsPerson, NotFound, WrongUsage
from desktopmail.domain.folder import Ability, Folder, Role
from desktopmail.domain.ids import AccountId, FolderId, JournalId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.domain.saying import phrase
from desktopmail.engine import deeds, undo
from desktopmail.engine.deeds import Deed
from desktopmail.engine.filing import home
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

GRACE_SECONDS = 5

Groups = dict[AccountId, list[MessageId]]


class Actions:
    """Verbs named as in the menus. Ids of messages that are gone are passed over; NotFound when none is left."""

    def __init__(self, store: Store, grace: int = GRACE_SECONDS) -> None:
        self._store = store
        self._grace = grace

    def at_once(self) -> Actions:
        """The same verbs without a grace, for faces that offer no toast."""
        return Actions(self._store, 0)

    async def mark_read(self, ids: Iterable[MessageId], read: bool) -> Receipt:
        """Mark as read or unread."""
        return await self._flag(ids, Flags.SEEN, read, deeds.read() if read else deeds.unread())

    async def see(self, ids: Iterable[MessageId]) -> None:
        """The messages were looked at: read, without a journal entry, for that is no verb that undo should find."""

        def work(tx: Transaction) -> None:
            tx.messages.set_flags([row.message for row in tx.messages.before(ids)], add=Flags.SEEN)

        await self._store.write(work)

    async def star(self, ids: Iterable[MessageId], on: bool) -> Receipt:
        """Set or clear the star."""
        return await self._flag(ids, Flags.STARRED, on, deeds.starred() if on else deeds.unstarred())

    async def tag(self, ids: Iterable[MessageId], tag: str, on: bool) -> Receipt:
        """Add or remove a tag. Raises WrongUsage for what is no atom and cannot be a keyword (RFC 9051)."""
        if not tag or not tag.isascii() or any(each in '(){ %*"\\]' or not each.isprintable() for each in tag):
            raise WrongUsage(
                phrase("'{0}' cannot be a tag", tag), phrase("A tag is one word of plain letters and digits.")
            )
        names = frozenset({tag})

        def change(tx: Transaction, chosen: Sequence[MessageId]) -> None:
            none = frozenset[str]()
            tx.messages.set_flags(chosen, add_tags=names if on else none, remove_tags=none if on else names)

        return await self._do(ids, change, deeds.tagged(tag) if on else deeds.untagged(tag))

    async def move(self, ids: Iterable[MessageId], folder: FolderId) -> Receipt:
        """Move into a folder. To another account, messages are copied and then removed."""

        def work(tx: Transaction) -> Receipt:
            target = _accepting(tx, folder)
            return self._move(tx, ids, lambda _: target, deeds.moved(target.name))

        return await self._store.write(work)

    async def copy(self, ids: Iterable[MessageId], folder: FolderId) -> Receipt:
        """Put copies into a folder of any account."""

        def work(tx: Transaction) -> Receipt:
            target = _accepting(tx, folder)
            chosen = [each for group in _by_account(tx, ids).values() for each in group]
            made = self._copies(tx, chosen, target)
            return undo.receipt(tx, deeds.copied(target.name), [], made)

        return await self._store.write(work)

    async def archive(self, ids: Iterable[MessageId]) -> Receipt:
        """Move to the archive of each message's account."""
        return await self._to_role(ids, _archive, deeds.archived())

    async def trash(self, ids: Iterable[MessageId]) -> Receipt:
        """Move to the trash of each message's account. Raises NeedsPerson when all are there already: the next step
        removes them for ever, which is another verb."""

        def work(tx: Transaction) -> Receipt:
            chosen = list(ids)
            rows = tx.messages.before(chosen)
            trashes = {each.id for each in tx.folders.all() if each.role is Role.TRASH}
            left = [row.message for row in rows if row.folder not in trashes]
            if rows and not left:
                raise NeedsPerson(
                    phrase("What is in the trash can only be removed for ever"),
                    phrase("'delete' removes it, here and on the server."),
                )
            return self._move(tx, left, lambda account: home(tx, account, Role.TRASH), deeds.trashed())

        return await self._store.write(work)

    async def junk(self, ids: Iterable[MessageId], on: bool) -> Receipt:
        """Call messages junk and move them to Junk, or not junk and move them to the Inbox."""

        def work(tx: Transaction) -> Receipt:
            role = Role.JUNK if on else Role.INBOX
            done = deeds.junk() if on else deeds.not_junk()

            def flag(chosen: Sequence[MessageId]) -> None:
                tx.messages.set_flags(
                    chosen, add=Flags.JUNK if on else Flags.NONE, remove=Flags.NONE if on else Flags.JUNK
                )

            return self._move(tx, ids, lambda account: home(tx, account, role), done, flag)

        return await self._store.write(work)

    async def remove(self, ids: Iterable[MessageId]) -> Receipt:
        """Remove for ever: here at once, on the server after the grace."""

        def change(tx: Transaction, chosen: Sequence[MessageId]) -> None:
            _by_account(tx, chosen)
            tx.messages.remove(chosen, settle_at=self._settle(tx))

        return await self._do(ids, change, deeds.removed())

    async def undo(self, entry: JournalId | None = None) -> Receipt:
        """Take back the latest thing done, or the entry named. Raises NotFound when there is nothing to take back."""
        return await self._store.write(lambda tx: undo.take_back(tx, entry))

    async def _flag(self, ids: Iterable[MessageId], flag: Flags, on: bool, done: Deed) -> Receipt:
        def change(tx: Transaction, chosen: Sequence[MessageId]) -> None:
            tx.messages.set_flags(chosen, add=flag if on else Flags.NONE, remove=Flags.NONE if on else flag)

        return await self._do(ids, change, done)

    async def _do(
        self, ids: Iterable[MessageId], change: Callable[[Transaction, Sequence[MessageId]], None], done: Deed
    ) -> Receipt:
        def work(tx: Transaction) -> Receipt:
            before = tx.messages.before(ids)
            _some(before)
            change(tx, [row.message for row in before])
            return undo.receipt(tx, done, before)

        return await self._store.write(work)

    async def _to_role(
        self, ids: Iterable[MessageId], find: Callable[[Transaction, AccountId], Folder], done: Deed
    ) -> Receipt:
        return await self._store.write(lambda tx: self._move(tx, ids, lambda account: find(tx, account), done))

    def _move(
        self,
        tx: Transaction,
        ids: Iterable[MessageId],
        target: Callable[[AccountId], Folder],
        done: Deed,
        also: Callable[[Sequence[MessageId]], None] | None = None,
    ) -> Receipt:
        groups = _by_account(tx, ids)
        before = tx.messages.before([each for group in groups.values() for each in group])
        made: list[MessageId] = []
        if also:
            also([row.message for row in before])
        for account, group in groups.items():
            folder = target(account)
            if folder.account == account:
                tx.messages.move(group, folder.id, settle_at=self._settle(tx))
            else:
                made += self._copies(tx, group, folder)
                tx.messages.remove(group, settle_at=self._settle(tx))
        return undo.receipt(tx, done, before, made)

    def _copies(self, tx: Transaction, ids: Sequence[MessageId], folder: Folder) -> list[MessageId]:
        """Copies that can be kept: another account, or a folder of this computer, needs the bytes themselves."""
        for each in ids:
            facts = tx.messages.facts(each)
            if facts.content is None and (facts.account != folder.account or facts.uid == 0):
                raise ContentMissing(
                    phrase("A message is not downloaded yet and cannot go to another account"),
                    phrase("Nothing was changed. Open it once, or wait until everything is downloaded."),
                )
        return tx.messages.copy(ids, folder.id)

    def _settle(self, tx: Transaction) -> int:
        return tx.now + self._grace if self._grace else 0


def _by_account(tx: Transaction, ids: Iterable[MessageId]) -> Groups:
    homes = {each.id: each for each in tx.folders.all()}
    groups: Groups = {}
    rows = tx.messages.before(ids)
    _some(rows)
    for row in rows:
        folder = homes[row.folder]
        _not_on_its_way(tx, folder, row.message)
        groups.setdefault(folder.account, []).append(row.message)
    return groups


def _not_on_its_way(tx: Transaction, folder: Folder, message: MessageId) -> None:
    """What is being sent is not to disappear from the Outbox by another door."""
    if folder.role is Role.OUTBOX and tx.outbox.get(message) is not None:
        raise WrongUsage(
            phrase("A message waits to be sent"), phrase("Take it out of the Outbox first: its sending is cancelled.")
        )


def _some(rows: Sequence[object]) -> None:
    if not rows:
        raise NotFound(phrase("These messages are not there any more"))


def _accepting(tx: Transaction, folder: FolderId) -> Folder:
    target = tx.folders.get(folder)
    if Ability.ACCEPT not in target.abilities:
        raise WrongUsage(phrase("{0} takes no messages", target.name))
    return target


def _archive(tx: Transaction, account: AccountId) -> Folder:
    """The archive; where a server has none but a folder with all mail, that is where archived mail is."""
    archive = tx.folders.by_role(account, Role.ARCHIVE)
    everything = tx.folders.by_role(account, Role.ALL)
    if everything is not None and (archive is None or tx.folders.mark(archive.id).server_name is None):
        return everything
    return archive or home(tx, account, Role.ARCHIVE)
