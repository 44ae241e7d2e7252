"""The connections of one account: made when first needed, tried before use after a pause, never mended."""

from __future__ import annotations

import asyncio
import time
from enum import Enum

from desktopmail.domain.account import Account, ImapServer
from desktopmail.domain.errors import MailError, WrongUsage
from desktopmail.domain.hosts import RECEIVING
from desktopmail.domain.saying import phrase
from desktopmail.engine.hosts import note
from desktopmail.engine.keys import signed_in
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store

FRESH_SECONDS = 60.0
"""A connection used within this time is taken for alive."""
PROBE_SECONDS = 5.0


class Purpose(Enum):
    """What a connection is for. Nobody who waits for one message ever waits behind bulk work."""

    WAIT = "waiting for news"
    WORK = "pull, push and content"
    FETCH = "what somebody wants to read now"


class Lines:
    """At most one connection per purpose."""

    def __init__(self, account: Account, passwords: PasswordSource, store: Store) -> None:
        self._account = account
        self._store = store
        self._passwords = passwords
        self._open: dict[Purpose, ImapSession] = {}
        self._used: dict[Purpose, float] = {}

    async def get(self, purpose: Purpose) -> ImapSession:
        """A connection that is alive as far as one can tell. Raises MailError when none can be had."""
        session = self._open.get(purpose)
        if session is not None and await self._alive(purpose, session):
            return session
        session = await self._connect()
        self._open[purpose] = session
        self._used[purpose] = time.monotonic()
        return session

    def has(self, purpose: Purpose) -> bool:
        """Whether there is a connection for this that nobody knows to be dead."""
        session = self._open.get(purpose)
        return session is not None and not session.closed

    def suspect(self) -> None:
        """The network changed or the computer slept: try every connection before using it again."""
        self._used.clear()
        waiting = self._open.get(Purpose.WAIT)
        if waiting is not None and not waiting.closed:
            waiting.interrupt()

    async def close(self) -> None:
        """Say goodbye on all of them; never raises."""
        sessions, self._open = list(self._open.values()), {}
        await asyncio.gather(*(session.logout() for session in sessions))

    async def _alive(self, purpose: Purpose, session: ImapSession) -> bool:
        if session.closed:
            return False
        now = time.monotonic()
        if now - self._used.get(purpose, -FRESH_SECONDS) >= FRESH_SECONDS and not session.busy:
            try:
                await session.noop(PROBE_SECONDS)
            except MailError:
                return False
        self._used[purpose] = now
        return True

    async def _connect(self) -> ImapSession:
        incoming = self._account.incoming
        if not isinstance(incoming, ImapServer):
            raise WrongUsage(phrase("{0} does not receive mail by IMAP", self._account.address))
        endpoint = incoming.endpoint

        async def attempt(secret: str) -> ImapSession:
            note(self._store, endpoint, RECEIVING)
            return await ImapSession.open(endpoint, secret)

        return await signed_in(self._passwords, self._account, "incoming", attempt)
