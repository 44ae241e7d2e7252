"""The rules of answering: who gets the reply, what the subject becomes, how the chain of references goes on and how the
original is quoted. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import escape

from desktopmail.domain.account import Account, Identity
from desktopmail.domain.address import Address
from desktopmail.domain.body import Body

LONGEST_CHAIN = 40

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_REPLY = r"re|aw|antw|antwort|sv|vs|odp|vá|ynt|atb|rif|res|rsp|σχετ|απ|απάντηση|отв|ответ|回复|回覆|答复|답장|返信"
_FORWARD = r"fwd|fw|wg|wtr|tr|rv|enc|vb|vl|pd|ilt|doorst|videresend|trs|πρθ|προωθ|пер|转发|轉寄|전달|転送"
_REPLY_PREFIX = re.compile(rf"\s*(?:{_REPLY})\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:：]\s*", re.IGNORECASE)
_FORWARD_PREFIX = re.compile(rf"\s*(?:{_FORWARD})\s*(?:\[\d+\])?\s*[:：]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who an answer goes to."""

    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()


def reply_subject(subject: str) -> str:
    """'Re: ' once, whatever language the earlier replies were marked in."""
    rest = subject
    while found := _REPLY_PREFIX.match(rest):
        rest = rest[found.end() :]
    return f"Re: {rest.strip()}".strip()


def forward_subject(subject: str) -> str:
    """'Fwd: ' once, whatever language earlier forwards were marked in."""
    rest = subject
    while found := _FORWARD_PREFIX.match(rest):
        rest = rest[found.end() :]
    return f"Fwd: {rest.strip()}".strip()


def reply_recipients(body: Body, own: Iterable[str], *, everybody: bool) -> Recipients:
    """Reply-To is honoured (RFC 5322 section 3.6.2). The person's own addresses are left out as long as somebody else
    remains; an answer to own mail goes to whom that mail went."""
    mine = {each.casefold() for each in own}
    from_me = any(each.address.casefold() in mine for each in body.sender)
    first = body.to if from_me and body.to else (body.reply_to or body.sender)
    if not everybody:
        return Recipients(_others(first, mine, set()) or _distinct(first))
    seen: set[str] = set()
    to = _others((*first, *body.to), mine, seen)
    cc = _others(body.cc, mine, seen)
    if not to and not cc:
        to = _distinct(first)
    return Recipients(to, cc)


def writes_as(body: Body, account: Account) -> Identity:
    """The identity a message was addressed to, else the one it was written under, else the account's first."""
    for people in (body.to, body.cc, body.bcc, body.sender):
        for person in people:
            for identity in account.identities:
                if identity.address.casefold() == person.address.casefold():
                    return identity
    return account.identities[0]


def chain(body: Body) -> tuple[str, ...]:
    """The References of an answer (RFC 5322 section 3.6.4); very long chains keep their root and their end."""
    known = tuple(dict.fromkeys((*body.references, body.message_id) if body.message_id else body.references))
    return known if len(known) <= LONGEST_CHAIN else (known[0], *known[-LONGEST_CHAIN + 1 :])


def attribution(body: Body) -> str:
    """'On 3 March 2026, Ada wrote:'."""
    who = body.sender[0].shown if body.sender else ""
    who = " ".join(who.split()) or "somebody"
    day = _day(body)
    return f"On {day}, {who} wrote:" if day else f"{who} wrote:"


def quote_text(body: Body) -> str:
    """The original's text behind '> ', its signature left out."""
    lines = body.text.replace("\r\n", "\n").rstrip().split("\n")
    for number, line in enumerate(lines):
        if line == "-- ":
            lines = lines[:number]
            break
    quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
    return f"{attribution(body)}\n{quoted}\n"


def quote_html(body: Body, html: str) -> str:
    """The attribution and the original's cleaned HTML as a quotation. `html` must come from the sanitiser."""
    return (
        f"<p>{escape(attribution(body))}</p>"
        f'<blockquote type="cite" style="margin:0 0 0 0.8ex;border-left:2px solid #ccc;padding-left:1ex">{html}'
        "</blockquote>"
    )


def forward_header(body: Body) -> list[tuple[str, str]]:
    """The lines that stand above a forwarded message."""
    lines = [("From", _people(body.sender)), ("Date", _moment(body)), ("Subject", body.subject)]
    lines += [("To", _people(body.to)), ("Cc", _people(body.cc))]
    return [(name, " ".join(value.split())) for name, value in lines if value]


def forward_text(body: Body) -> str:
    """A forwarded message as plain text."""
    lines = "\n".join(f"{name}: {value}" for name, value in forward_header(body))
    return f"---------- Forwarded message ----------\n{lines}\n\n{body.text.rstrip()}\n"


def forward_html(body: Body, html: str) -> str:
    """A forwarded message as HTML. `html` must come from the sanitiser."""
    lines = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in forward_header(body))
    return f"<p>---------- Forwarded message ----------<br>{lines}</p><div>{html}</div>"


def _others(people: Sequence[Address], mine: set[str], seen: set[str]) -> tuple[Address, ...]:
    found = []
    for person in people:
        folded = person.address.casefold()
        if folded and folded not in mine and folded not in seen:
            seen.add(folded)
            found.append(person)
    return tuple(found)


def _distinct(people: Sequence[Address]) -> tuple[Address, ...]:
    return _others(people, set(), set())


def _people(people: Sequence[Address]) -> str:
    return ", ".join(each.full for each in people)


def _local(body: Body) -> datetime | None:
    if body.date == 0:
        return None
    zone = timezone(timedelta(minutes=body.date_offset)) if abs(body.date_offset) < 24 * 60 else UTC
    try:
        return datetime.fromtimestamp(body.date, zone)
    except (OverflowError, ValueError, OSError):
        return None


def _day(body: Body) -> str:
    at = _local(body)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}" if at else ""


def _moment(body: Body) -> str:
    at = _local(body)
    return f"{_day(body)} at {at:%H:%M}" if at else ""
