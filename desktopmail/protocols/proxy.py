"""To a server through a proxy: SOCKS5 (RFC 1928) or HTTP CONNECT (RFC 9110 section 9.3.6), both without a sign-in.

The proxy is told the server's name and looks it up; here only the proxy's own name is. It is trusted with nothing: what
it says before the line stands is short, checked and thrown away, and TLS is made with the server behind it. There is no
way around a proxy that fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import MailError, ProxyFailed, ProxyRefused, UnknownHost, Unreachable, WrongUsage
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols.dialling import dial
from desktopmail.protocols.transport import inert, map_error

USUAL_PORTS = {"socks5": 1080, "http": 8080}
ANSWER_LIMIT = 8 * 1024
"""Bytes of header lines a proxy may say."""
BREATH = 256

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?\Z")
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: ([^\r\n]*))?\r\n")
VERSION, CONNECT, NO_SIGN_IN = 5, 1, 0
IPV4, NAME, IPV6 = 1, 3, 4
NOT_PERMITTED = 2
REPLIES = {
    1: mark("engine", "it failed"),
    NOT_PERMITTED: mark("engine", "its rules forbid it"),
    3: mark("engine", "it cannot reach that network"),
    4: mark("engine", "it cannot find that server"),
    5: mark("engine", "the server did not accept the connection"),
    6: mark("engine", "the way there is too long"),
    7: mark("engine", "it does not make such connections"),
    8: mark("engine", "it does not know such addresses"),
}
NO_REASON = mark("engine", "it gave no reason")
WANTS_SIGN_IN = mark("engine", "it wants a sign-in of its own, which this program does not do")
SAFE = mark("engine", "Nothing was sent, and mail here is safe.")


@dataclass(frozen=True, slots=True)
class Proxy:
    """`kind` is 'socks5' or 'http'."""

    kind: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse(text: str) -> Proxy:
    """A proxy as accounts keep it: socks5://host:port or http://host:port. Raises WrongUsage."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_proxy(text) from None
    if parts.username is not None or parts.password is not None:
        raise WrongUsage(
            phrase("A proxy with a user name or password is not supported"), phrase("Nothing was changed.")
        )
    if parts.scheme not in USUAL_PORTS or not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _no_proxy(text)
    if port == 0:
        raise _no_proxy(text)
    return Proxy(parts.scheme, host, port or USUAL_PORTS[parts.scheme])


def _no_proxy(text: str) -> WrongUsage:
    return WrongUsage(
        phrase("'{0}' is not a proxy", inert(text.rpartition("@")[2], 100)),
        phrase("Write socks5://host:port or http://host:port."),
    )


async def dial_through(endpoint: Endpoint) -> socket.socket:
    """A connected, non-blocking socket whose next byte comes from the server. Raises MailError; the caller sets the
    deadline."""
    proxy = parse(endpoint.proxy)
    target = _target(endpoint.host)
    with contextlib.ExitStack() as undo:
        line = undo.enter_context(await _reach(proxy))
        try:
            if proxy.kind == "socks5":
                await _socks(line, proxy, target, endpoint)
            else:
                await _connect(line, proxy, target, endpoint)
        except OSError as error:
            raise _failed(proxy, phrase("the connection to it broke"), str(error)) from error
        undo.pop_all()
    return line


async def _reach(proxy: Proxy) -> socket.socket:
    try:
        return await dial(proxy.host, proxy.port)
    except (OSError, UnicodeError) as error:
        words = map_error(error, str(proxy)).log
        raise _failed(proxy, phrase("it does not answer"), words) from error


def _target(host: str) -> bytes:
    """The name as it goes to the proxy, in letters that can mean nothing else there. Raises UnknownHost."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).compressed.encode("ascii")
    try:
        name = host.encode("idna")
    except UnicodeError as error:
        raise map_error(error, host) from error
    if not _NAME.match(name.decode("ascii")):
        raise UnknownHost(
            phrase("The server {0} could not be found", inert(host)), phrase("Check the name of the server.")
        )
    return name


async def _socks(line: socket.socket, proxy: Proxy, target: bytes, endpoint: Endpoint) -> None:
    """RFC 1928 sections 3 to 6."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(line, bytes((VERSION, 1, NO_SIGN_IN)))
    version, method = await _exactly(line, 2, proxy)
    if version != VERSION:
        raise _nonsense(proxy, f"version {version}")
    if method != NO_SIGN_IN:
        raise ProxyRefused(_title(proxy, said(WANTS_SIGN_IN)), said(SAFE), f"method {method}")
    await loop.sock_sendall(
        line, bytes((VERSION, CONNECT, 0)) + _socks_address(target) + endpoint.port.to_bytes(2, "big")
    )
    version, reply, _reserved, kind = await _exactly(line, 4, proxy)
    if version != VERSION:
        raise _nonsense(proxy, f"version {version}")
    if reply:
        raise _socks_refusal(proxy, reply, endpoint)
    if kind not in (IPV4, NAME, IPV6):
        raise _nonsense(proxy, f"address of kind {kind}")
    size = {IPV4: 4, IPV6: 16}.get(kind) or (await _exactly(line, 1, proxy))[0]
    await _exactly(line, size + 2, proxy)


def _socks_address(target: bytes) -> bytes:
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(target.decode("ascii"))
        return bytes((IPV4 if address.version == 4 else IPV6,)) + address.packed
    return bytes((NAME, len(target))) + target


def _socks_refusal(proxy: Proxy, reply: int, endpoint: Endpoint) -> MailError:
    reason = said(REPLIES.get(reply, NO_REASON))
    if reply == NOT_PERMITTED:
        return ProxyRefused(_title(proxy, reason), said(SAFE), f"reply {reply}")
    if 3 <= reply <= 6:
        return _no_way(proxy, reason, endpoint, f"reply {reply}")
    return _failed(proxy, reason, f"reply {reply}")


async def _connect(line: socket.socket, proxy: Proxy, target: bytes, endpoint: Endpoint) -> None:
    """CONNECT, and whatever the proxy says until an empty line. Not a byte behind that line is taken."""
    place = (b"[%s]:%d" if b":" in target else b"%s:%d") % (target, endpoint.port)
    request = b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (place, place)
    await asyncio.get_running_loop().sock_sendall(line, request)
    left, code, words = ANSWER_LIMIT, 100, ""
    while 100 <= code < 200 and code != 101:
        answer = await _header(line, proxy, left)
        left -= len(answer)
        found = _STATUS.match(answer)
        if found is None:
            raise _nonsense(proxy, answer[:100].decode("latin-1"))
        code, words = int(found[1]), inert(found[0].decode("latin-1"))
    if not 200 <= code < 300:
        raise _http_refusal(proxy, code, words, endpoint)


def _http_refusal(proxy: Proxy, code: int, words: str, endpoint: Endpoint) -> MailError:
    if code == 407:
        return ProxyRefused(_title(proxy, said(WANTS_SIGN_IN)), said(SAFE), words)
    if code in (401, 403, 405, 501):
        return ProxyRefused(_title(proxy, phrase("its rules forbid it")), said(SAFE), words)
    if code in (502, 503, 504):
        return _no_way(proxy, phrase("it cannot reach that server"), endpoint, words)
    return _failed(proxy, phrase("it answered with {0}", code), words)


async def _header(line: socket.socket, proxy: Proxy, left: int) -> bytes:
    """Up to and with the empty line, byte by byte, because what follows is the server's."""
    taken = bytearray()
    while not taken.endswith(b"\r\n\r\n"):
        if len(taken) >= left:
            raise _nonsense(proxy, "more header lines than accepted")
        taken += await _exactly(line, 1, proxy)
        if not b"HTTP/1."[: len(taken)].startswith(taken[:7]):
            raise _nonsense(proxy, taken.decode("latin-1"))
        if len(taken) % BREATH == 0:
            await asyncio.sleep(0)
    return bytes(taken)


async def _exactly(line: socket.socket, count: int, proxy: Proxy) -> bytes:
    loop = asyncio.get_running_loop()
    taken = b""
    while len(taken) < count:
        piece = await loop.sock_recv(line, count - len(taken))
        if not piece:
            raise _failed(proxy, phrase("it closed the connection"))
        taken += piece
    return taken


def _title(proxy: Proxy, reason: str) -> str:
    return phrase("The proxy {0} did not make the connection: {1}", inert(str(proxy)), reason)


def _failed(proxy: Proxy, reason: str, log: str = "") -> ProxyFailed:
    return ProxyFailed(
        _title(proxy, reason), phrase("Nothing was sent, and mail here is safe. It will be tried again."), inert(log)
    )


def _nonsense(proxy: Proxy, log: str) -> ProxyFailed:
    return _failed(proxy, phrase("it does not answer like a proxy of its kind"), log)


def _no_way(proxy: Proxy, reason: str, endpoint: Endpoint, log: str) -> Unreachable:
    return Unreachable(
        phrase("{0} cannot be reached through the proxy {1}: {2}", inert(endpoint.host), inert(str(proxy)), reason),
        phrase("Mail here is safe, and changes are kept until the server is back."),
        log,
    )
