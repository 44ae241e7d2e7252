"""Verbs that read: headers, marks and bodies, streamed in large ranges."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

from desktopmail.domain.errors import ContentMissing, MailError
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap import responses
from desktopmail.protocols.imap.commands import HEADER_FIELDS
from desktopmail.protocols.imap.dialogue import Dialogue
from desktopmail.protocols.imap.framing import ACCOUNT_LITERAL_LIMIT, violation
from desktopmail.protocols.imap.request import Refusal, Request
from desktopmail.protocols.imap.responses import FlagRow, RawFetch
from desktopmail.protocols.imap.stream import Stream
from desktopmail.protocols.imap.uids import Uids, UidSet, pieces

HEADER_COUNT, BODY_COUNT, FLAG_COUNT = 5_000, 200, 50_000
HEADER_LIMIT = 8 * 1024 * 1024
PIECE = 1024 * 1024
AHEAD = 2
"""Ranges on the line at once: the next is written before the reply to the previous one."""

HeaderSink = Callable[[list[RawFetch]], Awaitable[object]]
BodySink = Callable[[int, bytes], Awaitable[object]]
STEP = mark("engine", "to send mail")


@dataclass(frozen=True, slots=True)
class FlagNews:
    """Marks as they are now, and UIDs that are gone (only told after `changed_since` where the server can)."""

    rows: list[FlagRow]
    vanished: UidSet


@dataclass(frozen=True, slots=True)
class _Question:
    """What to ask for each range: items, largest literal accepted, modifiers, and further responses that belong."""

    items: str
    limit: int
    modifiers: tuple[str, ...] = ()
    wants: frozenset[str] = frozenset()


class FetchVerbs(Dialogue):
    """What one can read in the open folder. All of it leaves \\Seen alone."""

    async def fetch_headers(self, uids: Uids, sink: HeaderSink, *, structure: bool = False) -> None:
        """Stream the header fields and facts of messages. `sink` is awaited with raw responses, at most 100 at a time;
        `responses.tokenize` turns them into FetchedHeader on another thread. While it works the server is read on, up
        to 2,000 responses or 16 MB. UIDs that are gone bring nothing."""
        items = f"UID FLAGS{self._mod_seq()} INTERNALDATE RFC822.SIZE"
        asked = f"({items} BODY.PEEK[HEADER.FIELDS ({HEADER_FIELDS})]{' BODYSTRUCTURE' if structure else ''})"
        await self._stream(pieces(uids, HEADER_COUNT), _Question(asked, HEADER_LIMIT), sink)

    async def fetch_bodies(self, uids: Uids, sink: BodySink) -> None:
        """Stream whole messages, byte for byte. `sink` is awaited for each. UIDs that are gone bring nothing, and so
        do messages the server cannot read."""

        async def take(batch: list[RawFetch]) -> None:
            for raw in batch:
                found = responses.section_of(raw)
                if found is not None:
                    await sink(*found)

        question = _Question("(UID BODY.PEEK[])", ACCOUNT_LITERAL_LIMIT)
        await self._stream(pieces(uids, BODY_COUNT), question, take)

    async def fetch_section(self, uid: int, section: str) -> bytes:
        """One part of a message as it is on the server, still encoded; `section` as in `Part.section`, '' for all.

        Raises ContentMissing when the message or the part is not there."""
        if not all(letter.isalnum() or letter == "." for letter in section):
            raise ContentMissing(phrase("That part is not in the message"))
        found = await self._one(uid, _Question(f"(UID BODY.PEEK[{section}])", ACCOUNT_LITERAL_LIMIT))
        if found is None:
            raise ContentMissing(
                phrase("The message is not on the server any more"), phrase("What was stored of it is still here.")
            )
        return found

    async def fetch_in_pieces(self, uid: int, sink: Callable[[bytes], Awaitable[object]], size: int = PIECE) -> int:
        """One large message, a piece at a time, so that it is never in memory as a whole; returns its length.

        Raises ContentMissing when it is not there."""
        length = 0
        while length <= ACCOUNT_LITERAL_LIMIT:
            piece = await self._one(uid, _Question(f"(UID BODY.PEEK[]<{length}.{size}>)", size))
            if piece is None:
                raise ContentMissing(
                    phrase("The message is not on the server any more"), phrase("Nothing was stored of it.")
                )
            length += len(piece)
            if piece:
                await sink(piece)
            if len(piece) < size:
                return length
        raise violation("message without end")

    async def _one(self, uid: int, question: _Question) -> bytes | None:
        whole: list[bytes] = []

        async def take(batch: list[RawFetch]) -> None:
            for raw in batch:
                found = responses.section_of(raw)
                if found is not None and found[0] == uid:
                    whole[:] = [found[1]]

        await self._stream(pieces([uid]), question, take)
        return whole[0] if whole else None

    async def fetch_flags(self, uids: Uids, changed_since: int = 0) -> FlagNews:
        """Marks of messages, or only those changed after a mod-sequence (RFC 7162). With QRESYNC the UIDs that went
        since then are told too; they may lie outside `uids` and may never have existed."""
        modifiers: tuple[str, ...] = ()
        if changed_since and self.can("CONDSTORE"):
            modifiers = (f"(CHANGEDSINCE {changed_since}{' VANISHED' if 'QRESYNC' in self.enabled else ''})",)
        rows: list[FlagRow] = []

        async def take(batch: list[RawFetch]) -> None:
            rows.extend(responses.flag_rows(batch))

        question = _Question(f"(UID FLAGS{self._mod_seq()})", 0, modifiers, frozenset({"VANISHED"}))
        requests = await self._stream(pieces(uids, FLAG_COUNT), question, take)
        return FlagNews(rows, _vanished(line for request in requests for line in request.lines))

    @contextlib.contextmanager
    def unheard(self) -> Iterator[None]:
        """What the server says meanwhile is left in the socket. For a sink whose work on another thread would only be
        slowed down by reading on: the two would take the interpreter from each other several times a millisecond."""
        self._wire.hold("unheard")
        try:
            yield
        finally:
            self._wire.release("unheard")

    def _mod_seq(self) -> str:
        return " MODSEQ" if self.can("CONDSTORE") else ""

    # Streaming.

    async def _stream(self, ranges: Iterator[str], question: _Question, take: HeaderSink) -> list[Request]:
        """Ask UID FETCH for all ranges and hand the responses on; leaving early ends the connection. Some servers
        refuse to look into an empty folder (Cyrus): that is no harm."""
        try:
            return await self._flowing(ranges, question, take)
        except Refusal:
            if self.exists:
                raise
            return []

    async def _flowing(self, ranges: Iterator[str], question: _Question, take: HeaderSink) -> list[Request]:
        async with self._turn(STEP, 0), self._flow(question.limit) as stream:
            asker = asyncio.ensure_future(self._ask(ranges, question, stream))
            try:
                while batch := await stream.batch():
                    await take(batch)
                    await asyncio.sleep(0)
                return await asker
            finally:
                if not asker.done():
                    self.drop()
                    asker.cancel()
                    await asyncio.gather(asker, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def _flow(self, limit: int) -> AsyncIterator[Stream]:
        stream = Stream(self._wire)
        self._wire.stream = stream
        self._wire.framer.literal_limit = limit
        try:
            yield stream
        finally:
            self._wire.stream = None
            self._wire.release("stream")
            self._wire.framer.literal_limit = ACCOUNT_LITERAL_LIMIT

    async def _ask(self, ranges: Iterator[str], question: _Question, stream: Stream) -> list[Request]:
        """Keep AHEAD ranges on the line until all are answered, then end the stream. A refused range does not keep
        the others from coming; the refusal is raised at the end."""
        finished: list[Request] = []
        waiting: list[Request] = []
        with contextlib.ExitStack() as undo:
            undo.callback(stream.finish)
            for words in ranges:
                parts = [words, question.items, *question.modifiers]
                waiting.append(await self._send("UID FETCH", parts, question.wants))
                if len(waiting) == AHEAD:
                    await self._watched(waiting[0], STEP)
                    finished.append(waiting.pop(0))
            for request in waiting:
                await self._watched(request, STEP)
                finished.append(request)
        refused: MailError | None = None
        for request in finished:
            try:
                await self._reply(request, phrase("The server could not give some messages"))
            except MailError as error:
                refused = error
        if refused is not None:
            raise refused
        return finished


def _vanished(lines: Iterator[bytes]) -> UidSet:
    """The UIDs of `VANISHED [(EARLIER)] set` lines."""
    gone = UidSet()
    for line in lines:
        words = line.split()
        if len(words) in (2, 3):
            gone |= UidSet.parse(words[-1])
    return gone
