"""Notes how an account's servers are, while others work with them. Opens no connection and asks for nothing."""

from __future__ import annotations

import time

from desktopmail.domain.account import Endpoint
from desktopmail.domain.health import Encryption, Line, Others, Retention, Room, Side
from desktopmail.domain.ids import AccountId
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

AGAIN_SECONDS = 3_600.0
"""How long the same facts about a server are not written down again."""


class Recorder:
    """Writes down what was seen of one account. Whoever works for the account tells it; it holds nobody up for more
    than a small write, and writes the same thing about a server once an hour at most."""

    def __init__(self, store: Store, account: AccountId) -> None:
        self._store = store
        self._account = account
        self._told: dict[Side, tuple[float, object]] = {}

    async def signed_in(self, side: Side, endpoint: Endpoint, encryption: Encryption, mechanism: str) -> None:
        """Somebody signed in at a server: how the line is protected, and what proved who is there."""
        facts = (endpoint.host, endpoint.port, encryption, mechanism)
        before = self._told.get(side)
        now = time.monotonic()
        if before is not None and before[1] == facts and now - before[0] < AGAIN_SECONDS:
            return
        self._told[side] = (now, facts)
        account = self._account

        def work(tx: Transaction) -> None:
            tx.sightings.line(account, Line(side, endpoint.host, endpoint.port, encryption, mechanism, tx.now))

        await self._store.write(work)

    async def pulled(self, others: Others, *, whole: bool) -> None:
        """A look at the server ended: what others had done there, and whether all folders were read."""
        if not others and not whole:
            return

        def work(tx: Transaction) -> None:
            tx.sightings.others(self._account, others)
            if whole:
                tx.sightings.full_sync(self._account)

        await self._store.write(work)

    async def room(self, seen: Room | None) -> None:
        """How full the server says it is; None: it does not say any more."""

        def work(tx: Transaction) -> None:
            if seen is None:
                tx.sightings.no_room(self._account)
            else:
                tx.sightings.room(self._account, seen)

        await self._store.write(work)

    async def rests(self, mailbox: str, seconds: int) -> None:
        """A server asked to be left alone for so long."""
        await self._store.write(lambda tx: tx.sightings.rests(self._account, mailbox, seconds))

    async def retention(self, said: Retention) -> None:
        """What a POP3 server says it keeps, and how often it may be visited."""
        await self._store.write(lambda tx: tx.sightings.retention(self._account, said))
