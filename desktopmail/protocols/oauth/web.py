"""One short HTTPS exchange with an authorization server. No redirects, no cookies, no more than MAX_BYTES of answer."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import MailError, ProtocolViolation, WrongUsage
from desktopmail.protocols import transport

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
    request = _request(url, place, verb, body, kind)
    async with transport.deadline(SECONDS, place.host, "to answer"):
        reader = asyncio.StreamReader()
        line, _ = await transport.connect(place, lambda: asyncio.StreamReaderProtocol(reader), timeout=SECONDS)
        try:
            line.write(request)
            raw = await _all(reader, place.host)
        except OSError as error:
            raise transport.map_error(error, place.host) from error
        finally:
            line.abort()
    return _answer(raw, place.host)


def _request(url: str, place: Endpoint, verb: str, body: bytes, kind: str) -> bytes:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    usual = 443 if place.security is Security.TLS else 80
    host = f"[{place.host}]" if ":" in place.host else place.host
    head = [f"{verb} {path} HTTP/1.1", f"Host: {host}" + (f":{place.port}" if place.port != usual else "")]
    head += ["Accept: application/json", "Connection: close"]
    if verb == "POST":
        head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


async def _all(reader: asyncio.StreamReader, host: str) -> bytes:
    """Everything until the server closes, or until the answer is whole."""
    raw = b""
    while piece := await reader.read(65_536):
        raw += piece
        if len(raw) > MAX_BYTES:
            raise _unreadable(host, "too much")
        if _whole(raw):
            break
    return raw


def _whole(raw: bytes) -> bool:
    """Whether an answer with a Content-Length is complete; the end of others is the end of the connection."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n")[1:] if gap else ():
        name, _, value = line.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return len(body) >= int(value.strip()[:9])
    return False


class _Line:
    """What was read, as http.client wants it."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, *_: Any) -> io.BytesIO:
        return io.BytesIO(self._raw)


def _answer(raw: bytes, host: str) -> Answer:
    try:
        response = http.client.HTTPResponse(_Line(raw))  # type: ignore[arg-type]
        response.begin()
        body = response.read(MAX_BYTES)
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise _unreadable(host, type(error).__name__) from error
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        members = {}
    return Answer(response.status, members if isinstance(members, dict) else {})


def _unreadable(host: str, log: str) -> MailError:
    return ProtocolViolation(f"{host} could not be understood", "Nothing was changed. It will be tried again.", log)


def _no_address(url: str) -> WrongUsage:
    return WrongUsage(f"{transport.inert(url, 60)} is no address to sign in at", "It has to begin with https://.")
