"""Says in good time what will stand in the way: a certificate that ends soon, a mailbox that is nearly full. Each is
said once, not at every start."""

from __future__ import annotations

import asyncio
import time

from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.health import Health, Line, Room
from desktopmail.domain.ids import AccountId
from desktopmail.domain.saying import phrase
from desktopmail.engine.ears import Ears
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

MEGABYTE = 1_000_000


class Worries:
    """Looks at the health of an account whenever it comes to rest, from `start` to `close`."""

    def __init__(self, store: Store, ears: Ears) -> None:
        self._store = store
        self._ears = ears
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen from now on."""
        self._ears.on_activity.append(self._heard)

    async def close(self) -> None:
        """Listen no more, and finish what was begun."""
        if self._heard in self._ears.on_activity:
            self._ears.on_activity.remove(self._heard)
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _heard(self, activity: Activity) -> None:
        if activity.state is State.IDLE:
            task = asyncio.create_task(self._look(activity.account), name=f"worries about {activity.account}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _look(self, account: AccountId) -> None:
        known = await self._store.read(lambda tx: tx.sightings.health(account))
        found = worries(known, int(time.time()))

        def work(tx: Transaction) -> frozenset[str]:
            return tx.sightings.warn(account, found)

        for key in sorted(await self._store.write(work)):
            self._ears.problem(found[key])


def worries(health: Health, now: int) -> dict[str, Problem]:
    """What there is to say about an account, by a key that stays the same as long as the worry does."""
    found = {
        f"certificate {line.host} {line.encryption.ends}": _certificate(health.account, line, now)
        for line in health.lines
        if line.ends_soon(now) and (line.encryption.days_left(now) or 0) >= 0
    }
    if health.room is not None and health.room.tight:
        full = health.room.share >= 1
        found["room full" if full else "room tight"] = _room(health.account, health.room)
    if health.ignored:
        found["removals ignored"] = _ignored(health.account, health.ignored)
    return found


def _ignored(account: AccountId, count: int) -> Problem:
    many = "1 message" if count == 1 else f"{count:,} messages"
    return Problem(
        account,
        "removals-ignored",
        phrase("The server kept {0} that it had said were removed", many),
        phrase(
            "Its own settings decide that; the provider's web pages show them. It is not asked again for"
            " these. What is here stays safe."
        ),
        Remedy.OPEN_SETTINGS,
    )


def _certificate(account: AccountId, line: Line, now: int) -> Problem:
    left = line.encryption.days_left(now) or 0
    when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    return Problem(
        account,
        "certificate-ends",
        phrase("The certificate of {0} ends {1}", line.host, when),
        phrase(
            "Mail comes as usual until then. If its provider does not renew it, nothing is fetched or sent"
            " there after that day; what is here stays safe."
        ),
        Remedy.OPEN_SETTINGS,
    )


def _room(account: AccountId, room: Room) -> Problem:
    used = f"{room.used / MEGABYTE:,.0f} of {room.allowed / MEGABYTE:,.0f} MB are used."
    if room.share >= 1:
        title, detail = "The mailbox on the server is full", f"{used} New mail is refused until there is room again."
    else:
        title, detail = "The mailbox on the server is nearly full", f"{used} When it is full, new mail is refused."
    return Problem(account, "mailbox-full", title, phrase("{0} What is here stays safe.", detail), Remedy.OPEN_SETTINGS)
