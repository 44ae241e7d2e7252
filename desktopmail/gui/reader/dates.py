"""A message's date in the person's own format: short beside a name, whole on hover."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTimeZone


def short(seconds: int) -> str:
    """'14:32' today, 'Yesterday, 14:32', '12 Nov, 14:32' this year, '12 Nov 2023' before; empty for no date."""
    if seconds <= 0:
        return ""
    then, now = QDateTime.fromSecsSinceEpoch(seconds), QDateTime.currentDateTime()
    locale = QLocale()
    time = locale.toString(then.time(), QLocale.FormatType.ShortFormat)
    days = then.date().daysTo(now.date())
    if days == 0:
        return time
    if days == 1:
        return QCoreApplication.translate("dates", "Yesterday, {0}").format(time)
    if then.date().year() == now.date().year():
        return f"{locale.toString(then.date(), 'd MMM')}, {time}"
    return locale.toString(then.date(), "d MMM yyyy")


def whole(seconds: int, offset: int = 0) -> str:
    """Weekday, date, time; with the sender's own time when their clock stood elsewhere. `offset` in
    minutes east of UTC."""
    if seconds <= 0:
        return QCoreApplication.translate("dates", "This message has no date")
    then = QDateTime.fromSecsSinceEpoch(seconds)
    locale = QLocale()
    words = locale.toString(then, QLocale.FormatType.LongFormat)
    if offset and offset * 60 != then.offsetFromUtc() and abs(offset) < 15 * 60:
        there = QDateTime.fromSecsSinceEpoch(seconds, QTimeZone.fromSecondsAheadOfUtc(offset * 60))
        hint = QCoreApplication.translate("dates", "for the sender it was {0}")
        words += "\n" + hint.format(locale.toString(there, "ddd HH:mm"))
    return words
