"""A POP3 server as the far side of an account."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection

from desktopmail.domain.account import Account
from desktopmail.domain.errors import ContentMissing, MailError, TooSoon
from desktopmail.domain.folder import Role
from desktopmail.domain.health import Others, Retention, Side
from desktopmail.domain.hosts import RECEIVING
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import Tally, Teller
from desktopmail.engine.health import Recorder
from desktopmail.engine.hosts import note
from desktopmail.engine.keys import signed_in
from desktopmail.engine.pop3.collect import Collect, Trouble
from desktopmail.engine.pop3.completing import complete
from desktopmail.engine.pop3.peculiar import ways
from desktopmail.engine.pop3.relink import Relinked, relink
from desktopmail.engine.pop3.removal import finish
from desktopmail.engine.pop3.rest import Rest
from desktopmail.engine.pop3.retrieving import bring, discard
from desktopmail.engine.pop3.visit import Visit, begin, ensure_receiving, inbox_for, pop3_server
from desktopmail.engine.remote import Awaited, nobody
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.store.ledger_rows import Entry
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store

LOOK_SECONDS = 300.0
"""How long after a visit the next one begins by itself."""
BATCH = 200
"""New messages in one visit after which there may be more than the server showed: some show a few hundred at a time."""


class Pop3Remote:
    """`Remote` for POP3, over one connection at most, for a mailbox lets in one client at a time (RFC 1939 section 8).

    Life of a visit: `pull` signs in and compares, `fill` brings piece after piece, and when nothing is left it removes
    what has to go and says QUIT. A visit in which anything failed is left without QUIT: the server keeps everything."""

    def __init__(self, account: Account, store: Store, passwords: PasswordSource, teller: Teller) -> None:
        self.tally = Tally()
        self.put_off = 0.0
        self._account = account
        self._store = store
        self._passwords = passwords
        self._teller = teller
        self._recorder = Recorder(store, account.id)
        self._trouble = Trouble()
        self._turn = asyncio.Lock()
        self._awaiting = 0
        self._woken = asyncio.Event()
        self._visit: Visit | None = None
        self._session: Pop3Session | None = None
        self._unfinished = False
        self._rest = Rest(account, store, self._recorder)

    async def pull(self, folders: Collection[FolderId] | None = None) -> None:
        """See what is new. Within the time that the server wants between two visits, the visit is put off."""
        async with self._turn:
            self.put_off = 0.0
            if self._visit is not None or not await self._concerns(folders):
                return
            self.put_off = 0.0 if self._unfinished else await self._rest.recall()
            if self.put_off:
                self._woken.set()
                return
            await self._begin()
            self._unfinished = True

    async def push(self, *, force: bool = False) -> bool:
        """Nothing: folders and flags live here, and removals end a visit."""
        return False

    async def list_new(self) -> None:
        """Bring the tops of what is new and leave; the rest comes with the next visit that brings content."""
        async with self._turn:
            if self._visit is None:
                return
            async with self._dropping():
                await Collect(self._visit, self._store, self._teller, self.tally, self._trouble).heads()
            await self._end()

    async def fill(self, folders: Collection[FolderId] | None = None, awaited: Awaited = nobody) -> bool:
        """Bring a piece of what is new; after the last one, remove what has to go and leave."""
        async with self._turn:
            if self._visit is None and not self._unfinished:
                return False
            visit = self._visit or await self._begin()
            async with self._dropping():
                collect = Collect(visit, self._store, self._teller, self.tally, self._trouble)
                if await collect.some(lambda: self._awaiting > 0 or awaited()):
                    return True
                await finish(visit, self._store, self._account, self.tally)
            self._left()
            batches = ways(visit.server.endpoint).batches
            self._unfinished = visit.new >= (1 if batches else BATCH) and not self._rest.left
            await self._recorder.pulled(Others(), whole=True)
            return self._unfinished

    async def watch(self) -> Collection[FolderId] | None:
        """Return when it is time for the next visit: after a while, or as soon as the server allows when asked."""
        pause = max(LOOK_SECONDS, self._rest.left)
        if self.put_off:
            pause = self._rest.left
        self._woken.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._woken.wait()
        return None

    async def fetch(self, message: MessageId) -> None:
        """Bring the rest of a large message: in the visit that is going on, or in one of its own; in the next one where
        the server wants to be left alone until then."""
        entry = await self._line_of(message)
        if entry is None or not entry.on_server:
            raise ContentMissing(
                phrase("This message was never downloaded"), phrase("The server does not have it any more.")
            )
        async with self._soon():
            under_way = self._visit is not None
            visit = self._visit or await self._begin_for(message)
            async with self._dropping():
                entry = await self._line_of(message)  # the visit may have seen that the name means another one now
                number = visit.listing.numbers.get(entry.uidl) if entry and entry.on_server else None
                if entry and number is not None:
                    await self._complete(visit, entry)
            if not under_way:
                await self._end()
        if entry is None or number is None:
            raise ContentMissing(
                phrase("The server does not have this message any more"), phrase("Its header stays here.")
            )

    async def _complete(self, visit: Visit, entry: Entry) -> None:
        came = await bring(visit, self._store, entry.uidl)
        try:
            done = await complete(self._store, self._account, [came], {entry.uidl: entry})
        finally:
            discard([came])
        if done.others:
            raise ContentMissing(
                phrase("The server has another message in place of this one"), phrase("Its header stays here.")
            )
        visit.brought |= done.shas
        visit.wanted = [name for name in visit.wanted if name not in done.shas]

    async def _begin_for(self, message: MessageId) -> Visit:
        try:
            return await self._begin()
        except TooSoon:
            await self._store.write(lambda tx: tx.ledger.want_whole([message]))
            raise

    async def _line_of(self, message: MessageId) -> Entry | None:
        return await self._store.read(lambda tx: tx.ledger.of(message, self._account.id))

    async def relink(self) -> Relinked:
        """Link the messages that are here with the server's new names for them. Raises MailError."""
        async with self._soon():
            await self._end()
            async with self._dropping():
                session = await self._sign_in()
                done = await relink(session, self._store, self._account)
            self._left()
            return done

    def suspect(self) -> None:
        """The network may have changed, or the person asks: the next visit need not be waited for, and what the line
        broke at is tried again."""
        self._trouble.strikes.clear()
        self._woken.set()

    async def close(self) -> None:
        """Leave the mailbox. Never raises."""
        await self._end()

    async def _concerns(self, folders: Collection[FolderId] | None) -> bool:
        """Whether new mail would come into one of these folders."""
        if folders is None:
            return True
        own, inbox = await self._store.read(
            lambda tx: (tx.folders.by_role(self._account.id, Role.INBOX), inbox_for(tx, self._account))
        )
        return inbox.id in folders or (own is not None and own.id in folders)

    @contextlib.asynccontextmanager
    async def _soon(self) -> AsyncIterator[None]:
        """The line to oneself; whoever brings messages meanwhile makes way."""
        self._awaiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._awaiting -= 1

    async def _begin(self) -> Visit:
        async with self._dropping():
            self._teller.working(phrase("Looking for new messages"))
            session = await self._sign_in()
            visit = self._visit = await begin(session, self._store, self._account)
        return visit

    async def _sign_in(self) -> Pop3Session:
        """A session; TooSoon without asking while the server wants to be left alone."""
        left = await self._rest.recall()
        if left > 0:
            raise TooSoon(int(left) + 1)
        endpoint = pop3_server(self._account).endpoint
        await self._store.read(lambda tx: ensure_receiving(tx, self._account))

        async def attempt(secret: str) -> Pop3Session:
            note(self._store, endpoint, RECEIVING)
            return await Pop3Session.open(endpoint, secret)

        try:
            session = self._session = await signed_in(self._passwords, self._account, "incoming", attempt)
        except TooSoon as error:
            await self._rest.begin(error.seconds)
            raise
        offered = session.offered
        await self._rest.begin(offered.login_delay)
        await self._recorder.signed_in(Side.INCOMING, endpoint, session.encryption, session.mechanism)
        await self._recorder.retention(Retention(offered.expire, offered.login_delay))
        return session

    @contextlib.asynccontextmanager
    async def _dropping(self) -> AsyncIterator[None]:
        """Whatever fails or is cancelled inside ends the session without QUIT."""
        fine = False
        try:
            yield
            fine = True
        finally:
            if not fine:
                session = self._session
                self._left()
                if session is not None:
                    session.drop()

    def _left(self) -> None:
        self._visit = self._session = None

    async def _end(self) -> None:
        """Say QUIT with nothing marked; where the server then removes what it showed, leave without."""
        visit, session = self._visit, self._session
        self._left()
        if session is None or session.closed:
            return
        if visit is None or visit.keeps_nothing:
            session.drop()
            return
        try:
            await session.quit()
        except MailError:
            session.drop()
