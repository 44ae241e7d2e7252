"""How an account is, in sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTimeZone

from desktopmail.domain.health import OTHERS_DAYS, Health, Line, Others, Retention
from desktopmail.gui import words

translate = QCoreApplication.translate

HERE = ("localhost", "127.0.0.1", "::1")
Said = tuple[str, str]
"""A sentence and the tone of it: empty, `care` or `bad`."""


def protection(line: Line, now: int, *, pinned: bool = False) -> Said:
    """How the line to a server is protected, and how long its certificate lasts. `pinned`: the person trusts it."""
    made = line.encryption
    if not made.there and line.host in HERE:
        return translate("health", "Not encrypted, and it need not be: the server is on this computer."), ""
    if not made.there:
        return translate("health", "Not encrypted: everybody on the way can read the password and the mail."), "bad"
    start = translate("health", "Encrypted with {0}.").format(version(made.version))
    if not made.ends:
        return start, ""
    left, day = made.days_left(now) or 0, date(made.ends)
    if left < 0:
        text = translate("health", "The server's certificate ended on {0}. Its provider has to renew it.")
        return f"{start} {text.format(day)}", "bad"
    if line.ends_soon(now):
        text = translate("health", "The server's certificate ends on {0}, {1}. If its provider does not renew it, no "
                                   "mail comes after that day; what is here stays safe.")  # fmt: skip
        return f"{start} {text.format(day, in_days(left))}", "care"
    if pinned:
        text = translate("health", "The certificate is one you trust yourself; it lasts until {0}.").format(day)
    elif made.issuer:
        text = translate("health", "The certificate was issued by {0} and lasts until {1}.").format(made.issuer, day)
    else:
        text = translate("health", "The certificate lasts until {0}.").format(day)
    return f"{start} {text}", ""


def details(line: Line) -> str:
    """What only somebody who helps wants to know."""
    made = line.encryption
    rows = [f"{line.host}:{line.port}", f"{made.version} {made.cipher}".strip(), line.mechanism]
    if made.fingerprint:
        rows.append(f"SHA-256 {made.fingerprint}")
    return "\n".join(row for row in rows if row)


def signing_in(line: Line) -> Said:
    """What proves to a server who is there."""
    name = line.mechanism.upper()
    if not name:
        return translate("health", "This server asks for no password."), ""
    if name.startswith(("SCRAM", "CRAM")):
        text = translate("health", "{0}: the password itself is never sent.")
    elif name in ("XOAUTH2", "OAUTHBEARER"):
        text = translate("health", "{0}: with a token of the provider; this program holds no password.")
    elif name == "EXTERNAL":
        text = translate("health", "{0}: the client certificate says who you are.")
    elif line.host in HERE:
        text = translate("health", "{0}: the password does not leave this computer.")
    elif line.encryption.there:
        text = translate("health", "{0}: the password is sent inside the encrypted connection.")
    else:
        return translate("health", "{0}: the password is sent readable for everybody on the way.").format(name), "bad"
    return text.format(name), ""


def room(health: Health) -> Said:
    """How full the mailbox on the server is, and when it will be full."""
    if health.room is None:
        return "", ""
    text = translate("health", "{0} of {1} used ({2} %).").format(
        size(health.room.used), size(health.room.allowed), words.number(round(health.room.share * 100))
    )
    if health.room.share >= 1:
        refused = translate("health", "New mail is refused until there is room again.")
        return f"{text} {refused}", "bad"
    until = health.days_until_full()
    if until is not None and until <= 365:
        grows = translate("health", "At the present pace, {0} a day, it is full {1}.")
        text = f"{text} {grows.format(size(health.growth()), in_days(until))}"
    return text, "care" if health.room.tight else ""


def retention(said: Retention | None) -> Said:
    """How long a POP3 server keeps mail by its own word."""
    if said is None or said.expire is None:
        return "", ""
    if said.expire < 0:
        return translate("health", "The provider says that it removes nothing by itself."), ""
    if said.expire == 0:
        return translate("health", "The provider may remove a message as soon as it was fetched. Nothing is lost: it "
                                   "is stored here first."), "care"  # fmt: skip
    text = translate("health", "The provider may remove messages by itself after {0}.")
    return text.format(days(said.expire)), "care" if said.expire < 30 else ""


def visits(health: Health) -> str:
    """How much time a POP3 server wants between two visits, and when the next one may be."""
    seconds = health.retention.login_delay if health.retention is not None else 0
    if seconds <= 0:
        return ""
    text = translate("health", "The provider wants {0} between two visits, so new mail may come that much later.")
    said = text.format(span(seconds))
    if not health.next_visit:
        return said
    after = translate("health", "Next visit: {0}.").format(when(health.next_visit))
    return f"{said} {after}"


def others(done: Others) -> str:
    """What other programs did in the mailbox."""
    if not done:
        return translate("health", "No other program changed anything in the last {0} days.").format(OTHERS_DAYS)
    parts = []
    if done.removed:
        parts.append(translate("health", "removed {0}").format(words.messages(done.removed)))
    if done.marked:
        parts.append(translate("health", "read or marked {0}").format(words.messages(done.marked)))
    both = translate("health", "{0} and {1}")
    what = both.format(*parts) if len(parts) > 1 else parts[0]
    text = translate("health", "Another program, or you elsewhere, {0} in the last {1} days.")
    return text.format(what, words.number(OTHERS_DAYS))


def version(name: str) -> str:
    """'TLS 1.3' for 'TLSv1.3'."""
    return name.replace("TLSv", "TLS ")


def size(count: int) -> str:
    """Bytes in the person's format."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def days(count: int) -> str:
    """'1 day', '14 days'."""
    if count == 1:
        return translate("health", "1 day")
    return translate("health", "{0} days").format(words.number(count))


def span(seconds: int) -> str:
    """'45 seconds', '1 minute', '15 minutes'."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return translate("health", "{0} seconds").format(words.number(seconds))
    if minutes == 1:
        return translate("health", "1 minute")
    return translate("health", "{0} minutes").format(words.number(minutes))


def in_days(count: int) -> str:
    """'today', 'tomorrow', 'in 9 days'."""
    if count <= 0:
        return translate("health", "today")
    if count == 1:
        return translate("health", "tomorrow")
    return translate("health", "in {0} days").format(words.number(count))


def date(seconds: int) -> str:
    """A day of the calendar, in UTC as certificates have it."""
    day = QDateTime.fromSecsSinceEpoch(seconds, QTimeZone.utc()).date()
    return QLocale().toString(day, "d MMMM yyyy")


def when(seconds: int) -> str:
    """'Today, 10:32', 'Yesterday, 10:32', '3 March 2027, 10:32'."""
    then = QDateTime.fromSecsSinceEpoch(seconds)
    time = QLocale().toString(then.time(), QLocale.FormatType.ShortFormat)
    ago = then.date().daysTo(QDateTime.currentDateTime().date())
    if ago == 0:
        return translate("health", "Today, {0}").format(time)
    if ago == 1:
        return translate("health", "Yesterday, {0}").format(time)
    return f"{QLocale().toString(then.date(), 'd MMMM yyyy')}, {time}"
