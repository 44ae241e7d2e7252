"""Fetches remote pictures of a message, once a person allowed them, so that the web view never touches the network.

A request tells the far side nothing but that somebody looked: no cookies, no referrer, a neutral agent. Only http and
https, only bitmap pictures, with limits on size, time and redirections; never an address of this computer or network.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from desktopmail.domain.errors import ConnectionLost, Refused, Stalled, Unreachable
from desktopmail.domain.hosts import PICTURES
from desktopmail.domain.saying import phrase
from desktopmail.engine.hosts import Noting, silent
from desktopmail.protocols import http

LARGEST = 10_000_000
MOST_REDIRECTIONS = 3
DEADLINE = 20.0
PARALLEL = 6
_FIELDS = ("User-Agent: Mozilla/5.0", "Accept: image/*", "Accept-Encoding: identity")
PORTS = frozenset({80, 443, 8080, 8443})

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\0\0\1\0", "image/x-icon"),
)


class Pictures:
    """Fetches pictures for all messages. `tls` makes what checks certificates, on a thread; `local` also allows this
    computer's own network, for demonstrations and tests; `noting` hears of every host."""

    def __init__(self, tls: Callable[[], ssl.SSLContext], *, local: bool = False, noting: Noting = silent) -> None:
        self._tls = tls
        self._noting = noting
        self._local = local
        self._turn = asyncio.Semaphore(PARALLEL)

    async def fetch(self, url: str) -> tuple[str, bytes]:
        """The type and bytes of the picture at `url`. Raises Refused (not a picture, too large, not allowed),
        Unreachable, ConnectionLost and Stalled."""
        async with self._turn:
            try:
                async with asyncio.timeout(DEADLINE):
                    return await self._follow(url)
            except TimeoutError:
                raise Stalled(phrase("A picture took too long")) from None

    async def _follow(self, url: str) -> tuple[str, bytes]:
        for _ in range(MOST_REDIRECTIONS + 1):
            head, body = await self._get(_checked(url, local=self._local))
            if head.status in http.MOVED and head.fields.get("location"):
                url = urljoin(url, head.fields["location"])
                continue
            if head.status != 200:
                raise Refused(phrase("A picture is not there"), log=f"HTTP status {head.status}")
            return picture_type(body), body
        raise Refused(phrase("A picture was sent from place to place too often"))

    async def _get(self, parts: SplitResult) -> tuple[http.Head, bytes]:
        host = _ascii_host(parts.hostname or "")
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        parts = _spelled(parts, host)
        try:
            address = await self._address(host, port)
            self._noting(host, port, PICTURES)
            context = await asyncio.to_thread(self._tls) if secure else None
            reader, writer = await asyncio.open_connection(
                address, port, ssl=context, server_hostname=host if secure else None, limit=http.LINE_BYTES
            )
        except OSError as failed:
            raise Unreachable(phrase("A picture could not be fetched"), log=str(failed)) from failed
        try:
            writer.write(http.request("GET", parts, _FIELDS))
            head = await http.head(reader)
            return head, await http.body(reader, head, LARGEST) if head.status == 200 else b""
        except http.TooLarge as large:
            raise Refused(phrase("A picture is too large"), log=str(large)) from None
        except (OSError, http.Unreadable) as failed:
            raise ConnectionLost(phrase("A picture could not be fetched"), log=str(failed)) from failed
        finally:
            writer.transport.abort()

    async def _address(self, host: str, port: int) -> str:
        """An address of `host` that may be asked: looked up once, so that a second answer cannot point inwards."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, place in found:
            if self._local or is_public(str(place[0])):
                return str(place[0])
        raise Refused(phrase("A picture lies on this computer's own network"), phrase("It is not fetched."))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast


def picture_type(data: bytes) -> str:
    """The type of a bitmap picture by its first bytes, whatever the server calls it. Raises Refused."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"):
        return "image/avif"
    raise Refused(phrase("What came is not a picture"))


def _checked(url: str, *, local: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused(phrase("A picture has no usable address")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise Refused(phrase("A picture has no usable address"))
    if port is not None and port not in PORTS and not local:
        raise Refused(phrase("A picture has no usable address"), log=f"port {port}")
    return parts


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise Refused(phrase("A picture has no usable address")) from None


def _spelled(parts: SplitResult, host: str) -> SplitResult:
    """The same address in the letters a request may have (RFC 3986 section 2)."""
    netloc = f"[{host}]" if ":" in host else host
    path = quote(parts.path, safe="/%:=&~+!$,;'@()*-._")
    query = quote(parts.query, safe="/%:=&~+!$,;'@()*-._?")
    return parts._replace(netloc=netloc + (f":{parts.port}" if parts.port else ""), path=path, query=query)
