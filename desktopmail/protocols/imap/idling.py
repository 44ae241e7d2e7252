"""Waiting for news of the open folder: IDLE (RFC 2177) where offered, a question every minute elsewhere."""

from __future__ import annotations

import asyncio

from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols import transport as net
from desktopmail.protocols.imap.dialogue import Dialogue, News
from desktopmail.protocols.imap.request import Request

IDLE_SECONDS = 9 * 60.0
POLL_SECONDS = 60.0


class IdleVerbs(Dialogue):
    """Waiting in the open folder."""

    async def idle(self, timeout: float = IDLE_SECONDS) -> News:
        """Return when there is news (also such as came between commands) or after `timeout` seconds, with empty news.

        Never longer than 9 minutes in one IDLE; call again. `interrupt` ends the waiting early. Raises ConnectionLost
        when the line breaks, Stalled when the server does not react."""
        if self._news:
            return self.take_news()
        limit = min(timeout, IDLE_SECONDS)
        if not self.can("IDLE"):
            return await self._poll(limit)
        async with self._turn(mark("engine", "to wait for news"), 0):
            if not self._news:
                await self._idle(limit)
        return self.take_news()

    def interrupt(self) -> None:
        """Make a waiting `idle` return soon; the connection stays usable."""
        self._noticed.set()

    async def _idle(self, limit: float) -> None:
        request = Request(self._wire.new_tag(), "IDLE")
        waiting = request.expect_plus()
        self._wire.register(request)
        self._wire.write(f"{request.tag} IDLE\r\n".encode())
        async with net.deadline(self.patience.turn, self.endpoint.host, mark("engine", "to wait for news")):
            agreed = await waiting is not None
        if not agreed:
            await self._reply(request, phrase("{0} does not tell about new mail", self.endpoint.host))
            return
        await self._wait(limit)
        if not request.done:
            self._wire.write(b"DONE\r\n")
        async with net.deadline(self.patience.turn, self.endpoint.host, mark("engine", "to stop waiting for news")):
            await self._reply(request)

    async def _wait(self, limit: float) -> None:
        try:
            async with asyncio.timeout(limit):
                await self._noticed.wait()
        except TimeoutError:
            return

    async def _poll(self, limit: float) -> News:
        """For servers without IDLE: NOOP brings what happened."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limit
        while not self._news and (left := end - loop.time()) > 0:
            await self._wait(min(left, POLL_SECONDS))
            if self._noticed.is_set() and not self._news:
                self._noticed.clear()
                break
            async with self._turn(mark("engine", "to answer"), self.patience.answer):
                await self._run("NOOP")
        return self.take_news()
