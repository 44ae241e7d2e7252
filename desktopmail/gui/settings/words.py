"""Preferences and their changes in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from desktopmail.domain.preferences import Preference, preference
from desktopmail.domain.settings import SettingChange, Settings, Value

translate = QCoreApplication.translate
IMAGES, CERTIFICATE, ACCOUNT, ARRANGED = "images:", "certificate:", "account:", "arranged:"
ORDER = "account-order"


def told(text: str) -> str:
    """A title, sentence or value of the table of preferences."""
    return translate("settings", text) if text else ""


def value_word(known: Preference, value: Value) -> str:
    """A value of a preference as it is offered."""
    if known.name == "reader_zoom":
        return translate("settings", "{0} %").format(round(float(value) * 100))
    if known.name in ("quiet_from", "quiet_until"):
        hour = QDateTime.fromString(str(value), "HH:mm").time()
        return QLocale().toString(hour, QLocale.FormatType.ShortFormat)
    return told(known.word(value))


def what_changed(change: SettingChange) -> str:
    """A change in one sentence."""
    if change.name.startswith(IMAGES):
        text = translate("settings", "Remote pictures of {0} are no longer shown by themselves")
        return text.format(change.name.removeprefix(IMAGES))
    if change.name.startswith(CERTIFICATE):
        text = translate("settings", "The certificate of {0} is no longer trusted")
        return text.format(change.name.removeprefix(CERTIFICATE))
    if change.name.startswith(ACCOUNT):
        return _account_changed(change)
    if change.name.startswith(ARRANGED):
        if change.name.endswith(":deliver"):
            return translate("settings", "New mail of an account goes into another Inbox")
        return translate("settings", "Where sent mail of an account is kept was changed")
    if change.name == ORDER:
        return translate("settings", "The order of the accounts was changed")
    if change.name == "shortcut_keys":
        return translate("settings", "Keyboard shortcuts were changed")
    if change.name == "silent_accounts":
        return translate("settings", "Notifications of an account were changed")
    known = preference(change.name)
    if known is None:
        return change.name
    old, new = (Settings.default(change.name) if each is None else each for each in (change.old, change.new))
    text = translate("settings", "{0}: {1}, before: {2}")
    return text.format(told(known.title), value_word(known, new), value_word(known, old))


def _account_changed(change: SettingChange) -> str:
    match change.name.rpartition(":")[2]:
        case "name":
            return translate("settings", "An account is called {0}, before: {1}").format(change.new, change.old)
        case "colour":
            return translate("settings", "An account has another colour")
        case "paused" if change.new:
            return translate("settings", "An account was paused")
        case "paused":
            return translate("settings", "The pause of an account was ended")
        case "leave":
            return translate("settings", "What an account leaves on its server was changed")
    return translate("settings", "The names to write under were changed")


def what_returned(change: SettingChange) -> str:
    """What taking a change back did, in one sentence."""
    if change.name.startswith(IMAGES):
        text = translate("settings", "Taken back: remote pictures of {0} are shown again")
        return text.format(change.name.removeprefix(IMAGES))
    if change.name.startswith(CERTIFICATE):
        text = translate("settings", "Taken back: the certificate of {0} is trusted again")
        return text.format(change.name.removeprefix(CERTIFICATE))
    if change.name.startswith((ACCOUNT, ARRANGED)):
        return translate("settings", "Taken back: the account is as it was")
    if change.name == ORDER:
        return translate("settings", "Taken back: the accounts stand as they did")
    known = preference(change.name)
    if known is None:
        return translate("settings", "Taken back")
    old = Settings.default(change.name) if change.old is None else change.old
    return translate("settings", "Taken back: {0} is “{1}” again").format(told(known.title), value_word(known, old))


def moment(seconds: int) -> str:
    """A time as it is told: today only the time, else the date too."""
    at = QDateTime.fromSecsSinceEpoch(seconds)
    clock = QLocale().toString(at.time(), QLocale.FormatType.ShortFormat)
    if at.date() == QDate.currentDate():
        return translate("settings", "today {0}").format(clock)
    if at.date() == QDate.currentDate().addDays(-1):
        return translate("settings", "yesterday {0}").format(clock)
    return f"{QLocale().toString(at.date(), QLocale.FormatType.ShortFormat)} {clock}"


def size(count: int) -> str:
    """Bytes as a person reads them."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)
