"""Sections of the list by date: Today, Yesterday, This week, and so on. Pure, but for the words and the calendar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import neg

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from desktopmail.gui.messages.layout import Section


@lru_cache(maxsize=2)
def borders(today: date) -> list[tuple[int, str]]:
    """The first second of every section and its title, newest first; older than the last one is 'Older'."""
    translate = QCoreApplication.translate
    locale = QLocale()
    monday = today - timedelta(days=(today.isoweekday() - locale.firstDayOfWeek().value) % 7)
    month = today.replace(day=1)
    days = [
        (today, translate("sections", "Today")),
        (today - timedelta(days=1), translate("sections", "Yesterday")),
        (monday, translate("sections", "This week")),
        (monday - timedelta(days=7), translate("sections", "Last week")),
        (month, translate("sections", "This month")),
    ]
    for _ in range(3):
        month = (month - timedelta(days=1)).replace(day=1)
        days.append((month, _month(locale, month, today)))
    year = today.year
    days.append((date(year, 1, 1), translate("sections", "Earlier this year")))
    days += [(date(before, 1, 1), str(before)) for before in range(year - 1, year - 40, -1)]
    found: list[tuple[int, str]] = []
    earliest = None
    for day, title in days:
        if earliest is None or day < earliest:
            earliest = day
            found.append((int(datetime(day.year, day.month, day.day).astimezone().timestamp()), title))
    return found


def _month(locale: QLocale, month: date, today: date) -> str:
    name = locale.toString(QDate(month.year, month.month, 1), "MMMM")
    name = name[:1].upper() + name[1:]
    return name if month.year == today.year else f"{name} {month.year}"


def sections(sorts: Sequence[int], today: date) -> list[Section]:
    """The sections of a list whose rows have these dates, newest first."""
    found: list[Section] = []
    row, rows = 0, len(sorts)
    for since, title in borders(today):
        if row >= rows:
            break
        end = bisect_right(sorts, -since, lo=row, key=neg)
        if end > row:
            found.append(Section(row, title))
        row = end
    if row < rows:
        found.append(Section(row, QCoreApplication.translate("sections", "Older")))
    return found
