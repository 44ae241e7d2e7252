"""Fetches one small document over HTTP/1.1 (RFC 9112): no cookies, no credentials, no compression, nothing kept.

Every length is capped. A redirect is followed from https to https only, three times at most, to a host with a name.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import MailError, NotFound, ProtocolViolation, Refused
from desktopmail.domain.hostname import host_name
from desktopmail.protocols import transport

MOST_BYTES = 256 * 1024
MOST_REDIRECTS = 3
MOST_HEADERS = 100
MOST_CHUNKS = 2_000
LINE_BYTES = 8 * 1024
SAFE = "Nothing but the name of the domain was sent."

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: .*)?\Z")
_TARGET = re.compile(r"[!-~]*\Z")
MOVED = (301, 302, 303, 307, 308)

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


async def get(url: str, *, timeout: float, visit: Visit = lambda host, port: None) -> Page:
    """The document at an address, https or plain http as the address says; a plain one is never redirected.

    `timeout` in seconds is for all of it; `visit` hears host and port before each connection. Raises NotFound for 404
    and 410, Refused for any other answer than 200, and what a broken line or a bad certificate raises."""
    async with transport.deadline(timeout, urlsplit(url).hostname or "", "to answer"):
        for _ in range(1 + MOST_REDIRECTS):
            page, further = await _fetch(_checked(url), visit)
            if page is not None:
                return page
            if not url.startswith("https:"):
                break
            further = _joined(url, further)
            if not further:
                break
            url = further
    raise Refused(f"{transport.inert(urlsplit(url).hostname or '')} sends on to somewhere else", SAFE)


def _joined(url: str, further: str) -> str:
    """Where a redirect leads; empty when that is not https, or no host with a name."""
    try:
        to = urljoin(url, further)
        sound = to.startswith("https://") and host_name(urlsplit(to).hostname or "")
    except ValueError:
        return ""
    return to if sound else ""


def _checked(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    sound = parts.scheme in ("https", "http") and parts.hostname and port != 0 and _TARGET.match(url)
    if not sound or "@" in parts.netloc or len(url) > LINE_BYTES // 2:
        raise Refused("This is no address of a page", SAFE, transport.inert(url, 100))
    return parts


async def _fetch(parts: SplitResult, visit: Visit) -> tuple[Page | None, str]:
    """The page, or where else it is."""
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    place = Endpoint(host, parts.port or (443 if secure else 80), Security.TLS if secure else Security.NONE, "")
    visit(place.host, place.port)
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    line, _ = await transport.connect(place, lambda: asyncio.StreamReaderProtocol(reader))
    try:
        line.write(_request(parts))
        code, headers = await _head(reader, host)
        if code in MOVED:
            return None, headers.get("location", "")
        if code in (404, 410):
            raise NotFound(f"{host} publishes no settings", SAFE)
        if code != 200:
            raise Refused(f"{host} answered with {code}", SAFE)
        return Page(parts.geturl(), await _body(reader, headers, host)), ""
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError) as error:
        raise _nonsense(host, str(error)) from error
    finally:
        line.abort()


def _request(parts: SplitResult) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = ("User-Agent: desktopmail", "Accept: application/xml, text/xml, */*;q=0.1", "Connection: close")
    return "\r\n".join((f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", *fields, "", "")).encode("ascii")


async def _head(reader: asyncio.StreamReader, host: str) -> tuple[int, dict[str, str]]:
    found = _STATUS.match((await _line(reader)).rstrip(b"\r\n"))
    if found is None:
        raise _nonsense(host, "status")
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        field = (await _line(reader)).rstrip(b"\r\n")
        if not field:
            return int(found[1]), headers
        name, _, value = field.decode("latin-1").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    raise _nonsense(host, "header")


async def _body(reader: asyncio.StreamReader, headers: dict[str, str], host: str) -> bytes:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _nonsense(host, "encoding")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader, host)
    length = headers.get("content-length")
    if length is None:
        taken = bytearray()
        while piece := await reader.read(MOST_BYTES + 1 - len(taken)):
            taken += piece
        if len(taken) > MOST_BYTES:
            raise _nonsense(host, "too large")
        return bytes(taken)
    if not (length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= MOST_BYTES):
        raise _nonsense(host, "length")
    return await reader.readexactly(int(length))


async def _chunks(reader: asyncio.StreamReader, host: str) -> bytes:
    """RFC 9112 section 7.1; what comes after the last chunk is not read."""
    taken = bytearray()
    for _ in range(MOST_CHUNKS):
        size = (await _line(reader)).split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,6}", size):
            raise _nonsense(host, "chunk")
        if int(size, 16) == 0:
            return bytes(taken)
        if len(taken) + int(size, 16) > MOST_BYTES:
            raise _nonsense(host, "too large")
        taken += await reader.readexactly(int(size, 16))
        if await _line(reader) not in (b"\r\n", b"\n"):
            raise _nonsense(host, "chunk")
    raise _nonsense(host, "too many chunks")


async def _line(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\n")


def _nonsense(host: str, log: str) -> MailError:
    return ProtocolViolation(f"{host} gave an answer that makes no sense", SAFE, transport.inert(log, 100))
