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
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from desktopmail.domain.errors import ConnectionLost, Refused, Stalled, Unreachable
from desktopmail.domain.hosts import PICTURES
from desktopmail.engine.hosts import Noting, silent

LARGEST = 10_000_000
LONGEST_HEADER = 32_768
MOST_REDIRECTIONS = 3
DEADLINE = 20.0
PARALLEL = 6
PORTS = frozenset({80, 443, 8080, 8443})

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\0\0\1\0", "image/x-icon"),
)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


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
                raise Stalled("A picture took too long") from None

    async def _follow(self, url: str) -> tuple[str, bytes]:
        for _ in range(MOST_REDIRECTIONS + 1):
            answer = await self._get(_checked(url, local=self._local))
            if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
                url = urljoin(url, answer.headers["location"])
                continue
            if answer.status != 200:
                raise Refused("A picture is not there", log=f"HTTP status {answer.status}")
            return picture_type(answer.body), answer.body
        raise Refused("A picture was sent from place to place too often")

    async def _get(self, parts: SplitResult) -> _Answer:
        host = _ascii_host(parts.hostname or "")
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        try:
            address = await self._address(host, port)
            self._noting(host, port, PICTURES)
            context = await asyncio.to_thread(self._tls) if secure else None
            reader, writer = await asyncio.open_connection(
                address, port, ssl=context, server_hostname=host if secure else None
            )
        except OSError as failed:
            raise Unreachable("A picture could not be fetched", log=str(failed)) from failed
        try:
            writer.write(_request(parts, host, port if parts.port else None))
            return await _read(reader)
        except (OSError, EOFError, ValueError) as failed:
            raise ConnectionLost("A picture could not be fetched", log=str(failed)) from failed
        finally:
            writer.transport.abort()

    async def _address(self, host: str, port: int) -> str:
        """An address of `host` that may be asked: looked up once, so that a second answer cannot point inwards."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, place in found:
            if self._local or is_public(str(place[0])):
                return str(place[0])
        raise Refused("A picture lies on this computer's own network", "It is not fetched.")


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
    raise Refused("What came is not a picture")


def _checked(url: str, *, local: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("A picture has no usable address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise Refused("A picture has no usable address")
    if port is not None and port not in PORTS and not local:
        raise Refused("A picture has no usable address", log=f"port {port}")
    return parts


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise Refused("A picture has no usable address") from None


def _request(parts: SplitResult, host: str, port: int | None) -> bytes:
    path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*-._")
    query = "?" + quote(parts.query, safe="/%:=&~+!$,;'@()*-._?") if parts.query else ""
    shown = f"[{host}]" if ":" in host else host
    where = f"{shown}:{port}" if port else shown
    return (
        f"GET {path}{query} HTTP/1.1\r\nHost: {where}\r\nUser-Agent: Mozilla/5.0\r\nAccept: image/*\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    ).encode("ascii")


async def _read(reader: asyncio.StreamReader) -> _Answer:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise Refused("A picture's server said too much") from None
    first, *lines = head[:LONGEST_HEADER].decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise ValueError("not HTTP")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    status = int(words[1])
    if status != 200:
        return _Answer(status, headers, b"")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _Answer(status, headers, await _chunks(reader))
    return _Answer(status, headers, await _whole(reader, headers.get("content-length", "")))


async def _whole(reader: asyncio.StreamReader, length: str) -> bytes:
    if length:
        size = int(length)
        if not 0 <= size <= LARGEST:
            raise Refused("A picture is too large")
        return await reader.readexactly(size)
    collected = bytearray()
    while piece := await reader.read(65_536):
        collected += piece
        if len(collected) > LARGEST:
            raise Refused("A picture is too large")
    return bytes(collected)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    collected = bytearray()
    while size := int((await reader.readline()).partition(b";")[0].strip() or b"0", 16):
        if size < 0 or len(collected) + size > LARGEST:
            raise Refused("A picture is too large")
        collected += await reader.readexactly(size)
        await reader.readexactly(2)
    return bytes(collected)
