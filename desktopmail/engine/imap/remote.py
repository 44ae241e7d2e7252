"""An IMAP server as the far side of an account."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

from desktopmail.domain.account import Account
from desktopmail.domain.errors import ConnectionLost, Refused, SignInRefused
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import Tally, Teller
from desktopmail.engine.health import Recorder
from desktopmail.engine.imap.bodies import Bodies, Trouble
from desktopmail.engine.imap.lines import Lines, Purpose
from desktopmail.engine.imap.pull import Pull
from desktopmail.engine.imap.push import Push
from desktopmail.engine.imap.watch import LOOK_SECONDS, watch
from desktopmail.engine.imap.windows import Budget
from desktopmail.engine.imap.witness import Witness
from desktopmail.engine.remote import Awaited, Going, nobody
from desktopmail.protocols.imap.mailboxes import Namespace
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store


class ImapRemote:
    """`Remote` for IMAP, over up to three connections: one waits for news, one pulls, pushes and fills, one brings
    what somebody wants to read now."""

    def __init__(self, account: Account, store: Store, passwords: PasswordSource, teller: Teller) -> None:
        self.tally = Tally()
        self.put_off = 0.0
        self._account = account
        self._store = store
        self._teller = teller
        self._lines = Lines(account, passwords, store)
        self._space: Namespace | None = None
        self._budget = Budget()
        self._trouble = Trouble()
        self._witness = Witness(Recorder(store, account.id))
        self._working = asyncio.Lock()
        self._fetching = asyncio.Lock()

    async def pull(self, folders: Collection[FolderId] | None = None) -> None:
        """Learn what the server has, of these folders or of all."""
        async with self._working:
            session = await self._work_line()
            pull = Pull(session, self._store, self._account, self._teller, self.tally)
            space = await self._namespace(session)
            before = replace(self.tally)
            whole = folders is None or await pull.some(folders, space)
            if whole:
                await pull.everything(space)
            self._trouble.closed.clear()
            self._teller.told(session.endpoint.host, session.alerts)
            await self._witness.pulled(session, before, self.tally, whole=whole)

    async def push(self, *, force: bool = False) -> bool:
        """Make the server agree with the person. Whether a pull has to tell how some of it ended."""
        async with self._working:
            session = await self._work_line()
            push = Push(session, self._store, self._account, self._teller, self.tally)
            return await push.run(await self._namespace(session), force=force)

    async def list_new(self) -> None:
        """Nothing: `pull` brings headers."""

    async def fill(self, folders: Collection[FolderId] | None = None, awaited: Awaited = nobody) -> bool:
        """Bring some of the missing content; the requests grow with the speed of the line."""
        async with self._working:
            session = await self._work_line()
            bodies = Bodies(session, self._store, self._account, self._teller, self.tally)
            return await bodies.some(folders, self._budget, self._trouble, Going(awaited))

    async def watch(self) -> Collection[FolderId] | None:
        """Return when there is reason to pull: the Inbox, or everything (None). A server that grants no second
        connection is looked at from time to time instead."""
        try:
            session = await self._lines.get(Purpose.WAIT)
        except (Refused, SignInRefused, ConnectionLost):
            if not self._lines.has(Purpose.WORK):
                raise
            await asyncio.sleep(LOOK_SECONDS)
            return None
        return await watch(session, self._store, self._account)

    async def fetch(self, message: MessageId) -> None:
        """Bring the content of one message on a connection of its own; several callers take turns."""
        async with self._fetching:
            session = await self._lines.get(Purpose.FETCH)
            await Bodies(session, self._store, self._account, self._teller, Tally()).one(message)

    def suspect(self) -> None:
        """The network may have changed: try the connections before trusting them."""
        self._lines.suspect()

    async def close(self) -> None:
        """Say goodbye. Never raises."""
        await self._lines.close()

    async def _work_line(self) -> ImapSession:
        session = await self._lines.get(Purpose.WORK)
        await self._witness.meet(session)
        if session.selected is None and self._space is None:
            self._teller.working(phrase("Looking for new messages"))
        return session

    async def _namespace(self, session: ImapSession) -> Namespace:
        if self._space is None:
            self._space = await session.namespace()
        return self._space
