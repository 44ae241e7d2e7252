"""The line to a POP3 server: replies cut out of the stream and handed over in the order of the commands.

Nothing is searched twice, and copied once: out of the room that TLS decrypts into. What comes unasked ends the
connection.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.errors import ConnectionLost, MailError, ProtocolViolation
from desktopmail.domain.saying import phrase
from desktopmail.protocols.tls import certificate_wanted
from desktopmail.protocols.transport import inert, map_error

STATUS_LIMIT = 8 * 1024
"""Bytes of a status line; RFC 2449 section 4 grants 512."""
SMALL_LIMIT = 64 * 1024
HIGH_BYTES = 16 * 1024 * 1024
"""Bytes of replies that wait for somebody here before no more is read; it goes on at half."""
ROOM = 512 * 1024
"""Bytes of the room that is read into; it grows for replies that do not fit, and shrinks again after them."""
CHUNK = 64 * 1024
"""Bytes read at once: each record of TLS gives the interpreter lock away, so that more would hold up the loop."""
WHOLE, PART = 4 * 1024 * 1024, 512 * 1024
"""Bytes up to which a reply in parts is held as a whole, and how large its parts are from then on."""
HIGH_PARTS = 4 * 1024 * 1024
"""HIGH_BYTES while parts come: they wait for a disk, which does not get faster by it."""
DOT, END = b"\r\n.", b"\r\n.\r\n"
NEAR = 1_024

_STATUS = re.compile(rb"(\+OK|-ERR)(?:[ \t]([^\0\r\n]*))?\r\n")
_GO_ON = re.compile(rb"\+(?: ([^\0\r\n]*))?\r\n")


class Form(Enum):
    """What the reply to a command looks like when it is a yes."""

    LINE = "line"
    LINES = "lines"
    PARTS = "parts"
    """Lines that are handed over before the last one came, when there are too many to be held."""
    CHALLENGE = "challenge"
    """A line, or a challenge to be answered (RFC 5034 section 4)."""
    AGREEMENT = "agreement"
    """A line behind which nothing may come in clear (RFC 2595 section 4)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`ok`: +OK; `text` is what stands behind it. `more`: neither yes nor no, `text` is a challenge. `lines` are the
    lines of a multi-line reply with their ends, unstuffed and without the final dot. `part`: they are some of them, cut
    anywhere, and the rest comes with the next replies. `poured`: they went elsewhere."""

    ok: bool
    text: bytes
    lines: bytes = b""
    more: bool = False
    part: bool = False
    poured: bool = False


class Line(asyncio.BufferedProtocol):
    """One connection. After `failure` is set it is of no more use. `received` counts bytes, so that progress shows."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.transport: asyncio.Transport | None = None
        self.failure: MailError | None = None
        self.received = 0
        self.gone = asyncio.Event()
        self._due: deque[tuple[Form, int]] = deque([(Form.LINE, SMALL_LIMIT)])
        self._replies: deque[Reply] = deque()
        self._waiting = 0
        self._held = False
        self._news = asyncio.Event()
        self._room = bytearray(0)
        self._begin = self._end = self._seen = 0
        self._status: Reply | None = None
        self._dotted = False
        self._parted = 0
        self._sealed = False

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket (or TLS on it) is ready; the server speaks first."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go."""
        held = self._end - self._begin
        if not held:
            self._begin = self._end = self._seen = 0
        if len(self._room) - self._end < CHUNK // 4 or (not held and len(self._room) > ROOM):
            room = bytearray(max(ROOM, 2 * held))
            room[:held] = memoryview(self._room)[self._begin : self._end]
            self._room, self._begin, self._end, self._seen = room, 0, held, self._seen - self._begin
        return memoryview(self._room)[self._end : self._end + CHUNK]

    def buffer_updated(self, nbytes: int) -> None:
        """Cut out what is complete; any ProtocolViolation ends the connection."""
        if self.failure is not None:
            return
        self.received += nbytes
        self._end += nbytes
        try:
            if self._sealed:
                raise violation("words in clear behind the agreement to encrypt")
            while self._due and not self._sealed and self._cut():
                pass
            if self._end > self._begin and (self._sealed or not self._due):
                raise violation("words that nobody asked for")
        except ProtocolViolation as error:
            self.fail(error)
            return
        if self._replies:
            self._news.set()
            high = HIGH_PARTS if self._parted else HIGH_BYTES
            if self._waiting > high and not self._held and self.transport is not None:
                self._held = True
                self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """The same for bytes that somebody has at hand."""
        rest = memoryview(data)
        while rest:
            room = self.get_buffer(len(rest))
            count = min(len(room), len(rest))
            room[:count], rest = rest[:count], rest[count:]
            self.buffer_updated(count)

    def eof_received(self) -> bool | None:
        """The server ended its side: so do we."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits learns that the line is gone, after what had still arrived."""
        if self.failure is None:
            wanted = certificate_wanted(exc, self.host)
            self.failure = wanted or (map_error(exc, self.host) if isinstance(exc, OSError) else lost(self.host))
        self._news.set()
        self.gone.set()

    # Speaking.

    def expect(self, form: Form, limit: int = SMALL_LIMIT) -> None:
        """One more reply is due; `limit` bounds the bytes of its lines."""
        self._due.append((form, limit))

    def write(self, data: bytes) -> None:
        """Put bytes on the line. Raises what ended it."""
        if self.failure is not None:
            raise self.failure
        if self.transport is not None:
            self.transport.write(data)

    async def reply(self) -> Reply:
        """The next reply, in the order of the commands. Raises what ended the line."""
        while (reply := self.at_hand()) is None:
            if self.failure is not None:
                raise self.failure
            self._news.clear()
            await self._news.wait()
        return reply

    def at_hand(self) -> Reply | None:
        """The next reply if it is there."""
        if not self._replies:
            return None
        reply = self._replies.popleft()
        self._waiting -= len(reply.lines)
        high = HIGH_PARTS if self._parted else HIGH_BYTES
        if self._held and self._waiting <= high // 2:
            self._held = False
            if self.failure is None and self.transport is not None:
                self.transport.resume_reading()
        return reply

    def secured(self, transport: asyncio.Transport) -> None:
        """TLS is up. What was heard in clear is forgotten, and so is whoever spoke before being spoken to."""
        if self.failure is not None:
            raise self.failure
        self.transport = transport
        self._sealed = False

    def fail(self, error: MailError) -> None:
        """End the connection at once because of `error`."""
        if self.failure is None:
            self.failure = error
        self._news.set()
        self._begin = self._end
        if self.transport is not None:
            self.transport.abort()

    # Listening.

    def _cut(self) -> bool:
        """Take one more line or reply out of the room; False when it is not complete."""
        form, limit = self._due[0]
        if self._status is not None:
            return self._cut_lines(limit)
        stop = min(self._end, self._begin + STATUS_LIMIT)
        end = self._room.find(b"\n", self._seen, stop)
        if end < 0:
            if self._end - self._begin >= STATUS_LIMIT:
                raise violation("a status line without an end")
            self._seen = stop
            return False
        reply = self._read_status(form, bytes(self._room[self._begin : end + 1]))
        if form in (Form.LINES, Form.PARTS) and reply.ok:
            self._begin = self._seen = end - 1
            self._status, self._dotted, self._parted = reply, False, 0
            return self._cut_lines(limit)
        self._begin = self._seen = end + 1
        if form is Form.AGREEMENT and reply.ok:
            self._sealed = True
            if self.transport is not None:
                self.transport.pause_reading()
        self._due.popleft()
        self._deliver(reply)
        return True

    def _read_status(self, form: Form, said: bytes) -> Reply:
        if found := _STATUS.fullmatch(said):
            return Reply(found[1] == b"+OK", found[2] or b"")
        if form is Form.CHALLENGE and (found := _GO_ON.fullmatch(said)):
            return Reply(False, found[1] or b"", more=True)
        raise violation("not a reply")

    def _cut_lines(self, limit: int) -> bool:
        """What is left begins with the line end of the status line, so that an empty reply looks like any other."""
        end = self._find_end()
        if self._parted + (self._end if end < 0 else end) - self._begin > limit:
            raise violation("a reply that is longer than it may be")
        if end < 0:
            if self._due[0][0] is Form.PARTS and self._end - self._begin > (PART if self._parted else WHOLE):
                self._part()
            return False
        status, self._status = self._status, None
        assert status is not None
        lines = self._taken(end + 2)
        self._begin = self._seen = end + len(END)
        self._due.popleft()
        self._deliver(Reply(True, status.text, lines))
        return True

    def _part(self) -> None:
        """Hand over what came so far, up to the last line end: that may be the beginning of the final dot."""
        cut = self._room.rfind(b"\r\n", self._begin + 2, self._end)
        if cut < 0:
            cut = self._end - 1
        lines = self._taken(cut)
        self._parted += cut - self._begin
        self._begin, self._seen = cut, max(cut, self._seen)
        assert self._status is not None
        self._deliver(Reply(True, self._status.text, lines, part=True))

    def _taken(self, stop: int) -> bytes:
        """The lines from where the room begins, unstuffed; without the end of the status line if that is there."""
        skip = 0 if self._parted else 2
        with memoryview(self._room) as view:
            lines = bytes(view[self._begin if self._dotted else self._begin + skip : stop])
        return lines.replace(b"\r\n..", b"\r\n.")[skip:] if self._dotted else lines

    def _find_end(self) -> int:
        """Where the last line end of a reply is, or -1. Lines that begin with a dot are rare; from the first one on
        they are passed over, and undone afterwards."""
        if not self._dotted:
            found = _find(self._room, DOT, self._seen, self._end)
            if 0 <= found <= self._end - len(END) and not self._room.startswith(END, found):
                self._dotted, self._seen = True, found
            elif found >= 0:
                self._seen = found
                return found if found <= self._end - len(END) else -1
        if self._dotted:
            found = _find(self._room, END, self._seen, self._end)
        if found < 0:
            self._seen = max(self._seen, self._end - len(END) + 1)
        return found

    def _deliver(self, reply: Reply) -> None:
        self._replies.append(reply)
        self._waiting += len(reply.lines)


def _find(room: bytearray, wanted: bytes, begin: int, end: int) -> int:
    """Where a line that begins with a dot is, or -1. The dot alone is found five times as fast, and attachments have
    none; near one, all of `wanted` is looked for."""
    position = begin
    while (dot := room.find(b".", position, end)) >= 0:
        stop = min(dot + NEAR, end)
        found = room.find(wanted, max(begin, dot - 2), stop)
        if found >= 0 or stop == end:
            return found
        position = stop - len(wanted) + len(DOT)
    return -1


def violation(what: str) -> ProtocolViolation:
    """The error for a server that does not speak POP3 as it should; `what` goes behind *Details*."""
    return ProtocolViolation(
        phrase("The server said something that makes no sense"),
        phrase("The connection was closed. Nothing is lost."),
        what,
    )


def lost(host: str, words: str = "") -> ConnectionLost:
    """The words for a line that broke."""
    return ConnectionLost(
        phrase("The connection to {0} broke", host), phrase("Nothing is lost. It will be tried again."), inert(words)
    )
