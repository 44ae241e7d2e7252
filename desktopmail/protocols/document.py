"""Fetches one small document over HTTP/1.1 (RFC 9112): no cookies, no credentials, no compression, nothing kept.

Every length is capped. A redirect is followed from https to https only, three times at most, to a host with a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import NotFound, ProtocolViolation, Refused
from desktopmail.domain.hostname import host_name
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols import http, transport

MOST_REDIRECTS = 3
LONGEST_URL = 4_096

_TARGET = re.compile(r"[!-~]*\Z")

Visit = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A document and the address it came from in the end."""

    url: str
    body: bytes

    @property
    def host(self) -> str:
        """The host that gave it."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Asking:
    """How somebody asks. `accept` are kinds of content, `most` bytes; `safe` and `missing` are marked texts: what is
    safe whatever happens, and what it means (`{0}` the host) that there is no such document."""

    accept: str
    most: int
    safe: str
    missing: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The header lines."""
        return "User-Agent: desktopmail", f"Accept: {self.accept}"


async def get(url: str, asking: Asking, *, seconds: float, visit: Visit = lambda host, port: None) -> Page:
    """The document at an address, https or plain http as the address says; a plain one is never redirected.

    `seconds` are for all of it; `visit` hears host and port before each connection. Raises NotFound for 404 and 410,
    Refused for any other answer than 200, ProtocolViolation for what is no answer or too much, Stalled, and what a
    broken line or a bad certificate raises."""
    host = _checked(url, asking).hostname or ""
    async with transport.deadline(seconds, host, mark("engine", "to answer")):
        for _ in range(1 + MOST_REDIRECTS):
            page, further = await _fetch(_checked(url, asking), asking, visit)
            if page is not None:
                return page
            if not url.startswith("https:"):
                break
            further = _joined(url, further)
            if not further:
                break
            url = further
    where = transport.inert(urlsplit(url).hostname or "")
    raise Refused(phrase("{0} sends on to somewhere else", where), said(asking.safe))


def _joined(url: str, further: str) -> str:
    """Where a redirect leads; empty when that is not https, or no host with a name."""
    try:
        to = urljoin(url, further)
        sound = to.startswith("https://") and host_name(urlsplit(to).hostname or "")
    except ValueError:
        return ""
    return to if sound else ""


def _checked(url: str, asking: Asking) -> SplitResult:
    """The parts of an address. Raises Refused when it is none of a page."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and _TARGET.match(url)
    except ValueError:
        sound = None
    if not sound or "@" in parts.netloc or len(url) > LONGEST_URL:
        raise Refused(phrase("This is no address of a page"), said(asking.safe), transport.inert(url, 100))
    return parts


async def _fetch(parts: SplitResult, asking: Asking, visit: Visit) -> tuple[Page | None, str]:
    """The page, or where else it is."""
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    place = Endpoint(host, parts.port or (443 if secure else 80), Security.TLS if secure else Security.NONE, "")
    visit(place.host, place.port)
    try:
        head, content = await http.exchange(place, http.request("GET", parts, asking.fields), asking.most)
    except http.Unreadable as error:
        title = phrase("{0} gave an answer that makes no sense", host)
        raise ProtocolViolation(title, said(asking.safe), str(error)) from error
    if head.status in http.MOVED:
        return None, head.fields.get("location", "")
    if head.status in (404, 410):
        raise NotFound(said(asking.missing, host), said(asking.safe))
    if head.status != 200:
        raise Refused(phrase("{0} answered with {1}", host, head.status), said(asking.safe))
    return Page(parts.geturl(), content), ""
