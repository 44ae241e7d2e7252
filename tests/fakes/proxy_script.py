"""A proxy on loopback that behaves until it is told otherwise, and notes every name it was asked for.

    async with ProxyScript("socks5", script.port) as proxy:
        await ImapSession.open(replace(endpoint, proxy=proxy.url), "secret")
    assert proxy.asked == [("mail.hidden.invalid", 993)]

`answers` (greeting, reply) take bytes to send instead of the usual ones; STALL says nothing, ENDLESS never stops, CLOSE
ends. `behind` is said right behind the usual reply, before the server says anything. All names lead to `port` here.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from dataclasses import dataclass, field
from enum import Enum

from tests.fakes.visited import Visited


class Act(Enum):
    """What a proxy may do instead of answering."""

    CLOSE = "close"
    STALL = "stall"
    ENDLESS = "endless"


CLOSE, STALL, ENDLESS = Act.CLOSE, Act.STALL, Act.ENDLESS
MADE = {"socks5": b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", "http": b"HTTP/1.1 200 Connection established\r\n\r\n"}


class _Over(Exception):
    """This connection ends."""


@dataclass
class ProxyScript(Visited):
    """See the module."""

    kind: str
    port: int
    answers: dict[str, bytes | Act] = field(default_factory=dict)
    behind: bytes = b""
    asked: list[tuple[str, int]] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0
    own_port: int = 0

    def __post_init__(self) -> None:
        self.was_asked = asyncio.Event()

    async def __aenter__(self) -> ProxyScript:
        self.own_port = await self._listen()
        return self

    @property
    def url(self) -> str:
        """What an account says to use this proxy."""
        return f"{self.kind}://127.0.0.1:{self.own_port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.kind == "socks5":
                await self._socks(reader, writer)
            else:
                await self._http(reader, writer)
            await self._tunnel(reader, writer)
        except (_Over, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version, count = await reader.readexactly(2)
        self.heard.append(bytes((version, count)) + await reader.readexactly(count))
        await self._say("greeting", b"\x05\x00", reader, writer)
        _version, _command, _reserved, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii")
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        self.asked.append((host, int.from_bytes(await reader.readexactly(2), "big")))
        self.was_asked.set()
        await self._say("reply", MADE["socks5"], reader, writer)

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(head)
        host, _, port = head.split(b" ")[1].decode("ascii").rpartition(":")
        self.asked.append((host, int(port)))
        self.was_asked.set()
        await self._say("reply", MADE["http"], reader, writer)

    async def _say(self, step: str, usual: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self.answers.get(step, usual + (self.behind if step == "reply" else b""))
        match answer:
            case bytes():
                writer.write(answer)
                await writer.drain()
            case Act.CLOSE:
                raise _Over
            case Act.STALL:
                self.heard.append(await reader.read())
                raise _Over
            case Act.ENDLESS:
                writer.write(b"HTTP/1.1 200 OK\r\n" if self.kind == "http" else b"\x05\x00\x00\x03\xff")
                while True:
                    writer.write(b"X-More: and more\r\n" * 50)
                    await writer.drain()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_copy(reader, far_writer))
                both.create_task(_copy(far_reader, writer))
        finally:
            far_writer.transport.abort()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(1 << 16):
        target.write(piece)
        await target.drain()
    with contextlib.suppress(OSError):
        target.write_eof() if target.can_write_eof() else target.close()
