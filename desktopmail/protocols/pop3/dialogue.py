"""Commands and their replies on one line: in order, within their time, as many under way as the server permits."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import MailError, WrongUsage
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols.pop3.large import Large
from desktopmail.protocols.pop3.line import SMALL_LIMIT, Form, Line, Reply, lost
from desktopmail.protocols.pop3.offered import NOTHING, Offered
from desktopmail.protocols.pop3.refusals import refusal
from desktopmail.protocols.transport import stalled

WINDOW_COUNT = 64
WINDOW_BYTES = 8 * 1024 * 1024
COMMAND_LIMIT = 16 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a server is given: for an `answer`; for each `progress` of `progress_bytes` in a long one, and
    for all of it `longest` beyond what twice the bytes expected take at that pace; and for QUIT (`farewell`), during
    which it removes what was marked."""

    answer: float = 60.0
    progress: float = 60.0
    progress_bytes: int = 8_192
    longest: float = 900.0
    farewell: float = 300.0


PATIENT = Patience()

Pace = Callable[[], Awaitable[object] | None]
"""Asked after each of many replies whether to wait for something before the next one."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One command of many: its words, the message it is about, the bytes expected of it, and the most there may be."""

    words: bytes
    number: int
    size: int = 0
    limit: int = SMALL_LIMIT


class Dialogue:
    """One connection. Life: made by `opening`, used by one task at a time (others wait their turn), closed for good by
    `quit`, by `drop`, by the server, or by whatever leaves a reply half read: a time-out, a cancellation, a sink that
    raises. It is never mended; open another one."""

    def __init__(self, line: Line, endpoint: Endpoint, patience: Patience = PATIENT) -> None:
        self.endpoint = endpoint
        self.patience = patience
        self.offered: Offered = NOTHING
        self._line = line
        self._lock = asyncio.Lock()

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<{type(self).__name__} {self.endpoint.host}:{self.endpoint.port} {state}>"

    @property
    def closed(self) -> bool:
        """Whether nothing more can be said."""
        return self._line.failure is not None

    def drop(self) -> None:
        """Close at once and without QUIT: whatever was marked stays on the server (RFC 1939 section 6)."""
        self._line.fail(lost(self.endpoint.host, "left"))

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One task at a time; what goes wrong inside, except for a refusal that was read to its end, closes."""
        async with self._lock:
            if self._line.failure is not None:
                raise self._line.failure
            whole = False
            try:
                yield
                whole = True
            finally:
                if not whole:
                    self.drop()

    async def command(self, words: bytes, form: Form = Form.LINE, limit: int = SMALL_LIMIT) -> Reply:
        """Say one thing and hear the reply to it."""
        if b"\r" in words or b"\n" in words or b"\0" in words or len(words) > COMMAND_LIMIT:
            raise WrongUsage(phrase("User name and password cannot contain line ends"))
        self._line.expect(form, limit)
        self._line.write(words + b"\r\n")
        return await self.heard(form, size=limit // 10)

    async def heard(self, form: Form = Form.LINE, seconds: float | None = None, size: int = 0) -> Reply:
        """The next reply. Several lines, of which `size` bytes are expected, may take long while they make progress.
        Raises Stalled."""
        at_hand = self._line.at_hand()
        if at_hand is not None:
            return at_hand
        if form not in (Form.LINES, Form.PARTS):
            return await self._within(seconds or self.patience.answer, mark("engine", "to answer"))
        return await self._progressing(self._end_of(size))

    def _end_of(self, size: int) -> float:
        """When a reply of `size` bytes has to be there."""
        pace = self.patience.progress / self.patience.progress_bytes
        return time.monotonic() + self.patience.longest + 2 * size * pace

    async def _progressing(self, end: float) -> Reply:
        while True:
            before = self._line.received
            try:
                async with asyncio.timeout(min(self.patience.progress, end - time.monotonic())):
                    return await self._line.reply()
            except TimeoutError as error:
                if self._line.received - before < self.patience.progress_bytes or time.monotonic() >= end:
                    raise stalled(self.endpoint.host, mark("engine", "to send mail")) from error

    async def _within(self, seconds: float, step: str) -> Reply:
        try:
            async with asyncio.timeout(seconds):
                return await self._line.reply()
        except TimeoutError as error:
            raise stalled(self.endpoint.host, step) from error

    async def _whole(self, ask: Ask, large: Large | None) -> Reply:
        """The reply to a question for lines; one in parts is poured into a vessel, and its lines are empty here."""
        reply = await self.heard(Form.PARTS, size=ask.size)
        if large is None or not reply.part:
            return reply
        end = self._end_of(ask.size)
        vessel = large.begin(ask.number)
        whole = False
        try:
            await asyncio.to_thread(vessel.add, reply.lines)
            while not whole:
                more = self._line.at_hand() or await self._progressing(end)
                await asyncio.to_thread(vessel.add, more.lines)
                whole = not more.part
        finally:
            if not whole:
                vessel.discard()
        return replace(reply, lines=b"", part=False, poured=True)

    async def _each(
        self,
        asks: Iterable[Ask],
        form: Form,
        take: Callable[[Ask, Reply], bool],
        pace: Pace | None = None,
        large: Large | None = None,
    ) -> None:
        """Say many things, with at most WINDOW_COUNT commands or WINDOW_BYTES under way where the server permits it
        (RFC 2449 section 6.6), one at a time elsewhere. `take` gets every reply; False asks for nothing more. What
        `pace` returns is awaited before the next reply."""
        width = WINDOW_COUNT if self.offered.pipelining else 1
        waiting, ahead = deque(asks), deque[Ask]()
        weight = 0
        while waiting or ahead:
            if len(ahead) <= width // 2:
                said = []
                while waiting and len(ahead) < width and (not ahead or weight + waiting[0].size <= WINDOW_BYTES):
                    ask = waiting.popleft()
                    self._line.expect(form, ask.limit)
                    said.append(ask.words + b"\r\n")
                    ahead.append(ask)
                    weight += ask.size
                self._line.write(b"".join(said))
            one = ahead[0]
            reply = await (self._whole(one, large) if form is Form.PARTS else self.heard(form, size=one.size))
            ask = ahead.popleft()
            weight -= ask.size
            if not take(ask, reply):
                waiting.clear()
            if pace is not None and (pause := pace()) is not None:
                await pause

    def _refusal(self, title: str, reply: Reply) -> MailError:
        return refusal(title, reply.text, host=self.endpoint.host, delay=self.offered.login_delay)
