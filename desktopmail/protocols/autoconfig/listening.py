"""A listener for the first words of a server that nobody knows yet: whole lines, not many, and nothing kept."""

from __future__ import annotations

import asyncio

from desktopmail.domain.errors import ConnectionLost, ProtocolViolation, Refused
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said

MOST_BYTES = 16_384
SAFE = mark("engine", "Nothing was sent.")


class Listener(asyncio.Protocol):
    """Collects at most MOST_BYTES of lines over the whole connection."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._total = 0
        self._over = False
        self._news = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self._total += len(data)
        if self._total <= MOST_BYTES:
            self._buffer += data
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = True
        self._news.set()

    async def line(self, host: str) -> bytes:
        """The next line without its end. Raises ConnectionLost, and ProtocolViolation for too many words."""
        while (end := self._buffer.find(b"\n")) < 0:
            if self._over:
                raise ConnectionLost(phrase("{0} closed the connection", host), said(SAFE))
            if self._total > MOST_BYTES:
                raise ProtocolViolation(phrase("{0} said something that makes no sense", host), said(SAFE))
            self._news.clear()
            await self._news.wait()
        found = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return found.rstrip(b"\r")

    async def hear(self, wanted: bytes, refusals: tuple[bytes, ...], host: str) -> list[bytes]:
        """Read lines until one begins as wanted; all of them. Refused when one begins like a refusal before."""
        lines: list[bytes] = []
        while True:
            lines.append(await self.line(host))
            if lines[-1].startswith(wanted):
                return lines
            if lines[-1].startswith(refusals):
                raise Refused(phrase("{0} does not answer as such a server would", host), said(SAFE))

    def check_empty(self, host: str) -> None:
        """Nothing may stand behind the agreement to encrypt."""
        if self._buffer:
            raise ProtocolViolation(phrase("Somebody may be interfering with the connection to {0}", host), said(SAFE))
