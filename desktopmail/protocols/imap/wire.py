"""The connection itself: the library's protocol with its reading, sending and ending replaced.

It frames, pairs tagged replies with commands and hands FETCH responses to a stream. It waits for nothing, logs nothing,
and closes the connection on the first thing that makes no sense.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable

from aioimaplib.aioimaplib import AUTH, CONNECTED, LOGOUT, NONAUTH, STARTED, Commands, IMAP4ClientProtocol

from desktopmail.domain.errors import ConnectionLost, MailError, WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap.framing import ACCOUNT_LITERAL_LIMIT, LITERAL_LIMIT, Framer, violation
from desktopmail.protocols.imap.request import Request
from desktopmail.protocols.imap.stream import Stream
from desktopmail.protocols.tls import certificate_wanted
from desktopmail.protocols.transport import inert

CHUNK = 64 * 1024
BREATH = 512 * 1024
CLEAR_LIMIT = 64 * 1024
"""Bytes heard in clear before the server agreed on encryption."""
SLICE_SECONDS = 0.004
SLICE_COUNT, FETCH_COUNT = 128, 2_000
"""Responses handled between two looks at the clock; after SLICE_SECONDS the rest waits for the loop's next turn."""

_UNTAGGED = re.compile(rb"\* (?:([0-9]{1,10}) )?([A-Za-z]+)(?: |\Z)")
_TAGGED = re.compile(rb"([A-Z0-9]{1,20}) (OK|NO|BAD)(?: (.*))?\Z", re.IGNORECASE | re.DOTALL)
STATUS = {"OK", "NO", "BAD", "BYE", "PREAUTH"}

News = Callable[[str, int, bytes], None]
"""Told about untagged responses nobody asked for: upper-case name, number (0: none), and the whole response."""


class Wire(IMAP4ClientProtocol):  # type: ignore[misc]
    """One connection to one server. After `failure` is set it is of no more use."""

    def __init__(self, host: str) -> None:
        super().__init__(asyncio.get_running_loop())
        self.host = host
        self.failure: MailError | None = None
        self.greeting: asyncio.Future[tuple[str, bytes]] = self.loop.create_future()
        self.gone = asyncio.Event()
        self.deaf = False
        self.on_news: News = _ignored
        self.stream: Stream | None = None
        self.received = 0
        self.framer = Framer()
        self.framer.literal_limit = LITERAL_LIMIT
        self._pending: dict[str, Request] = {}
        self._backlog: deque[bytes] = deque()
        self._holds: set[str] = set()
        self._sealed = False
        self._writable: asyncio.Future[None] | None = None
        self._held_writes = False

    @property
    def busy(self) -> bool:
        """Whether a command is under way."""
        return bool(self._pending)

    @property
    def held(self) -> bool:
        """Whether nothing is read because somebody here is not ready for it."""
        return bool(self._holds)

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket (or TLS on it) is ready; the server speaks first."""
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Frame and hand out; any ProtocolViolation ends the connection."""
        if self.failure is not None:
            return
        self.received += len(data)
        until = time.monotonic() + SLICE_SECONDS
        try:
            if self._sealed:
                raise violation("words in clear behind the agreement to encrypt")
            if self.deaf and self.received > CLEAR_LIMIT:
                raise violation("more words in clear than accepted")
            self._backlog.extend(self.framer.feed(data))
        except MailError as error:
            self.fail(error)
            return
        if "backlog" not in self._holds:
            self._work(until)

    def _work(self, until: float) -> None:
        """Hand out what waits. A flood of small responses is taken in slices, and the socket waits meanwhile."""
        try:
            while self._backlog and self.failure is None:
                self._hand_out(SLICE_COUNT)
                if self._backlog and time.monotonic() > until:
                    self.hold("backlog")
                    self.loop.call_soon(self._go_on)
                    return
        except MailError as error:
            self.fail(error)

    def _go_on(self) -> None:
        self._work(time.monotonic() + SLICE_SECONDS)
        if not self._backlog:
            self.release("backlog")

    def hold(self, reason: str) -> None:
        """Read no more until every reason to hold is released."""
        if not self._holds and self.failure is None:
            self.transport.pause_reading()
        self._holds.add(reason)

    def release(self, reason: str) -> None:
        """One reason less to hold."""
        if reason in self._holds:
            self._holds.discard(reason)
            if not self._holds and self.failure is None:
                self.transport.resume_reading()

    def eof_received(self) -> bool | None:
        """The server ended its side: so do we."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Everybody who waits learns that the line is gone, after what had still arrived."""
        self._work(float("inf"))
        self._end(self.failure or certificate_wanted(exc, self.host) or lost(self.host, inert(str(exc or ""))))
        self.gone.set()

    def pause_writing(self) -> None:
        """The socket takes no more for now."""
        self._held_writes = True

    def resume_writing(self) -> None:
        """The socket takes more."""
        self._held_writes = False
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    # Speaking.

    def register(self, request: Request) -> None:
        """Expect the reply to `request`, whose words go out right after."""
        if self.failure is not None:
            raise self.failure
        if self.state not in Commands[request.name].valid_states:
            raise WrongUsage(phrase("{0} is of no use in state {1}", request.name, self.state))
        if request.name in ("SELECT", "EXAMINE"):
            self.framer.literal_limit = ACCOUNT_LITERAL_LIMIT
        self._pending[request.tag] = request

    def write(self, data: bytes) -> None:
        """Put bytes on the line."""
        if self.failure is not None:
            raise self.failure
        self.transport.write(data)

    async def write_literal(self, data: bytes) -> None:
        """Put a literal on the line in pieces, as fast as the socket takes them."""
        for start in range(0, len(data), CHUNK):
            self.write(data[start : start + CHUNK])
            await self._room()
            if start % BREATH == BREATH - CHUNK:
                await asyncio.sleep(0)

    async def _room(self) -> None:
        if self._held_writes and self.failure is None:
            self._writable = self.loop.create_future()
            await self._writable

    # Ending.

    def fail(self, error: MailError) -> None:
        """End the connection at once because of `error`."""
        self._end(error)
        if self.transport is not None:
            self.transport.abort()

    def _end(self, error: MailError) -> None:
        if self.failure is None:
            self.failure = error
        self.state = LOGOUT
        pending, self._pending = self._pending, {}
        for request in pending.values():
            request.fail(self.failure)
        if not self.greeting.done():
            self.greeting.set_exception(self.failure)
            self.greeting.exception()
        if self.stream is not None:
            self.stream.finish()
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self.on_news("BYE", 0, b"")

    def secured(self, transport: asyncio.Transport) -> None:
        """TLS is up: everything heard before is forgotten."""
        self.transport = transport
        self._sealed = self.deaf = False
        self.capabilities.clear()

    # Listening.

    def _hand_out(self, count: int) -> None:
        fetched: list[bytes] = []
        backlog = self._backlog
        stream = self.stream
        while backlog and (count > 0 or fetched):
            raw = backlog.popleft()
            count -= 1
            first = raw[:1]
            if first == b"*":
                if stream is not None and raw.find(b" FETCH (", 2, 20) > 0:
                    fetched.append(raw)
                    if len(fetched) < FETCH_COUNT:
                        continue
                else:
                    self._untagged(raw)
            if fetched and stream is not None:
                stream.put(fetched)
                fetched = []
            if first == b"+":
                self._plus(raw)
            elif raw and first != b"*":
                self._tagged(raw)
                stream = self.stream
        if fetched and stream is not None:
            stream.put(fetched)

    def _untagged(self, raw: bytes) -> None:
        found = _UNTAGGED.match(raw)
        if found is None:
            raise violation("unreadable response")
        name = found[2].decode("ascii").upper()
        if found[1] and name in STATUS:
            raise violation("status with a number")
        if self.state in (STARTED, CONNECTED):
            self._greet(name, raw[found.end() :])
            return
        if name == "BYE":
            self._bye(raw[found.end() :])
            return
        if self.deaf:
            return
        for request in self._pending.values():
            if name in request.wants:
                request.gather(raw[2:])
                return
        self.on_news(name, int(found[1] or 0), raw)

    def _greet(self, name: str, text: bytes) -> None:
        """The first response decides by its status word alone, whatever its text says (RFC 3501 section 7.1)."""
        if name not in ("OK", "PREAUTH", "BYE"):
            raise violation("no greeting")
        if name == "BYE":
            raise lost(self.host, inert(text.decode("utf-8", "replace")))
        self.state = NONAUTH if name == "OK" else AUTH
        self.greeting.set_result((name, text))

    def _bye(self, text: bytes) -> None:
        if not any(request.name == "LOGOUT" for request in self._pending.values()):
            raise lost(self.host, inert(text.decode("utf-8", "replace")))

    def _plus(self, raw: bytes) -> None:
        for request in self._pending.values():
            if request.plus is not None and not request.plus.done():
                request.plus.set_result(raw[2:])
                return
        raise violation("go-ahead for nothing")

    def _tagged(self, raw: bytes) -> None:
        found = _TAGGED.match(raw)
        request = self._pending.pop(found[1].decode("ascii"), None) if found else None
        if found is None or request is None:
            raise violation("reply to a command that was not given")
        status = found[2].decode("ascii").upper()
        if request.name == "STARTTLS" and status == "OK":
            self._sealed = True
            self.transport.pause_reading()
            if self._backlog or not self.framer.empty:
                request.fail(error := violation("words in clear behind the agreement to encrypt"))
                raise error
        request.finish(status, found[3] or b"")


def lost(host: str, words: str = "") -> ConnectionLost:
    """The words for a line that broke."""
    return ConnectionLost(
        phrase("The connection to {0} broke", host), phrase("Nothing is lost. It will be tried again."), words
    )


def _ignored(_name: str, _number: int, _raw: bytes) -> None:
    """What news meets while nobody listens."""
