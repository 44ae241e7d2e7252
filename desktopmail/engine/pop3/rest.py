"""The time that a server wants between two visits (LOGIN-DELAY, RFC 2449 section 6.5), kept across restarts."""

from __future__ import annotations

import time

from desktopmail.domain.account import Account
from desktopmail.engine.health import Recorder
from desktopmail.engine.pop3.visit import place
from desktopmail.store.store import Store


class Rest:
    """How long one account's server is to be left alone."""

    def __init__(self, account: Account, store: Store, recorder: Recorder) -> None:
        self._account = account
        self._store = store
        self._recorder = recorder
        self._until = 0.0

    @property
    def left(self) -> float:
        """Seconds that are left of it as far as was seen; 0: the server may be visited."""
        return max(0.0, self._until - time.monotonic())

    async def recall(self) -> float:
        """What is left, counting what was noted before the program was started or when the account was tried out."""
        mailbox = place(self._account)
        seconds = await self._store.read(lambda tx: tx.sightings.rest(self._account.id, mailbox))
        self._until = max(self._until, time.monotonic() + seconds)
        return self.left

    async def begin(self, seconds: int) -> None:
        """The server wants so much time from now on."""
        self._until = max(self._until, time.monotonic() + seconds)
        if seconds > 0:
            await self._recorder.rests(place(self._account), seconds)
