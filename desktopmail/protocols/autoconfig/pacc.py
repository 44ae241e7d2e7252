"""Reads the JSON in which providers publish their servers (draft-ietf-mailmaint-pacc), whose digest stands in DNS.

Servers are named by host alone: they speak TLS from the first byte at the usual ports. The document is a stranger's,
and every value is checked before it leaves this module.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.hostname import host_name
from desktopmail.domain.saying import phrase
from desktopmail.protocols.autoconfig.answer import Candidate
from desktopmail.protocols.autoconfig.configuration import is_page
from desktopmail.protocols.autoconfig.probe import Speech
from desktopmail.protocols.transport import inert

VERSION, ALGORITHM = "UAAC1", "sha256"
PROTOCOLS = (
    ("imap", Speech.IMAP, 993),
    ("pop3", Speech.POP3, 995),
    ("submit", Speech.SMTP, 465),
    ("smtp", Speech.SMTP, 465),
)
"""Sending is called `submit`; earlier editions called it `smtp`."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a provider publishes. `issuer` is the https address of who issues tokens, or empty."""

    provider: str
    candidates: tuple[Candidate, ...]
    documentation: str = ""
    sign_in: tuple[SignIn, ...] = ()
    issuer: str = ""


def confirmed(body: bytes, records: Iterable[str]) -> bool:
    """Whether one of the TXT records names the digest of exactly these bytes."""
    digest = hashlib.sha256(body).digest()
    return any(hmac.compare_digest(digest, _digest(record)) for record in records)


def _digest(record: str) -> bytes:
    """What a record like `v=UAAC1; a=sha256; d=…` names; empty when it is another one."""
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    if tags.get("v") != VERSION or tags.get("a") != ALGORITHM:
        return b""
    try:
        return base64.b64decode(tags.get("d", "").strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def read(body: bytes, address: str) -> Document:
    """What the document says for an address. Raises ProtocolViolation when it is no such document."""
    try:
        root = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolViolation(
            phrase("The published settings cannot be read"), phrase("They are left aside.")
        ) from error
    protocols, ways = _object(root, "protocols"), _object(root, "authentication")
    candidates: dict[Speech, Candidate] = {}
    for name, speech, port in PROTOCOLS:
        host = host_name(_text(_object(protocols, name), "host"))
        if host and speech not in candidates:
            candidates[speech] = Candidate(speech, Endpoint(host, port, Security.TLS, address))
    issuer = _text(_object(ways, "oauth-public"), "issuer")
    issuer = issuer if _is_issuer(issuer) else ""
    sign_in = ((SignIn.OAUTH2,) if issuer else ()) + ((SignIn.WORD,) if ways.get("password") is True else ())
    info = _object(root, "info")
    page = _text(_object(info, "help"), "documentation")
    name = inert(_text(_object(info, "provider"), "name"), 60)
    return Document(name, tuple(candidates.values()), page if is_page(page) else "", sign_in, issuer)


def _object(root: Any, name: str) -> dict[str, Any]:
    found = root.get(name) if isinstance(root, dict) else None
    return found if isinstance(found, dict) else {}


def _text(root: dict[str, Any], name: str) -> str:
    found = root.get(name)
    return found if isinstance(found, str) else ""


def _is_issuer(url: str) -> bool:
    """RFC 8414 section 2: https, a host, no query and no fragment."""
    try:
        parts = urlsplit(url)
        named = is_page(url) and host_name(parts.hostname or "")
    except ValueError:
        return False
    return bool(named) and not parts.query and not parts.fragment and "@" not in parts.netloc
