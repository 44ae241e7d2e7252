"""Whole messages on their way from one RETR after the other to the store: gathered into pieces worth a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from desktopmail.domain.errors import MailError
from desktopmail.engine.lane import Breath
from desktopmail.engine.large import Coming
from desktopmail.engine.pop3.rules import PIECE_BYTES, PIECE_COUNT
from desktopmail.engine.pop3.storing import Brought, read_at_once
from desktopmail.engine.pop3.visit import Visit
from desktopmail.store.store import Store

HandOver = Callable[[Sequence[Brought]], Awaitable[None]]
GoesOn = Callable[[], bool]
"""Asked after each message whether to ask for more."""


class Retrieving:
    """One stretch of messages. `done` are the names of those that came or are not given; `refused` says why of
    the latter; `stuck`, that what came could not be stored."""

    def __init__(self, visit: Visit, store: Store, names: Sequence[str], goes_on: GoesOn, hand_over: HandOver) -> None:
        self.done: set[str] = set()
        self.refused: dict[str, MailError] = {}
        self.stuck = False
        self._visit = visit
        self._store = store
        self._names = {visit.listing.numbers[name]: name for name in names}
        self._goes_on = goes_on
        self._hand_over = hand_over
        self._came: list[Brought] = []
        self._bytes = 0
        self._vessels: dict[int, Coming] = {}
        self._breath = Breath()

    async def run(self) -> None:
        """Bring them, or as many as it goes on for. Raises MailError."""
        sizes = self._visit.listing.sizes
        await self._visit.session.retrieve(list(self._names), sizes, self._small, self._refused, self._pace, self)
        await self._handed_over()

    @property
    def local(self) -> bool:
        """Whether what went wrong did so on this computer: the line is dropped for it, but no message is to blame."""
        return self.stuck or any(each.failed for each in self._vessels.values())

    def take(self) -> list[Brought]:
        """What came and was not handed over yet."""
        came, self._came, self._bytes = self._came, [], 0
        return came

    def discard(self) -> None:
        """Nobody wants what was not handed over."""
        discard(self.take())

    def begin(self, number: int) -> Coming:
        """See `Large`."""
        coming = self._vessels[number] = Coming(self._store)
        return coming

    def whole(self, number: int) -> bool:
        """See `Large`."""
        name, coming = self._names[number], self._vessels.pop(number)
        return self._add(Brought(name, self._visit.listing.size(name), coming.abridged.raw, large=coming))

    def _small(self, number: int, raw: bytes) -> bool:
        name = self._names[number]
        return self._add(Brought(name, self._visit.listing.size(name), raw, read_at_once(raw)))

    def _add(self, message: Brought) -> bool:
        self.done.add(message.name)
        self._came.append(message)
        self._bytes += message.length
        return self._goes_on()

    def _refused(self, number: int, error: MailError) -> None:
        name = self._names[number]
        self.done.add(name)
        self.refused[name] = error

    def _pace(self) -> Awaitable[None] | None:
        if self._bytes >= PIECE_BYTES or len(self._came) >= PIECE_COUNT:
            return self._handed_over()
        return asyncio.sleep(0) if self._breath.due() else None

    async def _handed_over(self) -> None:
        try:
            await self._hand_over(self.take())
        except MailError:
            self.stuck = True
            raise


async def bring(visit: Visit, store: Store, name: str) -> Brought:
    """One message of any size that somebody waits for. Raises MailError."""
    came: list[Brought] = []

    async def hand_over(messages: Sequence[Brought]) -> None:
        came.extend(messages)

    one = Retrieving(visit, store, [name], lambda: True, hand_over)
    await one.run()
    if name in one.refused:
        raise one.refused[name]
    return came[0]


def discard(came: Sequence[Brought]) -> None:
    """Remove the files of large messages that are stored or not wanted."""
    for each in came:
        if each.large is not None:
            each.large.discard()
