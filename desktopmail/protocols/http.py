"""The part of HTTP/1.1 (RFC 9112) that a mail program needs: one request, one answer, every length capped.

Who asks decides where to and what to tell a person; here are only the bytes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult

from desktopmail.domain.account import Endpoint
from desktopmail.protocols import transport

MOST_HEADERS = 100
MOST_CHUNKS = 20_000
MOST_INTERIM = 5
LINE_BYTES = 16 * 1024
MOVED = frozenset({301, 302, 303, 307, 308})

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: .*)?\Z")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}\Z")


class Unreadable(Exception):
    """The answer is not HTTP, or broke off; the text is for a log."""


class TooLarge(Unreadable):
    """The answer, or a line of it, is larger than was allowed."""


@dataclass(frozen=True, slots=True)
class Head:
    """A status and the header fields by lower-case name, the first of each."""

    status: int
    fields: dict[str, str]


def request(verb: str, parts: SplitResult, fields: Iterable[str], body: bytes = b"") -> bytes:
    """The bytes of a request for an address whose path and query are printable ASCII; the connection ends with it.

    `fields` are whole header lines of the program's own making."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{verb} {target} HTTP/1.1", f"Host: {place(parts)}", *fields, "Connection: close"]
    if body or verb == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def place(parts: SplitResult) -> str:
    """Host and port as a Host field has them: the port only when it is not the scheme's own."""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = 443 if parts.scheme == "https" else 80
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


async def exchange(place: Endpoint, asked: bytes, most: int, *, any_status: bool = False) -> tuple[Head, bytes]:
    """Connect, ask, and hang up: the answer's head, and its content of at most `most` bytes when the status is 200, or
    with `any_status` whatever it is. Raises Unreadable for a bad answer, MailError for a bad line."""
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    line, _ = await transport.connect(place, lambda: asyncio.StreamReaderProtocol(reader))
    try:
        line.write(asked)
        answer = await head(reader)
        wanted = any_status or answer.status == 200
        return answer, await body(reader, answer, most) if wanted else b""
    except OSError as error:
        raise transport.map_error(error, place.host) from error
    finally:
        line.abort()


async def head(reader: asyncio.StreamReader) -> Head:
    """The status line and fields of the answer; interim answers (1xx) are passed over. Raises Unreadable."""
    for _ in range(MOST_INTERIM):
        found = _STATUS.match((await _line(reader)).rstrip(b"\r\n"))
        if found is None:
            raise Unreadable("status")
        answer = Head(int(found[1]), await _fields(reader))
        if answer.status >= 200:
            return answer
    raise Unreadable("interim answers")


async def body(reader: asyncio.StreamReader, head: Head, most: int) -> bytes:
    """The whole content, at most `most` bytes. Raises Unreadable, and TooLarge before the rest is read."""
    if head.fields.get("content-encoding", "identity").lower() != "identity":
        raise Unreadable("encoding")
    if head.fields.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader, most)
    length = head.fields.get("content-length")
    if length is None:
        return await _rest(reader, most)
    if not (length.isascii() and length.isdigit()):
        raise Unreadable("length")
    if len(length) > 15 or int(length) > most:
        raise TooLarge("length")
    return await _exactly(reader, int(length))


async def _fields(reader: asyncio.StreamReader) -> dict[str, str]:
    fields: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = (await _line(reader)).rstrip(b"\r\n")
        if not line:
            return fields
        name, _, value = line.decode("latin-1").partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    raise TooLarge("header")


async def _rest(reader: asyncio.StreamReader, most: int) -> bytes:
    taken = bytearray()
    while piece := await reader.read(min(65_536, most + 1 - len(taken))):
        taken += piece
        if len(taken) > most:
            raise TooLarge("content")
    return bytes(taken)


async def _chunks(reader: asyncio.StreamReader, most: int) -> bytes:
    """RFC 9112 section 7.1; what comes after the last chunk is not read."""
    taken = bytearray()
    for _ in range(MOST_CHUNKS):
        size = (await _line(reader)).partition(b";")[0].strip()
        if not _SIZE.match(size):
            raise Unreadable("chunk")
        length = int(size, 16)
        if length == 0:
            return bytes(taken)
        if len(taken) + length > most:
            raise TooLarge("chunks")
        taken += await _exactly(reader, length)
        if await _line(reader) not in (b"\r\n", b"\n"):
            raise Unreadable("chunk")
    raise TooLarge("chunks")


async def _exactly(reader: asyncio.StreamReader, size: int) -> bytes:
    try:
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        raise Unreadable("broke off") from error


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        raise Unreadable("broke off") from error
    except asyncio.LimitOverrunError as error:
        raise TooLarge("line") from error
    if len(line) > LINE_BYTES:
        raise TooLarge("line")
    return line
