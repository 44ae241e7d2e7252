"""One command at a time on one connection: whose turn it is, how long it may take, and what becomes of the connection
when something is left half said."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass

from aioimaplib.aioimaplib import AUTH, SELECTED

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import ProtocolViolation, Stalled
from desktopmail.domain.saying import phrase
from desktopmail.protocols import transport as net
from desktopmail.protocols.imap.commands import Long, Part
from desktopmail.protocols.imap.mailboxes import Selected
from desktopmail.protocols.imap.quirks import Quirks
from desktopmail.protocols.imap.request import Request, human, response_code
from desktopmail.protocols.imap.uids import UidSet
from desktopmail.protocols.imap.wire import Wire, lost

ALERTS = 10


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a server is given: for an `answer`, for a `slow` one (opening or listing folders, searching,
    changing much), for each `progress` of `progress_bytes` in a long one, and for going in and out of waiting
    (`turn`). Uploads get `answer` and what `upload_rate` bytes per second need."""

    answer: float = 60.0
    slow: float = 300.0
    progress: float = 60.0
    progress_bytes: int = 8_192
    turn: float = 10.0
    upload_rate: int = 4_096


PATIENT = Patience()


@dataclass(slots=True)
class News:
    """What happened to the selected folder without being asked for. `renumbered`: its UIDs are void."""

    arrived: bool = False
    gone: bool = False
    marks: bool = False
    renumbered: bool = False

    def __bool__(self) -> bool:
        return self.arrived or self.gone or self.marks or self.renumbered


class Dialogue:
    """A signed-in connection. Life: made by `opening.sign_in`, used by one task at a time (others wait their turn),
    closed for good by `logout`, by `drop`, by the server, or by whatever leaves a response half read: a time-out, a
    cancellation, a refusing sink. It is never mended; open another one. `mechanism` is how one signed in."""

    def __init__(self, wire: Wire, endpoint: Endpoint, patience: Patience = PATIENT) -> None:
        self.endpoint = endpoint
        self.patience = patience
        self.capabilities: frozenset[str] = frozenset()
        self.enabled: frozenset[str] = frozenset()
        self.selected: str | None = None
        self.folder: Selected | None = None
        self.exists = 0
        self.alerts: list[str] = []
        self.software = ""
        self.mechanism = ""
        self.quirks = Quirks()
        self._wire = wire
        self._lock = asyncio.Lock()
        self._news = News()
        self._noticed = asyncio.Event()
        wire.on_news = self._take_notice

    def __repr__(self) -> str:
        state = "closed" if self.closed else self.selected or "signed in"
        return f"<{type(self).__name__} {self.endpoint.host} {state!r}>"

    @property
    def closed(self) -> bool:
        """Whether the connection is gone."""
        return self._wire.failure is not None

    @property
    def busy(self) -> bool:
        """Whether somebody is using the connection right now."""
        return self._lock.locked()

    def drop(self) -> None:
        """Cut the connection at once; whoever waits for it gets ConnectionLost."""
        self._wire.fail(lost(self.endpoint.host, "dropped"))

    def can(self, capability: str) -> bool:
        """Whether the server offers this, in upper case."""
        return capability in self.capabilities

    # One exchange.

    @contextlib.asynccontextmanager
    async def _turn(self, step: str, seconds: float) -> AsyncIterator[None]:
        """The connection to oneself, for at most `seconds` (0: the caller watches progress itself)."""
        async with self._lock:
            if self._wire.failure is not None:
                raise self._wire.failure
            try:
                async with net.deadline(seconds or None, self.endpoint.host, step):
                    yield
            except (Stalled, ProtocolViolation) as error:
                self._wire.fail(error)
                raise
            finally:
                if self._wire.busy:
                    self._wire.fail(lost(self.endpoint.host, f"left in the middle {step}"))

    async def _run(self, name: str, *parts: Part, wants: Collection[str] = (), verb: str = "") -> Request:
        """Send one command inside a turn and wait for its reply; Refusal on NO and BAD. `verb` is what did not happen,
        for people ('The folder could not be made')."""
        request = await self._send(name, parts, wants)
        return await self._reply(request, verb)

    async def _send(self, name: str, parts: Sequence[Part], wants: Collection[str] = ()) -> Request:
        """Put a command on the line. Literals wait for the server's go-ahead unless it takes them without."""
        request = Request(self._wire.new_tag(), name.rpartition(" ")[2], wants)
        self._wire.register(request)
        text = f"{request.tag} {name}"
        for part in parts:
            if isinstance(part, str):
                text += f" {part}"
                continue
            if not await self._send_literal(request, f"{text} ", part):
                return request
            text = ""
        self._wire.write(text.encode("ascii") + b"\r\n")
        return request

    async def _send_literal(self, request: Request, text: str, data: bytes | Long) -> bool:
        """The words so far and a literal; False when the server refused it (RFC 7888)."""
        size, binary = (len(data), b"\0" in data) if isinstance(data, bytes) else (data.size, data.binary)
        freely = self.can("LITERAL+") or (self.can("LITERAL-") and size <= 4096)
        waiting = None if freely else request.expect_plus()
        mark = "~" if binary and self.can("BINARY") else ""
        self._wire.write(f"{text}{mark}{{{size}{'+' if freely else ''}}}\r\n".encode("ascii"))
        if waiting is not None and await waiting is None:
            return False
        if isinstance(data, bytes):
            await self._wire.write_literal(data)
        else:
            await self._pour(data)
        return True

    async def _pour(self, data: Long) -> None:
        """Put a long literal on the line. One that has not as many bytes as it said ends the connection."""
        sent = 0

        async def put(piece: bytes) -> None:
            nonlocal sent
            sent += len(piece)
            if sent <= data.size:
                await self._wire.write_literal(piece)

        await data.pour(put)
        if sent != data.size:
            raise ProtocolViolation(
                phrase("The upload was broken off"), phrase("The message is not as long as it was. Nothing is lost.")
            )

    async def _reply(self, request: Request, verb: str = "") -> Request:
        await request.wait()
        code, _arguments = request.code()
        self._heed(code, request.text)
        for line in request.lines if "OK" in request.wants else ():
            name, _, text = line.partition(b" ")
            if name.upper() in (b"OK", b"NO", b"BAD"):
                self._heed(response_code(text)[0], text)
        if request.status != "OK":
            raise request.refusal(verb or phrase("{0} refused the request", self.endpoint.host))
        return request

    async def _watched(self, request: Request, step: str) -> None:
        """Wait for a long answer as long as it makes progress; Stalled when it does not."""
        while not request.done:
            before = self._wire.received
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.patience.progress):
                    await request.wait()
            if not request.done and not self._wire.held and self._wire.received - before < self.patience.progress_bytes:
                error = net.stalled(self.endpoint.host, step)
                self._wire.fail(error)
                raise error

    # News.

    def take_news(self) -> News:
        """What has happened since the last call, and forget it."""
        news, self._news = self._news, News()
        self._noticed.clear()
        return news

    def _take_notice(self, name: str, number: int, raw: bytes) -> None:
        match name:
            case "EXISTS":
                self._news.arrived |= number > self.exists
                self.exists = number
            case "EXPUNGE" | "VANISHED":
                self._news.gone = True
                self._count_off(raw[2:])
            case "FETCH":
                self._news.marks = True
            case "OK" | "NO" | "BAD":
                text = raw.split(b" ", 2)[2] if raw.count(b" ") > 1 else b""
                code, _arguments = response_code(text)
                self._news.renumbered |= code == "UIDVALIDITY" and self._wire.state == SELECTED
                self._heed(code, text)
            case "CAPABILITY":
                self._learn(raw.partition(b"CAPABILITY")[2])
        if self._news or name == "BYE":
            self._noticed.set()

    def _count_off(self, line: bytes) -> None:
        """Keep `exists` right after `n EXPUNGE` and `VANISHED set`; `VANISHED (EARLIER)` was never counted."""
        words = line.upper().split()
        if len(words) == 2 and words[1] == b"EXPUNGE":
            self.exists = max(0, self.exists - 1)
        elif len(words) == 2 and words[0] == b"VANISHED":
            self.exists = max(0, self.exists - len(UidSet.parse(words[1])))

    def _heed(self, code: str, text: bytes) -> None:
        """Keep what the server wants people to read, as inert text, only once signed in."""
        if code == "ALERT" and self._wire.state in (AUTH, SELECTED):
            words = human(text)
            if words and words not in self.alerts and len(self.alerts) < ALERTS:
                self.alerts.append(words)

    def _learn(self, words: bytes) -> None:
        self.capabilities = frozenset(word.upper() for word in words.decode("ascii", "replace").split()[:500])
