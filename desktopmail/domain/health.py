"""How an account is: what its servers were last seen to be like, how full they are, and who else works in the mailbox.

Everything here was noticed while mail was fetched and sent anyway; nothing is asked for it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from desktopmail.domain.ids import AccountId

DAY = 86_400
CARE_DAYS = 14
"""A certificate that ends within so many days is worth a warning."""
FULL_SHARE = 0.9
"""A mailbox fuller than this is worth a warning."""
OTHERS_DAYS = 7
"""How far back the doings of other programs are counted."""


class Side(Enum):
    """Which of an account's servers."""

    value: Literal["incoming", "outgoing"]

    INCOMING = "incoming"
    OUTGOING = "outgoing"


@dataclass(frozen=True, slots=True)
class Encryption:
    """What a TLS connection was made of: `version` ('TLSv1.3'), `cipher`, and the server's certificate: `ends` in
    seconds since 1970 UTC (0: not known), `issuer`, `fingerprint` (lower-case hex SHA-256). All empty: in clear."""

    version: str = ""
    cipher: str = ""
    ends: int = 0
    issuer: str = ""
    fingerprint: str = ""

    @property
    def there(self) -> bool:
        """Whether the connection was encrypted at all."""
        return bool(self.version)

    def days_left(self, now: int) -> int | None:
        """Whole days until the certificate ends, negative when it has; None when that is not known."""
        return (self.ends - now) // DAY if self.ends else None


@dataclass(frozen=True, slots=True)
class Line:
    """One server as it was when somebody last signed in there. `mechanism` is how ('SCRAM-SHA-256', 'LOGIN'; empty:
    without signing in); `at` in seconds since 1970 UTC."""

    side: Side
    host: str
    port: int
    encryption: Encryption
    mechanism: str
    at: int

    def ends_soon(self, now: int) -> bool:
        """Whether the certificate ends within CARE_DAYS, or has ended."""
        left = self.encryption.days_left(now)
        return left is not None and left < CARE_DAYS


@dataclass(frozen=True, slots=True)
class Room:
    """Room on a server (RFC 9208): bytes used of bytes allowed, 0 allowed: no limit known."""

    used: int
    allowed: int

    @property
    def share(self) -> float:
        """How much of it is used, 0 to 1 and above."""
        return self.used / self.allowed if self.allowed else 0.0

    @property
    def tight(self) -> bool:
        """Whether it is nearly full."""
        return self.share >= FULL_SHARE


@dataclass(frozen=True, slots=True)
class RoomOn:
    """Room on one day; `day` counts days since 1970."""

    day: int
    room: Room


@dataclass(frozen=True, slots=True)
class Retention:
    """What a POP3 server says about itself (RFC 2449): days it keeps mail (`expire`; -1 for ever, None unsaid) and
    seconds it wants between two visits (`login_delay`)."""

    expire: int | None = None
    login_delay: int = 0


@dataclass(frozen=True, slots=True)
class Others:
    """What other programs did in the mailbox within the last OTHERS_DAYS: messages taken away, messages marked."""

    removed: int = 0
    marked: int = 0

    def __bool__(self) -> bool:
        return bool(self.removed or self.marked)


@dataclass(frozen=True, slots=True)
class Health:
    """Everything known about one account. `full_sync` is when all folders were last read to the end (0: never), in
    seconds since 1970 UTC; `trend` has one entry per day, oldest first. `next_visit` is before when the server wants to
    be left alone (0: it may be visited). `ignored` counts messages that the server kept after it had confirmed their
    removal."""

    account: AccountId
    lines: tuple[Line, ...] = ()
    room: Room | None = None
    trend: tuple[RoomOn, ...] = ()
    full_sync: int = 0
    retention: Retention | None = None
    others: Others = field(default_factory=Others)
    next_visit: int = 0
    ignored: int = 0

    def line(self, side: Side) -> Line | None:
        """What is known of the incoming or of the outgoing server."""
        return next((each for each in self.lines if each.side is side), None)

    def growth(self, days: int = 30) -> int:
        """Bytes a day by which the mailbox grew within the last `days`; 0 without two days to compare."""
        recent = [each for each in self.trend if each.day >= self.trend[-1].day - days]
        if len(recent) < 2 or recent[-1].day == recent[0].day:
            return 0
        return (recent[-1].room.used - recent[0].room.used) // (recent[-1].day - recent[0].day)

    def days_until_full(self) -> int | None:
        """Days until the room is used up at the present growth; None when it does not grow or has no limit."""
        growth = self.growth()
        if self.room is None or not self.room.allowed or growth <= 0:
            return None
        return max(0, self.room.allowed - self.room.used) // growth
