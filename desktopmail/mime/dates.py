"""Dates of headers (RFC 5322 section 3.3 and 4.3): strict form fast, everything seen in real mail tolerantly."""

from __future__ import annotations

import re
from datetime import date

_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name.lower(): number for number, name in enumerate(_MONTH_NAMES, 1)}
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9,
}  # fmt: skip
_STRICT = re.compile(
    rb"(?:[A-Za-z]{3},? )? ?(\d\d? [A-Za-z]{3} \d{4}) (\d\d):(\d\d)(?::(\d\d))? (?:([+-])(\d\d)([0-5]\d)|GMT|UTC?|Z)\b"
)
_COMMENT = re.compile(r"\([^()]*\)?")
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s*[:.]\s*(\d{1,2})(?:\s*[:.]\s*(\d{1,2})(?:[.,]\d+)?)?(?!\d)\s*([ap]m)?", re.I)
_NUMERIC_ZONE = re.compile(r"(?:^|\s|[a-z])([+-])\s?(\d{1,2}):?(\d{2})?(?!\d)", re.I)
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[\s.,/-]*([a-z]{3})[a-z]*[\s.,/-]*(\d{2,4})(?!\d)", re.I)
_MONTH_DAY = re.compile(
    r"(?<![a-z])([a-z]{3})[a-z]*[\s.,]+(\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?:.*?(?<![\d:+-])(\d{4})(?!\d))?", re.I
)
_ISO = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_LATEST = 253_402_300_799

_TWO_DIGITS = {b"%02d" % number: number for number in range(60)}

_days: dict[bytes, int | None] = {}
_usual_days: dict[bytes, int] = {}
_usual_zones: dict[bytes, int] = {}
"""What stands in front of and behind the time of day in dates like 'Tue, 12 Mar 2024 09:30:00 +0100'."""


def parse(raw: bytes) -> tuple[int, int] | None:
    """(seconds since 1970 UTC, offset of the sender's clock in seconds east of UTC), or None when it is no date."""
    midnight = _usual_days.get(raw[:-14])
    offset = _usual_zones.get(raw[-6:])
    if midnight is not None and offset is not None and raw[-12] == raw[-9] == 0x3A:
        try:
            hours, minutes, seconds = _TWO_DIGITS[raw[-14:-12]], _TWO_DIGITS[raw[-11:-9]], _TWO_DIGITS[raw[-8:-6]]
        except KeyError:
            return _strict(raw)
        if hours < 24:
            return midnight + hours * 3600 + minutes * 60 + seconds - offset, offset
    return _strict(raw)


def _strict(raw: bytes) -> tuple[int, int] | None:
    match = _STRICT.match(raw)
    if match is None:
        return _tolerant(raw)
    day, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    if hour > b"24" or minute > b"59" or (second and second > b"60"):
        return _tolerant(raw)
    midnight = _days.get(day)
    if midnight is None:
        midnight = _midnight_of(day)
        if midnight is None:
            return _tolerant(raw)
    offset = 0
    if sign:
        offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
        if offset > 86_340:
            offset = 0
        elif sign == b"-":
            offset = -offset
    if match.end() == len(raw) and match.start(2) == len(raw) - 14 and sign:
        _remember(raw, midnight, offset)
    return _bounded(midnight + int(hour) * 3600 + int(minute) * 60 + int(second or 0) - offset, offset)


def _remember(raw: bytes, midnight: int, offset: int) -> None:
    if len(_usual_days) > 20_000 or len(_usual_zones) > 2_000:
        _usual_days.clear()
        _usual_zones.clear()
    if len(raw) < 40 and 0 < midnight < _LATEST - 86_400:
        _usual_days[raw[:-14]] = midnight
        _usual_zones[raw[-6:]] = offset


def _midnight_of(day: bytes) -> int | None:
    """Seconds of '12 Mar 2024', remembered: a mailbox holds few different days."""
    number, month, year = day.split()
    seconds = _midnight(int(year), _MONTHS.get(month.decode("ascii").lower(), 0), int(number))
    if len(_days) > 20_000:
        _days.clear()
    _days[day] = seconds
    return seconds


def _midnight(year: int, month: int, day: int) -> int | None:
    try:
        return (date(year, month, day).toordinal() - 719_163) * 86_400
    except (ValueError, OverflowError):
        return None


def _bounded(seconds: int, offset: int) -> tuple[int, int] | None:
    return (seconds, offset) if -62_135_596_800 <= seconds <= _LATEST else None


def _tolerant(raw: bytes) -> tuple[int, int] | None:
    text = _COMMENT.sub(" ", raw[:300].decode("latin-1")).strip()
    midnight = _date_in(text)
    if midnight is None:
        return None
    clock = 0
    rest = text
    found = _TIME.search(text)
    if found:
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        if found[4]:
            hour = hour % 12 + (12 if found[4].lower() == "pm" else 0)
        if hour <= 24 and minute <= 59 and second <= 60:
            clock = hour * 3600 + minute * 60 + second
        rest = text[found.end() :]
    offset = _zone_in(rest) if found else 0
    return _bounded(midnight + clock - offset, offset)


def _date_in(text: str) -> int | None:
    for match in _DAY_MONTH.finditer(text):
        month = _MONTHS.get(match[2].lower())
        if month:
            return _midnight(_year(match[3]), month, int(match[1]))
    iso = _ISO.search(text)
    if iso:
        return _midnight(int(iso[1]), int(iso[2]), int(iso[3]))
    for match in _MONTH_DAY.finditer(text):
        month = _MONTHS.get(match[1].lower())
        if month and match[3]:
            return _midnight(int(match[3]), month, int(match[2]))
    return None


def _year(digits: str) -> int:
    """RFC 5322 section 4.3: two digits below 50 are 2000 and later, other two or three digits count from 1900."""
    year = int(digits)
    if len(digits) == 2 and year < 50:
        return year + 2000
    return year + 1900 if len(digits) < 4 else year


def _zone_in(text: str) -> int:
    numeric = _NUMERIC_ZONE.search(text)
    if numeric:
        hours, minutes = int(numeric[2]), int(numeric[3] or 0)
        offset = hours * 3600 + minutes * 60
        if minutes > 59 or offset > 86_340:
            return 0
        return -offset if numeric[1] == "-" else offset
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _ZONES:
            return _ZONES[word] * 3600
    return 0


def iso(seconds: int, offset: int) -> str:
    """ISO 8601 with offset, for programs and tests: '2024-03-12T09:30:00+01:00'."""
    days, clock = divmod(seconds + offset, 86_400)
    day = date.fromordinal(days + 719_163)
    sign = "-" if offset < 0 else "+"
    zone = f"{sign}{abs(offset) // 3600:02}:{abs(offset) % 3600 // 60:02}"
    return f"{day.isoformat()}T{clock // 3600:02}:{clock % 3600 // 60:02}:{clock % 60:02}{zone}"


def rfc5322(seconds: int, offset: int = 0) -> str:
    """A date for the wire; `offset` in minutes east of UTC: 'Tue, 12 Mar 2024 09:30:00 +0100'."""
    days, clock = divmod(seconds + offset * 60, 86_400)
    day = date.fromordinal(days + 719_163)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    month = _MONTH_NAMES[day.month - 1]
    sign = "-" if offset < 0 else "+"
    zone = f"{sign}{abs(offset) // 60:02}{abs(offset) % 60:02}"
    time = f"{clock // 3600:02}:{clock % 3600 // 60:02}:{clock % 60:02}"
    return f"{weekday}, {day.day} {month} {day.year:04} {time} {zone}"
