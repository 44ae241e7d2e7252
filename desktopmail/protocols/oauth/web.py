"""One short HTTPS exchange with an authorization server. No redirects, no cookies, no more than MAX_BYTES of answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import MailError, ProtocolViolation, WrongUsage
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols import http, transport

MAX_BYTES = 256_000
SECONDS = 20.0
HERE = ("127.0.0.1", "localhost", "::1")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the members of the JSON object that came with it; empty when it was no such thing."""

    status: int
    members: dict[str, Any]

    def text(self, name: str) -> str:
        """A member that is text; empty when it is not there or something else."""
        value = self.members.get(name)
        return value if isinstance(value, str) else ""


async def get(url: str, *, proxy: str = "") -> Answer:
    """Fetch a document. Raises MailError."""
    return await _exchange(url, "GET", b"", "", proxy)


async def post(url: str, form: dict[str, str], *, proxy: str = "") -> Answer:
    """Send a form. Raises MailError."""
    return await _exchange(url, "POST", urlencode(form).encode(), FORM, proxy)


async def post_json(url: str, document: dict[str, Any], *, proxy: str = "") -> Answer:
    """Send a JSON document. Raises MailError."""
    return await _exchange(url, "POST", json.dumps(document).encode(), JSON, proxy)


def endpoint(url: str, proxy: str = "") -> Endpoint:
    """Where a URL leads. Raises WrongUsage for anything but https, or http to this computer itself."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_address(url) from error
    secure = parts.scheme == "https"
    if not host or parts.username is not None or not (secure or (parts.scheme == "http" and host in HERE)):
        raise _no_address(url)
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _no_address(url)
    return Endpoint(host, port or (443 if secure else 80), Security.TLS if secure else Security.NONE, "", proxy=proxy)


async def _exchange(url: str, verb: str, body: bytes, kind: str, proxy: str) -> Answer:
    place = endpoint(url, proxy)
    fields = ("Accept: application/json", *((f"Content-Type: {kind}",) if kind else ()))
    async with transport.deadline(SECONDS, place.host, mark("engine", "to answer")):
        asked = http.request(verb, urlsplit(url), fields, body)
        try:
            head, content = await http.exchange(place, asked, MAX_BYTES, any_status=True)
        except http.Unreadable as error:
            raise _unreadable(place.host, str(error)) from error
        return Answer(head.status, _members(content))


def _members(body: bytes) -> dict[str, Any]:
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def _unreadable(host: str, log: str) -> MailError:
    return ProtocolViolation(
        phrase("{0} could not be understood", host), phrase("Nothing was changed. It will be tried again."), log
    )


def _no_address(url: str) -> WrongUsage:
    return WrongUsage(
        phrase("{0} is no address to sign in at", transport.inert(url, 60)), phrase("It has to begin with https://.")
    )
