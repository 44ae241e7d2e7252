"""mailto: links (RFC 6068): who a message is to go to, and what it begins with. Values only: a link never names a file,
never sets a field it has no business with, and never ends a header line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from desktopmail.domain.address import Address

MOST_PEOPLE = 100
LONGEST_ADDRESS = 320
LONGEST_SUBJECT = 500
LONGEST_BODY = 65_536
LONGEST_LINK = 262_144
"""Characters; what lies behind is left out."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BODY_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,480}@[!-;=?-~]{1,480}>")
_PERSON = re.compile(r'(?:[^",]|"[^"]*"?)+')
_ANGLE = re.compile(r"<([^<>]*)>\s*\Z")
_ADDRESS = re.compile(r'[^\s<>()\[\],;:\\"@]+@[^\s<>()\[\],;:\\"@]+')


@dataclass(frozen=True, slots=True)
class Mailto:
    """What a link asks for. `in_reply_to` is a message id with its brackets, or empty."""

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    body: str = ""
    in_reply_to: str = ""


def parse(link: str) -> Mailto:
    """Read a link. Fields other than to, cc, bcc, subject, body and in-reply-to are left out (attachments above all);
    of a field that may stand once the first is taken. A plus sign is itself (section 5). Never fails."""
    rest = link[:LONGEST_LINK]
    rest = rest[7:] if rest[:7].lower() == "mailto:" else rest
    path, _, query = rest.partition("#")[0].partition("?")
    fields: dict[str, list[str]] = {"to": [_decoded(path)]}
    for pair in query.replace("&amp;", "&").split("&"):
        name, equals, value = pair.partition("=")
        if equals:
            fields.setdefault(_decoded(name).strip().lower(), []).append(_decoded(value))

    def first(name: str) -> str:
        return fields.get(name, [""])[0]

    seen: set[str] = set()
    to, cc, bcc = (_people(fields.get(name, []), seen) for name in ("to", "cc", "bcc"))
    reply = _MESSAGE_ID.search(first("in-reply-to")[:1_000])
    return Mailto(to, cc, bcc, _line(first("subject")), _text(first("body")), reply.group() if reply else "")


def _decoded(text: str) -> str:
    """Percent-decoded UTF-8; what is none becomes a replacement character."""
    return unquote_to_bytes(text).decode("utf-8", "replace")


def _line(text: str) -> str:
    """One line without controls and without what turns reading around."""
    return " ".join(_HIDDEN.sub("", _CONTROLS.sub(" ", text[: LONGEST_SUBJECT * 2])).split())[:LONGEST_SUBJECT]


def _text(text: str) -> str:
    plain = text[:LONGEST_BODY].replace("\r\n", "\n").replace("\r", "\n")
    return _BODY_CONTROLS.sub("", plain)


def _people(values: list[str], seen: set[str]) -> tuple[Address, ...]:
    """The addresses of a field; each mailbox once in the whole link, names left out, as a stranger wrote them."""
    found = []
    for one in _PERSON.findall(",".join(values)[: MOST_PEOPLE * LONGEST_ADDRESS]):
        angle = _ANGLE.search(one)
        address = (angle.group(1) if angle else one).strip()
        whole = len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address)
        good = whole and not _CONTROLS.search(address) and not _HIDDEN.search(address)
        if good and address.casefold() not in seen and len(seen) < MOST_PEOPLE:
            seen.add(address.casefold())
            found.append(Address("", address))
    return tuple(found)
