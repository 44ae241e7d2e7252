"""What was seen of an account's servers, as small JSON values by name, and how full they were on each day.

Writing here is no news: nobody redraws for it, and no account is set to work anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import apsw

from desktopmail.domain.health import (
    DAY,
    OTHERS_DAYS,
    Encryption,
    Health,
    Line,
    Others,
    Retention,
    Room,
    RoomOn,
    Side,
)
from desktopmail.domain.ids import AccountId

FULL_SYNC, RETENTION, OTHERS, WARNED = "full_sync", "retention", "others", "warned"
REST, IGNORED = "rest", "ignored"
KEPT_DAYS = 400
"""Days of quota that are kept: a little more than a year."""


class Sightings:
    """`tx.sightings`. What is told about an account that is gone is left out."""

    def __init__(self, db: apsw.Connection, now: int) -> None:
        self._db = db
        self._now = now

    def line(self, account: AccountId, seen: Line) -> None:
        """A server as it was when somebody signed in there."""
        made = seen.encryption
        self._put(
            account,
            f"line-{seen.side.value}",
            {
                "host": seen.host,
                "port": seen.port,
                "mechanism": seen.mechanism,
                "version": made.version,
                "cipher": made.cipher,
                "ends": made.ends,
                "issuer": made.issuer,
                "fingerprint": made.fingerprint,
            },
            seen.at,
        )

    def full_sync(self, account: AccountId) -> None:
        """All folders were read to the end."""
        self._put(account, FULL_SYNC, True, self._now)

    def retention(self, account: AccountId, said: Retention) -> None:
        """What a POP3 server says it keeps, and how often it may be visited."""
        self._put(account, RETENTION, {"expire": said.expire, "login_delay": said.login_delay}, self._now)

    def rests(self, account: AccountId, mailbox: str, seconds: int) -> None:
        """The server of this mailbox wants to be left alone for so long from now on."""
        self._put(account, REST, {"mailbox": mailbox, "seconds": seconds}, self._now + seconds)

    def rest(self, account: AccountId, mailbox: str) -> int:
        """Seconds for which the server of this mailbox wants to be left alone still; never more than it asked for,
        whatever the clock was set to meanwhile."""
        row = self._db.execute("SELECT value, at FROM sighting WHERE account = ? AND name = ?", (account, REST)).get
        said = json.loads(row[0]) if row else {}
        return max(0, min(row[1] - self._now, said["seconds"])) if said.get("mailbox") == mailbox else 0

    def ignored(self, account: AccountId, count: int) -> None:
        """So many more messages are on the server again although it had confirmed that it removed them."""
        if count:
            self._put(account, IGNORED, (self._get(account, IGNORED) or 0) + count, self._now)

    def others(self, account: AccountId, done: Others) -> None:
        """Count what other programs did today."""
        if not done:
            return
        today = self._now // DAY
        days = {day: counts for day, counts in _by_day(self._get(account, OTHERS)) if today - day < OTHERS_DAYS}
        removed, marked = days.get(today, (0, 0))
        days[today] = (removed + done.removed, marked + done.marked)
        self._put(account, OTHERS, {str(day): list(counts) for day, counts in days.items()}, self._now)

    def room(self, account: AccountId, seen: Room) -> None:
        """How full the server is; the last word of each day is kept."""
        today = self._now // DAY
        self._db.execute(
            "INSERT OR REPLACE INTO quota_day (account, day, used, allowed) SELECT id, ?, ?, ? FROM account"
            " WHERE id = ?",
            (today, seen.used, seen.allowed, account),
        )
        self._db.execute("DELETE FROM quota_day WHERE account = ? AND day < ?", (account, today - KEPT_DAYS))

    def no_room(self, account: AccountId) -> None:
        """The server no longer tells how full it is: what it told before would mislead."""
        self._db.execute("DELETE FROM quota_day WHERE account = ?", (account,))

    def warn(self, account: AccountId, worries: Iterable[str]) -> frozenset[str]:
        """Remember what there is to worry about; those that nobody was told of yet. What is no worry any more is
        forgotten, so that it is told again when it comes back."""
        now = sorted(set(worries))
        before = self._get(account, WARNED) or []
        if now != before:
            self._put(account, WARNED, now, self._now)
        return frozenset(now) - frozenset(before)

    def health(self, account: AccountId) -> Health:
        """Everything known about an account."""
        return health(self._db, account, self._now)

    def _put(self, account: AccountId, name: str, value: Any, at: int) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO sighting (account, name, value, at) SELECT id, ?, ?, ? FROM account WHERE id = ?",
            (name, json.dumps(value), at, account),
        )

    def _get(self, account: AccountId, name: str) -> Any:
        value = self._db.execute("SELECT value FROM sighting WHERE account = ? AND name = ?", (account, name)).get
        return None if value is None else json.loads(value)


def health(db: apsw.Connection, account: AccountId, now: int) -> Health:
    """Everything known about an account; empty when nothing is, or there is no such account."""
    seen: dict[str, tuple[Any, int]] = {}
    for name, value, at in db.execute("SELECT name, value, at FROM sighting WHERE account = ?", (account,)):
        seen[name] = (json.loads(value), at)
    trend = tuple(
        RoomOn(day, Room(used, allowed))
        for day, used, allowed in db.execute(
            "SELECT day, used, allowed FROM quota_day WHERE account = ? ORDER BY day", (account,)
        )
    )
    retention = seen[RETENTION][0] if RETENTION in seen else None
    return Health(
        account,
        tuple(_line(side, *seen[name]) for side in Side if (name := f"line-{side.value}") in seen),
        trend[-1].room if trend else None,
        trend,
        seen[FULL_SYNC][1] if FULL_SYNC in seen else 0,
        Retention(retention["expire"], retention["login_delay"]) if retention else None,
        _recent(_by_day(seen[OTHERS][0]) if OTHERS in seen else (), now),
        seen[REST][1] if REST in seen and 0 < seen[REST][1] - now <= seen[REST][0]["seconds"] else 0,
        seen[IGNORED][0] if IGNORED in seen else 0,
    )


def _line(side: Side, value: dict[str, Any], at: int) -> Line:
    made = Encryption(value["version"], value["cipher"], value["ends"], value["issuer"], value["fingerprint"])
    return Line(side, value["host"], value["port"], made, value["mechanism"], at)


def _by_day(value: dict[str, list[int]] | None) -> Iterable[tuple[int, tuple[int, int]]]:
    return ((int(day), (counts[0], counts[1])) for day, counts in (value or {}).items())


def _recent(days: Iterable[tuple[int, tuple[int, int]]], now: int) -> Others:
    within = [counts for day, counts in days if now // DAY - day < OTHERS_DAYS]
    return Others(sum(each[0] for each in within), sum(each[1] for each in within))
