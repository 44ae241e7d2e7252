"""What would be lost with this computer, and when it was last copied."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400


@dataclass(frozen=True, slots=True)
class LastBackup:
    """When everything was copied last (seconds since 1970 UTC) and into which folder."""

    at: int
    place: str


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """Messages that no server has. `count` of them in all, `unsaved` came after the last backup, the oldest of those
    at `since` (seconds since 1970 UTC, 0: none)."""

    count: int = 0
    unsaved: int = 0
    since: int = 0
    last: LastBackup | None = None

    def due(self, days: int, put_off_until: int, now: int) -> bool:
        """Whether it is time to remind of a backup: something unsaved has been here for `days` (0: never remind), and
        the person has not put it off."""
        return days > 0 and self.unsaved > 0 and now >= max(self.since + days * DAY, put_off_until)
