"""Waits on this computer alone for the browser to come back (RFC 8252 section 7.3).

Bound to 127.0.0.1 (and to ::1 where the provider wants 'localhost'), on a port nobody knows before. Only a request that
names this place and carries the attempt's state counts; the first such one ends the listening.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from html import escape
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from desktopmail.domain.errors import Stalled, Unreachable
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said

SECONDS = 300.0
REQUEST_SECONDS = 10.0
MAX_HEAD = 16_384
MAX_FIELDS = 20

PAGE = (
    "<!doctype html><html><meta charset=utf-8><title>desktopmail</title>"
    "<body style='font:18px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:30em;padding:0 1em'>"
    "<h1 style='font-size:1.3em'>{title}</h1><p>{words}</p>"
)
DONE = (mark("engine", "Back to desktopmail"), mark("engine", "You can close this page."))
ODD = (
    mark("engine", "This is not what was expected"),
    mark("engine", "Go back to desktopmail and begin again there."),
)

Ours = Callable[[Mapping[str, str]], bool]


class Loopback:
    """An async context: listens from its begin to its end. `host` is what the provider calls this place."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self._servers: list[asyncio.Server] = []
        self._answer: asyncio.Future[dict[str, str]] | None = None
        self._ours: Ours = lambda _: False
        self._busy: set[asyncio.Task[None]] = set()
        self._over = False
        self.port = 0

    @property
    def redirect(self) -> str:
        """The address to come back to."""
        return f"http://{self._host}:{self.port}/"

    async def __aenter__(self) -> Loopback:
        self._answer = asyncio.get_running_loop().create_future()
        try:
            first = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=MAX_HEAD)
        except OSError as error:
            raise Unreachable(
                phrase("This computer does not let the browser come back"), phrase("Nothing was stored.")
            ) from error
        self._servers = [first]
        self.port = first.sockets[0].getsockname()[1]
        if self._host == "localhost":
            with contextlib.suppress(OSError):
                self._servers.append(await asyncio.start_server(self._connected, "::1", self.port, limit=MAX_HEAD))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._close()
        for task in list(self._busy):
            task.cancel()
        if self._busy:
            await asyncio.wait(self._busy)
        for server in self._servers:
            await server.wait_closed()

    async def wait(self, ours: Ours, seconds: float = SECONDS) -> dict[str, str]:
        """What the browser brought: the fields of the first answer that is `ours`. Raises Stalled after `seconds`."""
        assert self._answer is not None
        self._ours = ours
        try:
            async with asyncio.timeout(seconds):
                return await self._answer
        except TimeoutError as error:
            raise Stalled(
                phrase("Nobody signed in on the provider's page"), phrase("Nothing was stored. Try again.")
            ) from error

    def _close(self) -> None:
        for server in self._servers:
            server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._over:
            writer.transport.abort()
            return
        self._busy.add(task)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                status, words = self._judge(head)
                body = PAGE.format(title=escape(said(words[0])), words=escape(said(words[1]))).encode()
                writer.write(_reply(status, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, OSError):
            pass
        finally:
            self._busy.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _judge(self, head: bytes) -> tuple[str, tuple[str, str]]:
        """The status of the reply; a good answer is taken and ends the listening."""
        lines = head.decode("latin-1").split("\r\n")
        verb, _, rest = lines[0].partition(" ")
        target = rest.rpartition(" ")[0]
        hosts = [value.strip() for name, _, value in (line.partition(":") for line in lines[1:]) if _is_host(name)]
        if verb != "GET" or hosts != [f"{self._host}:{self.port}"]:
            return "400 Bad Request", ODD
        try:
            parts = urlsplit(target)
            pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError:
            return "400 Bad Request", ODD
        values = dict(pairs)
        if parts.path != "/" or len(values) != len(pairs) or not self._ours(values):
            return "404 Not Found", ODD
        if self._answer is None or self._answer.done():
            return "410 Gone", ODD
        self._answer.set_result(values)
        self._close()
        return "200 OK", DONE


def _is_host(name: str) -> bool:
    return name.strip().lower() == "host"


def _reply(status: str, body: bytes) -> bytes:
    head = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
