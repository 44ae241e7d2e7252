"""Folders on the server as targets of changes: opened only under the UIDVALIDITY we know, made when missing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from desktopmail.domain.errors import MailError, NotFound, Refused
from desktopmail.domain.ids import FolderId
from desktopmail.engine.imap.folders import COMPLETE
from desktopmail.engine.imap.plan import Row, Spot
from desktopmail.protocols.imap.mailboxes import Selected
from desktopmail.protocols.imap.request import Refusal
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.rows import FolderMark
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

PASSING_PAUSE = 60
REFUSED_PAUSE = 1_800


class Places:
    """What one push knows about the folders it works in."""

    def __init__(self, session: ImapSession, store: Store) -> None:
        self._session = session
        self._store = store
        self._ready: set[FolderId] = set()

    async def open(self, spot: Spot) -> bool:
        """Select the folder. False when its UIDs are not those we know: nothing may be done with them then."""
        mark = await self._mark(spot.folder)
        if self._session.selected != spot.name:
            await self._session.select(spot.name)
        opened = self._session.folder
        return opened is not None and mark.uid_validity == opened.uid_validity

    async def ready(self, target: Spot) -> None:
        """Make sure that UIDs in the target mean something to us; a folder never read before begins its mark now."""
        if target.folder in self._ready:
            return
        mark = await self._mark(target.folder)
        if not mark.uid_validity:
            opened = await self._session.select(target.name)
            await self._store.write(lambda tx: tx.folders.set_mark(target.folder, begun(mark, opened)))
        self._ready.add(target.folder)

    async def create(self, spot: Spot, delimiter: str) -> None:
        """CREATE and subscribe; a folder that is there already is taken."""
        try:
            await self._session.create(spot.name)
            await self._session.subscribe(spot.name)
        except Refusal as error:
            if error.code != "ALREADYEXISTS":
                raise
        opened = await self._session.select(spot.name)
        mark = begun(FolderMark(spot.name, delimiter), opened)

        def take(tx: Transaction) -> None:
            tx.folders.set_mark(spot.folder, mark)
            tx.folders.set_problem(spot.folder, "")

        await self._store.write(take)
        self._ready.add(spot.folder)

    async def next_uid(self, target: Spot) -> int:
        """The UID from which new messages of the target will be numbered, needed only where the server does not tell
        the UIDs of what it takes; else 0."""
        if self._session.can("UIDPLUS"):
            return 0
        return (await self._session.select(target.name)).uid_next

    async def new_uid(self, target: Spot, before: int) -> int:
        """The UID of the one message that came into the target since `next_uid`; 0 when nobody can tell."""
        if not before:
            return 0
        await self._session.select(target.name)
        fresh = [uid for uid in await self._session.search(f"UID {before}:*") if uid >= before]
        return fresh[0] if len(fresh) == 1 else 0

    async def validity(self, folder: FolderId) -> int:
        """The UIDVALIDITY under which the folder is known."""
        return (await self._mark(folder)).uid_validity

    async def _mark(self, folder: FolderId) -> FolderMark:
        return await self._store.read(lambda tx: tx.folders.mark(folder))


def begun(mark: FolderMark, opened: Selected) -> FolderMark:
    """The mark of a folder of which nothing is known yet. Its mod-sequence stays until everything was listed: what
    changes meanwhile is asked for again."""
    return replace(
        mark,
        uid_validity=opened.uid_validity,
        uid_next=opened.uid_next,
        highest_mod_seq=opened.highest_mod_seq,
        down_to=max(opened.uid_next, 2) if opened.exists else COMPLETE,
    )


class RefusedRows:
    """Keeps what the server said no to, with its words and the time of the next try."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def rows(self, rows: Sequence[Row], error: MailError) -> None:
        """These messages stay as the person wants them, and are tried again later."""
        messages = [row.message for row in rows]

        def note(tx: Transaction) -> None:
            tx.difference.fail(messages, words_of(error), _later(error))

        await self._store.write(note)

    async def folder(self, folder: FolderId, error: MailError) -> None:
        """This folder could not be made, renamed or dropped."""
        await self._store.write(lambda tx: tx.folders.fail(folder, words_of(error), _later(error)))


def words_of(error: MailError) -> str:
    """What a row says about why it was not pushed."""
    if isinstance(error, Refused) and error.log:
        return f"{error.title} ({error.log})"
    return error.title


def _later(error: MailError) -> int:
    """When to offer it again: soon what may pass by itself, seldom what needs a person."""
    return int(time.time()) + (PASSING_PAUSE if error.passing or isinstance(error, NotFound) else REFUSED_PAUSE)
