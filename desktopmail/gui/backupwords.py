"""What is only on this computer, and the last backup, in sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktopmail.domain.backup import OnlyHere
from desktopmail.gui import words

translate = QCoreApplication.translate


def standing(found: OnlyHere) -> str:
    """How many messages are only here, and how many of them the last backup has not."""
    made = found.last
    if not found.count:
        text = translate("backup", "Nothing is only on this computer: every message is on a server too.")
        return f"{text} {_last(found)}".strip()
    text = translate("backup", "Only on this computer: {0}.").format(words.messages(found.count))
    if made is None:
        nothing = translate("backup", "There is no backup yet.")
        return f"{text} {nothing}"
    if not found.unsaved:
        whole = translate("backup", "All of it is in the last backup.")
        return f"{text} {whole} {_last(found)}"
    left = translate("backup", "Not in the last backup: {0}.").format(words.messages(found.unsaved))
    return f"{text} {left} {_last(found)}"


def reminder(found: OnlyHere) -> str:
    """Why it is time for a backup."""
    text = translate("backup", "Only on this computer and in no backup: {0}, the oldest since {1}.")
    return text.format(words.messages(found.unsaved), day(found.since))


def _last(found: OnlyHere) -> str:
    if found.last is None:
        return ""
    return translate("backup", "Last backup: {0}, in {1}.").format(day(found.last.at), found.last.place)


def day(seconds: int) -> str:
    """'3 March 2026'."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(seconds).date(), "d MMMM yyyy")
