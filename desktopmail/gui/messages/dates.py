"""Dates in a row: short, in the person's format, relative to today."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from PySide6.QtCore import QDate, QLocale, QTime


def short(at: int, today: date) -> str:
    """The time today and yesterday, the weekday within a week, else the day; with the year when it is another one.
    `at` in seconds since 1970 UTC; 0 or less (no date) is empty."""
    return _short(at, today) if at > 0 else ""


@lru_cache(maxsize=4096)
def _short(at: int, today: date) -> str:
    moment = _local(at)
    if moment is None:
        return ""
    days = (today - moment.date()).days
    locale = QLocale()
    if -1 <= days <= 1:
        return locale.toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)
    day = QDate(moment.year, moment.month, moment.day)
    if 1 < days < 7:
        return locale.toString(day, "ddd")
    if moment.year == today.year:
        return locale.toString(day, _day_month())
    return locale.toString(day, QLocale.FormatType.ShortFormat)


def spoken(at: int) -> str:
    """The whole date and time, for a tool tip and for a screen reader."""
    moment = _local(at) if at > 0 else None
    if moment is None:
        return ""
    locale = QLocale()
    day = QDate(moment.year, moment.month, moment.day)
    time = locale.toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)
    return f"{locale.toString(day, QLocale.FormatType.LongFormat)} {time}"


def _local(at: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(at)
    except (OverflowError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def _day_month() -> str:
    """Day and month in the order of the person's own format."""
    pattern = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    month_first = pattern.find("M") < pattern.find("d")
    return "MMM d" if month_first else "d MMM"
