"""Makes the server agree with the person: difference → plan → operations, one after the other.

Every operation is bound to the UIDVALIDITY its UIDs belong to, and after each the copy is what the server now holds.
A refusal concerns the rows it names and is kept with them; everything else goes on.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

from desktopmail.domain.account import Account
from desktopmail.domain.errors import NotFound, Refused
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import Tally, Teller
from desktopmail.engine.imap import plan
from desktopmail.engine.imap.places import Places, RefusedRows
from desktopmail.engine.imap.plan import Row, Spot
from desktopmail.engine.imap.upload import Upload
from desktopmail.protocols.imap.changing import Change
from desktopmail.protocols.imap.mailboxes import Namespace
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.imap.uids import UidSet
from desktopmail.store.rows import CopyRow, Difference, FlagRow, FolderDifference
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

AT_ONCE = 5_000
"""Differences looked at in one go."""
FORCED = 1 << 40
"""A 'now' so late that no grace and no pause after a refusal lies behind it."""
GROUP = 1_000
"""Messages in one request, so that one answer is never waited for too long."""


class Push:
    """One push over one session. `refusals` outlives it: how often the server said no to which message."""

    def __init__(self, session: ImapSession, store: Store, account: Account, teller: Teller, tally: Tally) -> None:
        self._session = session
        self._store = store
        self._account = account
        self._teller = teller
        self._tally = tally
        self._places = Places(session, store)
        self._refused = RefusedRows(store)
        self._upload = Upload(session, store, self._places)
        self._again = False

    async def run(self, space: Namespace, *, force: bool = False) -> bool:
        """Push what is due; with `force` everything. Whether a pull has to tell how some of it ended."""
        now = FORCED if force else int(time.time())
        while True:
            before = self._tally.pushed
            count = await self._batch(space, now)
            if count < AT_ONCE or self._tally.pushed == before:
                return self._again

    async def _batch(self, space: Namespace, now: int) -> int:
        """Carry out one lot of differences; how many there were."""
        account = self._account.id

        def look(tx: Transaction) -> tuple[list[Difference], list[FolderDifference], set[FolderId]]:
            with_role = {folder.id for folder in tx.folders.all(account) if folder.role is not Role.NONE}
            return tx.difference.for_account(account, now, AT_ONCE), tx.difference.folders(account, now), with_role

        messages, folders, with_role = await self._store.read(look)
        needed = {each.wanted.folder for each in messages if not each.wanted.removed}
        planned = plan.plan_folders(folders, needed, with_role, space)
        for before in planned.before:
            await self._folder(before)
        if planned.before:
            messages, _, _ = await self._store.read(look)
        for operation in plan.plan_messages(messages):
            self._teller.working(phrase("Sending changes"))
            await self._message(operation)
        for drop in planned.after:
            await self._folder(drop)
        return len(messages)

    # Folders.

    async def _folder(self, operation: plan.FolderOperation) -> None:
        folder = operation.spot.folder
        try:
            match operation:
                case plan.Create(spot, delimiter):
                    await self._places.create(spot, delimiter)
                case plan.Rename(spot, old):
                    await self._session.rename(old, spot.name)
                    await self._store.write(lambda tx: tx.folders.renamed(folder, spot.name))
                case plan.Drop(spot):
                    await self._drop(spot)
        except NotFound:
            self._again = True
        except Refused as error:
            await self._refused.folder(folder, error)
        else:
            self._tally.pushed += 1

    async def _drop(self, spot: Spot) -> None:
        """Only an empty folder is dropped: what another program put into it meanwhile was seen by nobody here, and the
        folder comes back with it."""
        if self._session.selected == spot.name:
            await self._session.unselect()
        if (await self._session.status(spot.name)).messages:
            await self._store.write(lambda tx: tx.folders.bring_back(spot.folder))
            self._again = True
            return
        await self._session.delete(spot.name)
        await self._store.write(lambda tx: tx.folders.dropped(spot.folder))

    # Messages.

    async def _message(self, operation: plan.MessageOperation) -> None:
        match operation:
            case plan.Append(target, row, content):
                await self._carried((row,), lambda _: self._upload.append(target, row, content))
            case plan.Copy(source, target, rows):
                for row in rows:
                    await self._carried((row,), lambda some: self._copy(source, target, some))
            case plan.StoreFlags(source, rows):
                await self._carried(rows, lambda some: self._store_flags(operation, source, some))
            case plan.Move(source, target, rows):
                await self._carried(rows, lambda some: self._move(source, target, some))
            case plan.Expunge(source, rows):
                await self._store.write(lambda _: None, durable=True)
                await self._carried(rows, lambda some: self._expunge(source, some))

    async def _carried(self, rows: Sequence[Row], act: Callable[[Sequence[Row]], Awaitable[bool]]) -> None:
        """Carry out an operation in groups. When a group is refused, its halves are tried, down to the row that the
        server means. `act` says whether everything is known about how it ended."""
        for start in range(0, len(rows), GROUP):
            some = rows[start : start + GROUP]
            try:
                if await act(some):
                    self._tally.pushed += len(some)
                else:
                    self._again = True
            except NotFound as error:
                self._again = True
                await self._refused.rows(some, error)
            except Refused as error:
                if len(some) > 1:
                    await self._carried(some[: len(some) // 2], act)
                    await self._carried(some[len(some) // 2 :], act)
                else:
                    await self._refused.rows(some, error)

    async def _copy(self, source: Spot, target: Spot, rows: Sequence[Row]) -> bool:
        if not await self._places.open(source):
            return False
        await self._places.ready(target)
        await self._places.open(source)
        before = await self._places.next_uid(target)
        await self._places.open(source)
        copied = await self._session.copy([row.uid for row in rows], target.name)
        row = rows[0]
        uid = copied.get(row.uid) or await self._places.new_uid(target, before)
        if not uid:
            return False
        copy = CopyRow(target.folder, uid, row.message, row.flags, row.tags)
        await self._store.write(lambda tx: tx.copies.add([copy]))
        return True

    async def _store_flags(self, operation: plan.StoreFlags, source: Spot, rows: Sequence[Row]) -> bool:
        if not await self._places.open(source):
            return False
        add, remove = Change(operation.add, operation.add_tags), Change(operation.remove, operation.remove_tags)
        await self._session.store(UidSet.of(row.uid for row in rows), add, remove)
        held = [FlagRow(row.uid, row.flags, row.tags) for row in rows]
        await self._store.write(lambda tx: tx.copies.stored(source.folder, held))
        return True

    async def _move(self, source: Spot, target: Spot, rows: Sequence[Row]) -> bool:
        await self._places.ready(target)
        if not await self._places.open(source):
            return False
        uids = [row.uid for row in rows]
        await self._store.write(lambda tx: tx.copies.head_for(source.folder, target.folder, uids))
        moved = await self._session.move(UidSet.of(uids), target.name)
        untold = [] if self._session.can("UIDPLUS") else [uid for uid in uids if uid not in moved]

        def take(tx: Transaction) -> None:
            tx.copies.moved(source.folder, target.folder, {uid: moved[uid] for uid in uids if uid in moved})
            tx.copies.vanish(source.folder, untold)

        await self._store.write(take)
        return len(moved) == len(uids)

    async def _expunge(self, source: Spot, rows: Sequence[Row]) -> bool:
        if not await self._places.open(source):
            return False
        gone = await self._session.expunge(UidSet.of(row.uid for row in rows))
        await self._store.write(lambda tx: tx.copies.forget(source.folder, gone))
        left = [row for row in rows if row.uid not in gone]
        if left:
            await self._refused.rows(
                left,
                Refused(
                    phrase("The server can only remove these together with messages that another program marked"),
                    phrase("They are marked as deleted and go when that program removes its own."),
                ),
            )
        return True
