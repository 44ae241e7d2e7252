"""What a server's -ERR means: its response code (RFC 2449 section 8, RFC 3206, RFC 6856) in words for a person."""

from __future__ import annotations

import re

from desktopmail.domain.errors import MailboxBusy, MailError, Refused, RefusedForNow, TooSoon
from desktopmail.domain.saying import phrase
from desktopmail.protocols.transport import inert

PATIENCE = 60
"""Seconds to wait for a server that asks for time and does not say how much."""

_CODE = re.compile(rb"\[([A-Za-z0-9./-]{1,60})\] ?")
_BUSY = re.compile(
    rb"(mail ?(?:box|drop)|pop ?drop|spool|\block)\b.{0,40}\b(locked|in use|busy|lock)\b"
    rb"|\balready (locked|in use|open)\b",
    re.IGNORECASE,
)
"""How servers without response codes say that the mailbox is open elsewhere."""


def code(text: bytes) -> str:
    """The response code in front of a status text, in upper case; empty without one."""
    found = _CODE.match(text)
    return found[1].decode("ascii").upper() if found else ""


def human(text: bytes) -> str:
    """A status text as one short inert line, with its code."""
    return inert(text.decode("utf-8", "replace"))


def refusal(title: str, text: bytes, *, host: str, delay: int = 0) -> Refused:
    """A -ERR in words; `title` says what did not happen, `delay` what CAPA says about the time between visits."""
    named, said = code(text), human(text)
    if named == "IN-USE":
        return busy(host, said)
    if named == "LOGIN-DELAY":
        return TooSoon(delay or PATIENCE, said)
    if named == "SYS/TEMP":
        return RefusedForNow(
            title, phrase("Something behind the server does not work now. It will be tried again."), said
        )
    if named == "SYS/PERM":
        detail = phrase("Something behind the server is broken; somebody has to mend it there. Nothing is lost.")
        return Refused(title, detail, said)
    if named == "UTF8":
        detail = phrase(
            "It is written in letters that the server hands out only in a way it did not agree to. Nothing is lost."
        )
        return Refused(title, detail, said)
    return Refused(title, phrase("Nothing is lost."), said)


def at_sign_in(text: bytes, host: str, delay: int) -> MailError | None:
    """What a -ERR to a sign-in says beside 'wrong password'; None when it says that, or nothing in particular."""
    named = code(text)
    if named in ("IN-USE", "LOGIN-DELAY", "SYS/TEMP", "SYS/PERM", "UTF8"):
        return refusal(phrase("{0} does not let anybody in now", host), text, host=host, delay=delay)
    if not named and _BUSY.search(text[:500]):
        return busy(host, human(text))
    return None


def busy(host: str, said: str) -> MailboxBusy:
    """The words for a mailbox that is open elsewhere."""
    return MailboxBusy(
        phrase("Another program has the mailbox at {0} open", host),
        phrase("POP3 lets in one at a time. It will be tried again; nothing is lost."),
        said,
    )
