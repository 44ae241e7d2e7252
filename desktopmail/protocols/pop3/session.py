"""An open POP3 mailbox: what is in it, its messages, and what is to be removed when one leaves with QUIT.

Numbers are valid within the session only. Nothing is removed before the server says yes to QUIT (RFC 1939 section 6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Self, TypeVar

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import MailError, Refused
from desktopmail.domain.saying import phrase
from desktopmail.protocols import transport as net
from desktopmail.protocols.pop3.dialogue import PATIENT, Ask, Pace, Patience
from desktopmail.protocols.pop3.large import Large
from desktopmail.protocols.pop3.line import Form, Line, Reply
from desktopmail.protocols.pop3.lists import MOST_MESSAGES, number_of, read_ids, read_sizes
from desktopmail.protocols.pop3.opening import Opening

SECONDS = 30.0
LIST_LINE = 600
LIST_LIMIT = 256 * 1024 * 1024
"""Bytes granted to each line of a list, and to all of it."""
MESSAGE_SPARE = 8 * 1024 * 1024
MESSAGE_LIMIT = 4_000 * 1000**2
"""A message may have twice the bytes that were announced and MESSAGE_SPARE more, but never more than this: an
attachment of 2 GB fits with its encoding, and a server that announces a fantasy does not fill the disk."""
HELD_LIMIT = 1_000 * 1000**2
"""The same for a message that is held in memory."""
TOP_LIMIT = 16 * 1024 * 1024
TOP_GUESS = 4 * 1024
ON_THE_LOOP = 64 * 1024
"""A list larger than this is read on another thread."""

T = TypeVar("T")

Sink = Callable[[int, bytes], bool | None]
"""Told the number of a message and its bytes, with CRLF line ends as they came. After False no more is asked for."""
Refusals = Callable[[int, MailError], None]
"""Told the number of a message and why the server does not give it."""


class Pop3Session(Opening):
    """See `Dialogue` for its life."""

    _count: int | None = None

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        secret: str,
        *,
        timeout: float = SECONDS,
        patience: Patience = PATIENT,
        connected: Callable[[], None] | None = None,
    ) -> Self:
        """Connect and sign in; each step may take `timeout` seconds. `connected` is called when TLS stands.

        Raises SignInRefused, MailboxBusy, TooSoon, InsecureServer, BadCertificate and other MailErrors."""
        transport, line = await net.connect(endpoint, lambda: Line(endpoint.host), timeout=timeout)
        session = cls(line, endpoint, patience)
        await session.begin(transport, secret, timeout, connected)
        return session

    async def stat(self) -> tuple[int, int]:
        """How many messages there are, and their bytes (STAT). Neither changes before one leaves."""
        async with self._turn():
            reply = await self.command(b"STAT")
            if reply.ok:
                count, size = (*reply.text.split(), b"", b"")[:2]
                self._count = number_of(count, MOST_MESSAGES)
                return self._count, number_of(size)
        raise self._refusal(phrase("The server does not say what is in the mailbox"), reply)

    async def uidl(self) -> list[tuple[int, str]]:
        """Number and unique id of every message, in the server's order (UIDL). Raises Refused where the server has no
        such ids. Ids are printable as they stand in the list; what else is in them comes as it is."""
        return await self._list(b"UIDL", phrase("The server has no names for its messages"), read_ids)

    async def sizes(self) -> list[tuple[int, int]]:
        """Number and bytes of every message, in the server's order (LIST)."""
        return await self._list(b"LIST", phrase("The server does not list the messages"), read_sizes)

    async def top(self, numbers: Sequence[int], sink: Sink, lines: int = 0, refused: Refusals | None = None) -> None:
        """The header and the first `lines` of the text of messages (TOP). What the server does not give is told to
        `refused`; without, it raises Refused at the first."""
        asks = [Ask(b"TOP %d %d" % (number, lines), number, TOP_GUESS, TOP_LIMIT) for number in numbers]
        await self._bring(asks, sink, refused)

    async def retrieve(
        self,
        numbers: Sequence[int],
        sizes: Mapping[int, int],
        sink: Sink,
        refused: Refusals | None = None,
        pace: Pace | None = None,
        large: Large | None = None,
    ) -> None:
        """Whole messages, in this order (RETR). `sizes` are what LIST said. With `refused` a message that the server
        does not give is told there and the rest comes; without, Refused is raised after what was under way came. While
        one waits for `pace`, what is under way is read on up to a limit. With `large` what does not fit into a few MB
        goes there instead of to the sink."""
        asks = []
        most = HELD_LIMIT if large is None else MESSAGE_LIMIT
        for number in numbers:
            size = sizes.get(number, 0)
            if size > most:
                error = _too_large(size)
                if refused is None:
                    raise error
                refused(number, error)
                continue
            limit = min(2 * size + MESSAGE_SPARE, most)
            asks.append(Ask(b"RETR %d" % number, number, size, limit))
        await self._bring(asks, sink, refused, pace, large)

    async def _bring(
        self,
        asks: Sequence[Ask],
        sink: Sink,
        refused: Refusals | None,
        pace: Pace | None = None,
        large: Large | None = None,
    ) -> None:
        failures: list[MailError] = []

        def take(ask: Ask, reply: Reply) -> bool:
            if reply.poured and large is not None:
                return large.whole(ask.number) is not False and not failures
            if reply.ok:
                return sink(ask.number, reply.lines) is not False and not failures
            error = self._refusal(phrase("The server does not give one of the messages"), reply)
            if refused is not None:
                refused(ask.number, error)
                return True
            failures.append(error)
            return False

        async with self._turn():
            await self._each(asks, Form.LINES if large is None else Form.PARTS, take, pace, large)
        if failures:
            raise failures[0]

    async def delete(self, numbers: Sequence[int]) -> frozenset[int]:
        """Mark messages to be removed when one leaves with QUIT (DELE). Those to which the server said yes."""
        marked: set[int] = set()

        def take(ask: Ask, reply: Reply) -> bool:
            if reply.ok:
                marked.add(ask.number)
            return True

        async with self._turn():
            await self._each([Ask(b"DELE %d" % number, number) for number in numbers], Form.LINE, take)
        return frozenset(marked)

    async def reset(self) -> None:
        """Take back all marks (RSET)."""
        await self._simple(b"RSET", phrase("The server does not take back what was marked"))

    async def noop(self) -> None:
        """Hear whether the server is still there (NOOP)."""
        await self._simple(b"NOOP", phrase("The server does not answer as it should"))

    async def quit(self) -> None:
        """Leave, and have removed what was marked. Returns after the server's yes alone; whatever is raised means that
        nobody knows what was removed. The connection is closed in any case."""
        async with self._turn():
            try:
                self._line.expect(Form.LINE)
                self._line.write(b"QUIT\r\n")
                reply = await self.heard(seconds=self.patience.farewell)
            finally:
                self.drop()
        if not reply.ok:
            raise self._refusal(phrase("The server did not remove everything that was to be removed"), reply)

    async def _simple(self, words: bytes, title: str) -> None:
        async with self._turn():
            reply = await self.command(words)
        if not reply.ok:
            raise self._refusal(title, reply)

    async def _list(
        self, words: bytes, title: str, read: Callable[[bytes], list[tuple[int, T]]]
    ) -> list[tuple[int, T]]:
        count = (await self.stat())[0] if self._count is None else self._count
        async with self._turn():
            reply = await self.command(words, Form.LINES, min(LIST_LINE * (count + 100), LIST_LIMIT))
            if reply.ok and len(reply.lines) < ON_THE_LOOP:
                return read(reply.lines)
            if reply.ok:
                return await asyncio.to_thread(read, reply.lines)
        raise self._refusal(title, reply)


async def check(
    endpoint: Endpoint, secret: str, *, connected: Callable[[], None] | None = None, timeout: float = SECONDS
) -> None:
    """Sign in and leave again; `connected` is called when TLS stands. Raises MailError."""
    session = await Pop3Session.open(endpoint, secret, timeout=timeout, connected=connected)
    await session.quit()


def _too_large(size: int) -> Refused:
    return Refused(
        phrase("A message of {0:.1f} GB is too large to be fetched", size / 1000**3),
        phrase("It stays on the server. A program that the provider offers on the web may open it."),
    )
