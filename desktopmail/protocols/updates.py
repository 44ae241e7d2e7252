"""Fetches the notice of new releases: over https alone, without a word of who asks, everything with a limit."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import NotFound, ProtocolViolation, Refused
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols import http, transport

MOST_BYTES = 64 * 1024
MOST_REDIRECTS = 3
SECONDS = 30.0
SAFE = mark("engine", "Nothing was changed. It is tried again another day.")

_TARGET = re.compile(r"https://[!-~]{1,2000}\Z")
_FIELDS = ("User-Agent: desktopmail", "Accept: application/json, */*;q=0.1")


async def fetch(url: str, *, seconds: float = SECONDS) -> bytes:
    """The document at an https address; it may send on to another https address three times. `seconds` is for all of
    it. Raises MailError: Refused for anything but https, Stalled, ProtocolViolation for too much."""
    host = _parts(url).hostname or ""
    async with transport.deadline(seconds, host, mark("engine", "to answer")):
        for _ in range(1 + MOST_REDIRECTS):
            found, further = await _one(_parts(url))
            if found is not None:
                return found
            url = urljoin(url, further) if further else ""
    raise Refused(phrase("{0} sends on to too many places", host), said(SAFE))


def _parts(url: str) -> SplitResult:
    """The parts of an https address. Raises Refused for any other."""
    try:
        parts = urlsplit(url)
        sound = _TARGET.match(url) and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        sound = None
    if not sound:
        raise Refused(phrase("New versions are looked for over https alone"), said(SAFE), transport.inert(url, 100))
    return parts


async def _one(parts: SplitResult) -> tuple[bytes | None, str]:
    """The document, or where else it is."""
    host = parts.hostname or ""
    place = Endpoint(host, parts.port or 443, Security.TLS, "")
    try:
        head, content = await http.exchange(place, http.request("GET", parts, _FIELDS), MOST_BYTES)
    except http.Unreadable as error:
        raise ProtocolViolation(
            phrase("{0} gave an answer that makes no sense", host), said(SAFE), str(error)
        ) from error
    if head.status in http.MOVED:
        return None, head.fields.get("location", "")
    if head.status in (404, 410):
        raise NotFound(phrase("{0} says nothing about new versions", host), said(SAFE))
    if head.status != 200:
        raise Refused(phrase("{0} answered with {1}", host, head.status), said(SAFE))
    return content, ""
