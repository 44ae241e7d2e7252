"""A POP3 server with a few small messages, and one that is made while it is sent: nobody ever has all of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import random
from collections.abc import Iterator
from typing import Any

SMALL = 30
LINES = 14_000
BLOCK = 57 * LINES
"""Bytes of the attachment that are made at once."""
HEAD = (
    b"From: Grace <grace@example.org>\r\nTo: ada@example.org\r\nSubject: the film\r\nMessage-ID: <film@pop.test>\r\n"
    b"Date: Thu, 01 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n'
    b"--cut\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n.with a dot\r\n--cut\r\n"
    b'Content-Type: video/mp4; name="film.mp4"\r\nContent-Transfer-Encoding: base64\r\n'
    b'Content-Disposition: attachment; filename="film.mp4"\r\n\r\n'
)
TAIL = b"--cut--\r\n"


class Huge:
    """`blocks` of BLOCK bytes are attached. `gone` are the messages that a QUIT removed. While it is `halting` nothing
    more comes after half of the large message, and `halts` is set."""

    def __init__(self, blocks: int) -> None:
        self.blocks = blocks
        self.size = len(HEAD) + blocks * 78 * LINES + len(TAIL)
        self.shows = False
        self.gone: set[int] = set()
        self.fetched: list[int] = []
        self.halts = asyncio.Event()
        self.halting = False
        self._sessions: set[asyncio.Task[Any]] = set()

    def contents(self) -> Iterator[bytes]:
        """The attachment."""
        made = random.Random(1)
        for _ in range(self.blocks):
            yield made.randbytes(BLOCK)

    def digest(self) -> str:
        """The SHA-256 of the attachment."""
        found = hashlib.sha256()
        for block in self.contents():
            found.update(block)
        return found.hexdigest()

    def there(self) -> dict[int, int]:
        """Size by number."""
        sizes = {number: len(small(number)) for number in range(1, SMALL + 1)}
        if self.shows:
            sizes[SMALL + 1] = self.size
        return {number: size for number, size in sizes.items() if number not in self.gone}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session after the other."""
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        with contextlib.suppress(OSError):  # whoever was killed says no farewell
            await self._converse(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def ended(self) -> None:
        """Wait until every session has ended."""
        await asyncio.gather(*self._sessions)
        self._sessions.clear()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"+OK ready\r\n")
        names = list(self.there())
        marked: set[int] = set()
        while line := (await reader.readline()).decode().split():
            match line[0]:
                case "CAPA":
                    writer.write(b"+OK\r\nTOP\r\nUIDL\r\nUSER\r\nPIPELINING\r\n.\r\n")
                case "STAT":
                    writer.write(b"+OK %d 0\r\n" % len(names))
                case "UIDL" | "LIST":
                    shown = self.there()
                    rows = [
                        f"{place} {f'u{name}' if line[0] == 'UIDL' else shown[name]}"
                        for place, name in enumerate(names, 1)
                    ]
                    writer.write(("+OK\r\n" + "".join(f"{row}\r\n" for row in rows) + ".\r\n").encode())
                case "RETR":
                    self.fetched.append(names[int(line[1]) - 1])
                    await self._send(writer, names[int(line[1]) - 1])
                case "DELE":
                    marked.add(names[int(line[1]) - 1])
                    writer.write(b"+OK\r\n")
                case "QUIT":
                    self.gone |= marked
                    writer.write(b"+OK bye\r\n")
                    break
                case _:
                    writer.write(b"+OK\r\n")
            await writer.drain()

    async def _send(self, writer: asyncio.StreamWriter, name: int) -> None:
        if name <= SMALL:
            writer.write(b"+OK\r\n" + small(name) + b".\r\n")
            return
        writer.write(b"+OK\r\n" + HEAD.replace(b"\r\n.", b"\r\n.."))
        for number, block in enumerate(self.contents()):
            if self.halting and 2 * number >= self.blocks:
                self.halts.set()
                return
            lines = base64.encodebytes(block)
            writer.write(lines.replace(b"\n", b"\r\n"))
            await writer.drain()
        writer.write(TAIL + b".\r\n")


def small(number: int) -> bytes:
    """One of the others."""
    return b"From: a@example.org\r\nSubject: small %d\r\nMessage-ID: <%d@pop.test>\r\n\r\nshort\r\n" % (number, number)
