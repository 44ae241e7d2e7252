"""Points in time as people type them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from desktopmail.domain.errors import WrongUsage

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_AFTER = re.compile(r"\+(\d{1,5})\s*([smhdw])")
_CLOCK = re.compile(r"(?:(today|tomorrow)[ T]?)?(?:at )?(?:(\d{1,2}):(\d{2}))?")


def later(text: str, now: datetime) -> int:
    """Seconds since 1970 of '2026-11-25T09:00', '09:00' (the next one), 'tomorrow', 'tomorrow 9:30' or '+2h'.
    `now` has a zone. Raises WrongUsage, also for what is past."""
    at = _moment(text.strip().lower(), now)
    if at is None:
        raise WrongUsage(f"'{text}' is not a time", "Write 2026-11-25T09:00, 09:00, tomorrow 9:00 or +2h.")
    if at < now:
        raise WrongUsage(f"{at:%Y-%m-%d %H:%M} is past")
    return int(at.timestamp())


def _moment(text: str, now: datetime) -> datetime | None:
    if found := _AFTER.fullmatch(text):
        return now + timedelta(seconds=int(found[1]) * _UNITS[found[2]])
    found = _CLOCK.fullmatch(text)
    if text and found:
        day, hour, minute = found.groups()
        try:
            at = now.replace(hour=int(hour or 9), minute=int(minute or 0), second=0, microsecond=0)
        except ValueError:
            return None
        if day == "tomorrow" or (day is None and at < now):
            at += timedelta(days=1)
        return at
    try:
        at = datetime.fromisoformat(text.replace("t", "T").replace("z", "Z"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
