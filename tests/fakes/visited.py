"""What all scripted servers share: they listen on loopback while their block lasts, and every visit ends with it."""

from __future__ import annotations

import asyncio
import ssl
from abc import ABC, abstractmethod
from types import TracebackType

LONGEST_LINE = 1 << 20


class Visited(ABC):
    """A subclass calls `_listen` as its block begins; each connection is served by a task of its own and counted."""

    connections: int = 0

    async def _listen(self, context: ssl.SSLContext | None = None, port: int = 0) -> int:
        """Begin to accept, within TLS when there is a context; gives back the port."""
        self._visits: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, ssl=context, limit=LONGEST_LINE)
        return int(self._server.sockets[0].getsockname()[1])

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for visit in list(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._came()
        visit = asyncio.create_task(self._serve(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    def _came(self) -> None:
        self.connections += 1

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one visitor."""
