"""Connections to servers: names, sockets, TLS and deadlines, and the words for what goes wrong with them.

Nothing here knows a protocol. Whether TLS starts at once or by command is the endpoint's choice, never a guess.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar, cast

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import ConnectionLost, InsecureServer, MailError, Stalled, UnknownHost, Unreachable
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols.dialling import dial
from desktopmail.protocols.tls import check_pin, map_tls_error, ssl_context

__all__ = [
    "check_pin",
    "close",
    "connect",
    "deadline",
    "inert",
    "map_error",
    "map_tls_error",
    "ssl_context",
    "start_tls",
]

CONNECT_SECONDS = 30.0
CLOSE_SECONDS = 5.0
KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4), ("TCP_USER_TIMEOUT", 120_000))
NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED, errno.ENETDOWN, errno.EADDRNOTAVAIL}

P = TypeVar("P", bound=asyncio.BaseProtocol)


async def connect(
    endpoint: Endpoint, protocol_factory: Callable[[], P], *, timeout: float = CONNECT_SECONDS
) -> tuple[asyncio.Transport, P]:
    """Open a connection; with implicit TLS the certificate is proven before this returns and before a byte is sent.

    With STARTTLS the connection is still in clear: call `start_tls` before anything secret. Raises MailError."""
    loop = asyncio.get_running_loop()
    host = endpoint.host
    implicit = endpoint.security is Security.TLS
    async with deadline(timeout, host, _opening(endpoint)):
        with contextlib.ExitStack() as undo:
            try:
                context = await loop.run_in_executor(None, ssl_context, endpoint) if implicit else None
                line = undo.enter_context(await _line(endpoint))
                _keep_alive(line)
                making = loop.create_connection(
                    protocol_factory,
                    sock=line,
                    ssl=context,
                    server_hostname=host if implicit else None,
                    ssl_shutdown_timeout=CLOSE_SECONDS if implicit else None,
                )
                transport, protocol = await _made(making, line)
            except (OSError, UnicodeError) as error:
                raise map_error(error, host) from error
            undo.pop_all()
    if implicit:
        _check_or_abort(transport, endpoint)
    return transport, protocol


async def _made(
    making: Coroutine[Any, Any, tuple[asyncio.Transport, P]], line: socket.socket
) -> tuple[asyncio.Transport, P]:
    """The connection that is being made over a line. Cancelled when the handshake has just ended, asyncio would say
    farewell and wait for the answer; here the line is cut and the connection gone when this raises."""
    task = asyncio.ensure_future(making)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, tuple):
            ended[0].abort()
        raise


def _opening(endpoint: Endpoint) -> str:
    if endpoint.proxy:
        return phrase("to open a connection through the proxy {0}", inert(endpoint.proxy))
    return mark("engine", "to open a connection")


async def _line(endpoint: Endpoint) -> socket.socket:
    if not endpoint.proxy:
        return await dial(endpoint.host, endpoint.port)
    from desktopmail.protocols.proxy import dial_through

    return await dial_through(endpoint)


async def start_tls(
    transport: asyncio.Transport, protocol: asyncio.BaseProtocol, endpoint: Endpoint, *, timeout: float
) -> asyncio.Transport:
    """Turn a clear connection into TLS after the server agreed; gives the transport to use from now on.

    The caller has made sure, since it last gave way, that nothing is left in its own buffer; what comes in clear from
    now on reaches nobody and breaks the handshake. Raises MailError; the connection is then gone."""
    loop = asyncio.get_running_loop()
    transport.pause_reading()
    with contextlib.ExitStack() as undo:
        undo.callback(_lose, transport, protocol)
        async with deadline(timeout, endpoint.host, mark("engine", "to start encryption")):
            try:
                context = await loop.run_in_executor(None, ssl_context, endpoint)
                secured = await loop.start_tls(
                    transport, protocol, context, server_hostname=endpoint.host, ssl_shutdown_timeout=CLOSE_SECONDS
                )
            except OSError as error:
                raise map_error(error, endpoint.host) from error
        if secured is None:
            raise ConnectionLost(phrase("The connection to {0} broke", endpoint.host), phrase("Nothing was sent."))
        _check_or_abort(secured, endpoint)
        undo.pop_all()
    return secured


def _lose(transport: asyncio.Transport, protocol: asyncio.BaseProtocol) -> None:
    """End a line whose handshake failed. asyncio does not tell its owner when that happens in the middle."""
    transport.abort()
    asyncio.get_running_loop().call_soon(protocol.connection_lost, None)


def _check_or_abort(transport: asyncio.Transport, endpoint: Endpoint) -> None:
    try:
        check_pin(cast("ssl.SSLObject | None", transport.get_extra_info("ssl_object")), endpoint)
    except MailError:
        transport.abort()
        raise


def _keep_alive(line: socket.socket) -> None:
    """Let the system notice a peer that went away without a word."""
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEP_ALIVE:
            if option := getattr(socket, name, None):
                line.setsockopt(socket.IPPROTO_TCP, option, value)


def close(transport: asyncio.BaseTransport) -> None:
    """Close politely; a peer that does not answer the farewell is cut off after CLOSE_SECONDS by the TLS layer."""
    if not transport.is_closing():
        transport.close()


@contextlib.asynccontextmanager
async def deadline(seconds: float | None, host: str, step: str) -> AsyncIterator[None]:
    """An overall limit on what is awaited inside (None: no limit). Raises Stalled, whose title ends with `step`
    ('to sign in')."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise stalled(host, step) from error


def stalled(host: str, step: str) -> Stalled:
    """The words for a server that took too long to do what `step`, a marked text, says ('to open a folder')."""
    return Stalled(
        phrase("{0} took too long {1}", host, said(step)), phrase("Nothing is lost. It will be tried again.")
    )


def map_error(error: BaseException, host: str) -> MailError:
    """A foreign error of the network as one of ours, in words; `host` is named in them."""
    if isinstance(error, MailError):
        return error
    words = inert(str(error) or type(error).__name__)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError):
        return ConnectionLost(
            phrase("The connection to {0} broke", host), phrase("Nothing is lost. It will be tried again."), words
        )
    if isinstance(error, ssl.SSLError):
        return map_tls_error(error, host)
    if isinstance(error, socket.gaierror | UnicodeError):
        return UnknownHost(
            phrase("The server {0} could not be found", inert(host)),
            phrase("Check the name of the server and whether this computer is connected. Mail here is safe."),
            words,
        )
    if isinstance(error, TimeoutError):
        return Stalled(
            phrase("{0} took too long to answer", host), phrase("Nothing is lost. It will be tried again."), words
        )
    if isinstance(error, ConnectionRefusedError) or (isinstance(error, OSError) and error.errno in NO_WAY):
        return _unreachable(host, words)
    return ConnectionLost(
        phrase("The connection to {0} broke", host), phrase("Nothing is lost. It will be tried again."), words
    )


def _unreachable(host: str, words: str) -> Unreachable:
    return Unreachable(
        phrase("{0} does not answer", host),
        phrase("Mail here is safe, and changes are kept until the server is back."),
        words,
    )


def not_encrypted(host: str, words: str = "") -> InsecureServer:
    """The words for a server that does not offer the encryption that was demanded."""
    return InsecureServer(
        phrase("{0} does not offer an encrypted connection", host),
        phrase("Nothing was sent, neither password nor mail."),
        inert(words),
    )


def inert(text: str, limit: int = 300) -> str:
    """Foreign words as one line of printable text, at most `limit` characters."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: limit * 4])
    return " ".join(shown.split())[:limit]
