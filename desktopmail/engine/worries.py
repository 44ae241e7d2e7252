"""Says in good time what will stand in the way: a certificate that ends soon, a mailbox that is nearly full. Each is
said once, not at every start."""

from __future__ import annotations

import asyncio
import time

from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.health import Health, Line, Room
from desktopmail.domain.ids import AccountId
from desktopmail.domain.saying import phrase, plural
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
    return Problem(
        account,
        "removals-ignored",
        plural(
            count,
            "The server kept 1 message that it had said were removed",
            "The server kept {0:,} messages that it had said were removed",
        ),
        phrase(
            "Its own settings decide that; the provider's web pages show them. It is not asked again for"
            " these. What is here stays safe."
        ),
        Remedy.OPEN_SETTINGS,
    )


def _certificate(account: AccountId, line: Line, now: int) -> Problem:
    return Problem(
        account,
        "certificate-ends",
        _ending(line.host, line.encryption.days_left(now) or 0),
        phrase(
            "Mail comes as usual until then. If its provider does not renew it, nothing is fetched or sent"
            " there after that day; what is here stays safe."
        ),
        Remedy.OPEN_SETTINGS,
    )


def _ending(host: str, days: int) -> str:
    if days == 0:
        return phrase("The certificate of {0} ends today", host)
    if days == 1:
        return phrase("The certificate of {0} ends tomorrow", host)
    return phrase("The certificate of {0} ends in {1} days", host, days)


def _room(account: AccountId, room: Room) -> Problem:
    used, allowed = room.used / MEGABYTE, room.allowed / MEGABYTE
    if room.share >= 1:
        title = phrase("The mailbox on the server is full")
        detail = phrase(
            "{0:,.0f} of {1:,.0f} MB are used. New mail is refused until there is room again. What is here stays safe.",
            used,
            allowed,
        )
    else:
        title = phrase("The mailbox on the server is nearly full")
        detail = phrase(
            "{0:,.0f} of {1:,.0f} MB are used. When it is full, new mail is refused. What is here stays safe.",
            used,
            allowed,
        )
    return Problem(account, "mailbox-full", title, detail, Remedy.OPEN_SETTINGS)
