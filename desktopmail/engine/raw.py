"""Completes a message that was written elsewhere, so that it may be sent: of what is there only line ends change."""

from __future__ import annotations

import re

from desktopmail.domain.account import Identity
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Draft
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.engine.quoting import distinct
from desktopmail.mime.build import build
from desktopmail.mime.headers import Headers

_BARE = re.compile(rb"\r\n|\r|\n")
_NEEDED = (b"From", b"Date", b"Message-ID")


def completed(raw: bytes, identity: Identity, now: int, offset: int) -> tuple[bytes, tuple[str, ...]]:
    """(the message with CRLF line ends and with From, Date and Message-ID, the addresses it goes to). Raises
    WrongUsage when it has no recipients or no header (RFC 5322 section 3.6)."""
    if b"\0" in raw[:1_000_000]:
        raise WrongUsage(phrase("This file is not a mail message"), phrase("It holds NUL bytes."))
    raw = _BARE.sub(b"\r\n", raw)
    headers = Headers.read(raw)
    if not len(headers):
        raise WrongUsage(phrase("This file is not a mail message"), phrase("It has no header fields."))
    people = distinct(each for name in ("to", "cc", "bcc") for each in headers.people(name))
    recipients = tuple(each.address for each in people if each.address)
    if not recipients:
        raise WrongUsage(phrase("The message has no recipients"), phrase("Its To, Cc and Bcc fields name nobody."))
    missing = {name for name in _NEEDED if name.decode().lower() not in headers}
    added = _fields(identity, recipients[0], now, offset, missing) if missing else b""
    return added + raw, recipients


def _fields(identity: Identity, recipient: str, now: int, offset: int, wanted: set[bytes]) -> bytes:
    """The missing fields, taken from a message built for the purpose."""
    built = build(Draft(identity.id, to=(Address("", recipient),)), identity, date=now, offset=offset).raw
    kept: list[bytes] = []
    keeping = False
    for line in built.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if line[:1] not in b" \t":
            keeping = line.partition(b":")[0] in wanted
        if keeping:
            kept.append(line + b"\r\n")
    return b"".join(kept)
