"""Brings what is new on a POP3 server, newest first in bounded pieces: while one is stored the next is on its way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from desktopmail.domain.address import Address
from desktopmail.domain.errors import MailError, Refused, RefusedForNow
from desktopmail.domain.folder import Role
from desktopmail.domain.saying import phrase, plural
from desktopmail.engine.activity import Tally, Teller
from desktopmail.engine.lane import Lane
from desktopmail.engine.pop3.completing import complete
from desktopmail.engine.pop3.listing import tops
from desktopmail.engine.pop3.retrieving import Retrieving, discard
from desktopmail.engine.pop3.rules import PIECE_COUNT, pieces
from desktopmail.engine.pop3.storing import Brought, keep, keep_tops
from desktopmail.engine.pop3.visit import Visit
from desktopmail.engine.remote import Awaited, Going, nobody
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

AHEAD = 2
STRETCH_BYTES, STRETCH_COUNT = 64_000_000, 2_000
"""How much is asked for in one go. Within it the server never waits for the next question."""
STRIKES = 3
"""How often the line may break at one message before it is left until somebody asks for mail."""
MANY = 20


@dataclass(slots=True)
class Trouble:
    """What stood in the way, remembered from visit to visit: at which messages the line broke how often."""

    strikes: Counter[str] = field(default_factory=Counter)

    def skips(self, name: str) -> bool:
        """Whether a message is not asked for any more."""
        return self.strikes[name] >= STRIKES


class Collect:
    """Brings messages during one visit."""

    def __init__(self, visit: Visit, store: Store, teller: Teller, tally: Tally, trouble: Trouble) -> None:
        self._visit = visit
        self._store = store
        self._teller = teller
        self._tally = tally
        self._trouble = trouble
        self._going = Going(nobody)

    async def some(self, awaited: Awaited) -> bool:
        """Bring messages for a while, for a short one when the line is `awaited`. Whether more are left. Raises
        MailError; what came before is stored."""
        visit = self._visit
        self._going = Going(awaited)
        await asyncio.to_thread(self._leave_out)
        while visit.wanted and self._going.on():
            async with Lane(AHEAD) as lane:
                for stretch in await asyncio.to_thread(self._stretches):
                    await self._stretch(stretch, lane)
                    if not self._going.on():
                        break
        if not visit.wanted:
            await self._greet()
            await self._tell()
        return bool(visit.wanted)

    async def heads(self) -> None:
        """Bring the tops of everything that is new, and nothing more. Where the server gives none, nothing comes."""
        visit = self._visit
        await asyncio.to_thread(self._leave_out)
        new = [] if visit.listing.nameless else [name for name in visit.wanted if name not in visit.begun]
        for start in range(0, len(new), PIECE_COUNT):
            if len(new) > MANY:
                self._teller.counting(phrase("Downloading"), start, len(new))
            came, _ = await self._tops(new[start : start + PIECE_COUNT])
            if not came:
                break
            await self._keep_tops(came)
        await self._greet()

    def _leave_out(self) -> None:
        """What stood in the way too often is not asked for."""
        visit = self._visit
        visit.left_out |= {name for name in visit.wanted if self._trouble.skips(name)}
        visit.wanted = [name for name in visit.wanted if name not in visit.left_out]

    async def _tell(self) -> None:
        """Say at the account's Inbox whether something could not be brought."""
        owner, count = self._visit.door.account.id, len(self._visit.left_out)
        inbox = await self._store.read(lambda tx: tx.folders.by_role(owner, Role.INBOX))
        words = plural(
            count,
            "1 message could not be downloaded and stayed on the server",
            "{0:,} messages could not be downloaded and stayed on the server",
        )
        words = words if count else ""
        if inbox is not None and inbox.problem != words:
            await self._store.write(lambda tx: tx.folders.set_problem(inbox.id, words))

    def _stretches(self) -> list[list[str]]:
        """What to ask for, in this order: clean messages first, then alone those at which the line broke."""
        listing = self._visit.listing
        struck = [name for name in self._visit.wanted if self._trouble.strikes[name]]
        clean = [name for name in self._visit.wanted if not self._trouble.strikes[name]]
        names = {listing.numbers[name]: name for name in clean}
        groups = pieces(list(names), listing.sizes, STRETCH_BYTES, STRETCH_COUNT)
        return [*([names[number] for number in group] for group in groups), *([name] for name in struck)]

    async def _stretch(self, names: Sequence[str], lane: Lane) -> None:
        visit = self._visit
        big = [name for name in names if visit.only_top(name) and name not in visit.begun]
        tall = set(big)
        whole = [name for name in names if name not in tall]
        done: set[str] = set()
        if whole:
            done |= await self._retrieve(whole, lane)
        for start in range(0, len(big), PIECE_COUNT):
            came, refused = await self._tops(big[start : start + PIECE_COUNT])
            done |= set(big[start : start + PIECE_COUNT]).difference(refused)
            await lane.put(self._keep_tops(came))
            if refused:
                done |= await self._retrieve(refused, lane)
        await asyncio.to_thread(self._strike_off, done)

    def _strike_off(self, done: Collection[str]) -> None:
        self._visit.wanted = [name for name in self._visit.wanted if name not in done]

    async def _retrieve(self, names: Sequence[str], lane: Lane) -> set[str]:
        """Whole messages, stored in pieces while the next ones come, until time is up. The names of those that came or
        are not given. When the line breaks, those that came are stored before that is raised."""

        async def hand_over(came: Sequence[Brought]) -> None:
            await lane.put(self._keep(came))
            self._count(len(coming.done))

        coming = Retrieving(self._visit, self._store, names, self._going.on, hand_over)
        try:
            await coming.run()
        except MailError:
            if not coming.local:
                self._trouble.strikes.update([name for name in names if name not in coming.done][:1])
            if not coming.stuck:
                await self._keep(coming.take())
            raise
        finally:
            coming.discard()
            self._visit.left_out |= coming.refused.keys()
        return coming.done

    def _count(self, more: int) -> None:
        visit = self._visit
        if visit.total > MANY:
            self._teller.counting(phrase("Downloading"), visit.total - len(visit.wanted) + more, visit.total)

    async def _tops(self, names: Sequence[str]) -> tuple[list[Brought], list[str]]:
        """The tops of messages, and the names of those whose top the server does not give."""
        listing = self._visit.listing
        by_number = {listing.numbers[name]: name for name in names}
        try:
            heads = await tops(self._visit.session, list(by_number))
        except RefusedForNow:  # the whole is not what anybody asked for, so they wait for the next visit
            self._visit.left_out |= set(names)
            return [], []
        except Refused:
            heads = {}
        came = [Brought(by_number[one], listing.size(by_number[one]), head) for one, head in heads.items()]
        return came, [name for number, name in by_number.items() if number not in heads]

    async def _keep(self, came: Sequence[Brought]) -> None:
        try:
            await self._store_all(came)
        finally:
            discard(came)

    async def _store_all(self, came: Sequence[Brought]) -> None:
        visit = self._visit
        fresh = [each for each in came[::-1] if each.name not in visit.begun]
        if len(fresh) < len(came):
            rest = [each for each in came[::-1] if each.name in visit.begun]
            done = await complete(self._store, visit.door.account, rest, visit.begun)
            visit.brought |= done.shas
            fresh += done.others
        if fresh:
            kept = await keep(self._store, visit.door, fresh)
            visit.brought |= kept.shas
            self._tally.new += kept.new
            visit.new += kept.new
        self._tally.bytes += sum(each.length for each in came)

    async def _keep_tops(self, came: Sequence[Brought]) -> None:
        if came:
            self._tally.new += await keep_tops(self._store, self._visit.door, came[::-1])

    async def _greet(self) -> None:
        """The people in a mailbox that was read for the first time become known in one go."""
        door = self._visit.door
        latest, sent = door.people.latest, door.folder.role is Role.SENT
        for people in door.people.slices():
            await self._store.write(partial(_see, people, latest, sent))
        door.people.found.clear()


def _see(people: list[Address], latest: int, sent: bool, tx: Transaction) -> None:
    tx.contacts.seen(people, latest, sent=sent)
