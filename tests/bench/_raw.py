"""The reference to measure against: a bare asyncio reader that counts bytes and does nothing with them."""

from __future__ import annotations

import asyncio
import ssl
import time

from tests.servers.dovecot import Dovecot, User


class RawReader(asyncio.Protocol):
    """Sends commands and waits for their tagged answers; whatever else arrives is counted."""

    def __init__(self) -> None:
        self.received = 0
        self._transport: asyncio.Transport | None = None
        self._tail = b""
        self._tag = b"* OK"
        self._done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        end = self._tail + data[-2000:]
        if not self._done.done() and (end.startswith(self._tag) or b"\r\n" + self._tag + b" OK" in end):
            self._done.set_result(None)
        self._tail = end[-2000:]

    async def greeting(self) -> None:
        """Return when the server has spoken."""
        await self._done

    async def command(self, line: bytes) -> None:
        """Send one command and return when its OK has come."""
        self._tag = b"r%d" % time.monotonic_ns()
        self._tail = b""
        self._done = asyncio.get_running_loop().create_future()
        assert self._transport is not None
        self._transport.write(self._tag + b" " + line + b"\r\n")
        await self._done

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.abort()


async def signed_in(server: Dovecot, user: User) -> RawReader:
    """A reader over TLS, signed in."""
    context = ssl.create_default_context(cafile=str(server.certificates.authority))
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_connection(RawReader, "localhost", server.ports["imaps"], ssl=context)
    await reader.greeting()
    await reader.command(f"LOGIN {user.name} {user.password}".encode())
    return reader


async def raw_fetch(server: Dovecot, user: User, items: bytes, folder: bytes = b"INBOX") -> tuple[float, int]:
    """Seconds and bytes of SELECT and one `UID FETCH 1:*` with `items`, signing in not counted."""
    reader = await signed_in(server, user)
    before = reader.received
    start = time.perf_counter()
    await reader.command(b"SELECT " + folder)
    await reader.command(b"UID FETCH 1:* " + items)
    seconds = time.perf_counter() - start
    reader.close()
    return seconds, reader.received - before
