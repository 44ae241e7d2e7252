"""An IMAP server that behaves until it is told otherwise, and notes every byte it was given.

    script = ImapScript(context=pair.context(), answers={"STARTTLS": b"<tag> BAD no\\r\\n"})
    async with script:
        await ImapSession.open(script.endpoint(Security.STARTTLS), "secret")
    assert script.in_clear == [b"STARTTLS"]

Every command name (`LOGIN`, `UID FETCH`, `DONE`, …) and the steps `greeting`, `literal` (the go-ahead) and `sasl` (what
follows a client's answer) take a reply instead of the usual one: bytes to send, where `<tag>` stands for the command's
tag; a list of replies to take in turn (the last one stays); or one of DROP (reset), CLOSE (FIN), STALL (no answer) and
ENDLESS (a byte a moment, for ever). A name with `tls:` in front counts inside TLS only.

`script.line()` connects in memory instead, with replies cut into pieces of any size: see `MemoryLine`.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from desktopmail.domain.account import Endpoint, Security
from tests.fakes.visited import Visited


class Act(Enum):
    """What a server may do instead of answering."""

    DROP = "drop"
    CLOSE = "close"
    STALL = "stall"
    ENDLESS = "endless"


DROP, CLOSE, STALL, ENDLESS = Act.DROP, Act.CLOSE, Act.STALL, Act.ENDLESS
Reply = bytes | Act

OFFERED = "IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+ ENABLE CONDSTORE IDLE UIDPLUS MOVE ESEARCH SPECIAL-USE LIST-EXTENDED"
OK = b"<tag> OK done\r\n"
USUAL: dict[str, bytes] = {
    "greeting": b"* OK ready\r\n",
    "literal": b"+ go on\r\n",
    "STARTTLS": b"<tag> OK begin\r\n",
    "CAPABILITY": b"* CAPABILITY <offered>\r\n<tag> OK done\r\n",
    "AUTHENTICATE": b"<tag> OK welcome\r\n",
    "sasl": b"<tag> OK welcome\r\n",
    "ENABLE": b"* ENABLED CONDSTORE\r\n<tag> OK done\r\n",
    "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\n<tag> OK done\r\n',
    "SELECT": b"* 3 EXISTS\r\n* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] x\r\n"
    b"* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n* OK [HIGHESTMODSEQ 9] x\r\n<tag> OK [READ-WRITE] done\r\n",
    "UID SEARCH": b'* ESEARCH (TAG "<tag>") UID ALL 1:3\r\n<tag> OK done\r\n',
    "APPEND": b"<tag> OK [APPENDUID 7 4] done\r\n",
    "IDLE": b"+ idling\r\n",
    "LOGOUT": b"* BYE bye\r\n<tag> OK done\r\n",
}
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")


class Over(Exception):
    """The script ends this connection."""


class Conversation:
    """One connection's share of the script, without any socket: bytes in, replies out."""

    def __init__(self, script: ImapScript, where: str) -> None:
        self.where = where
        self._script = script
        self._buffer = b""
        self._command = b""
        self._needed = 0
        self._tag = b""
        self._dialogue = ""

    def feed(self, data: bytes) -> Iterable[tuple[str, Reply]]:
        """Step and reply for everything these bytes complete."""
        self._buffer += data
        while True:
            if self._needed:
                taken = self._buffer[: self._needed]
                self._buffer = self._buffer[len(taken) :]
                self._command += taken
                self._needed -= len(taken)
                if self._needed:
                    return
            line, end, rest = self._buffer.partition(b"\r\n")
            if not end:
                return
            self._buffer = rest
            self._command += line
            if found := _LITERAL.search(line):
                self._command += b"\r\n"
                self._needed = int(found[1])
                if not found[2]:
                    yield "literal", self._script.reply("literal", self._command.partition(b" ")[0], self.where)
                continue
            command, self._command = self._command, b""
            yield self._answer(command)

    def _answer(self, command: bytes) -> tuple[str, Reply]:
        if self._dialogue == "sasl" or command == b"DONE":
            step, self._dialogue = (self._dialogue or "DONE"), ""
            self._script.note(self.where, command)
            return step, self._script.reply(step, self._tag, self.where)
        self._tag, _, text = command.partition(b" ")
        self._script.note(self.where, text)
        words = text.decode("latin-1").split(" ")
        name = words[0].upper()
        if name == "UID" and len(words) > 1:
            name = f"UID {words[1].upper()}"
        if name == "AUTHENTICATE" and len(words) < 3:
            self._dialogue = "sasl"
            return name, b"+ \r\n"
        return name, self._script.reply(name, self._tag, self.where)


@dataclass
class ImapScript(Visited):
    """See the module. `implicit` starts TLS at once; `answers` are the replies that differ from the usual ones."""

    context: ssl.SSLContext | None = None
    implicit: bool = False
    offered: str = OFFERED
    answers: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    ledger: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._writers: set[asyncio.StreamWriter] = set()
        self._news = asyncio.Event()

    async def __aenter__(self) -> ImapScript:
        context = self.context if self.implicit else None
        self.port = await self._listen(context)
        return self

    def endpoint(self, security: Security, user: str = "alice", pins: frozenset[str] = frozenset()) -> Endpoint:
        """Where to connect."""
        return Endpoint("localhost", self.port, security, user, pins)

    def line(self, size: int = 0, cut: int = 0) -> MemoryLine:
        """A connection in memory; replies arrive in pieces of `size` bytes (0: whole), or cut once at byte `cut`."""
        self.connections += 1
        return MemoryLine(self, size, cut)

    @property
    def lines(self) -> list[bytes]:
        """The commands of all connections without their tags, literals included."""
        return [line for _, line in self.ledger]

    @property
    def in_clear(self) -> list[bytes]:
        """What was said without TLS."""
        return [line for where, line in self.ledger if where == "clear"]

    def note(self, where: str, line: bytes) -> None:
        """Write into the ledger."""
        self.ledger.append((where, line))
        self._news.set()

    def reply(self, step: str, tag: bytes, where: str) -> Reply:
        """What the script says at a step."""
        key = f"tls:{step}" if where == "tls" and f"tls:{step}" in self.answers else step
        reply = self.answers.get(key, USUAL.get(step, OK))
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if isinstance(reply, Act):
            return reply
        return reply.replace(b"<tag>", tag).replace(b"<offered>", self.offered.encode())

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for something to be true of what was received or of the connections."""
        while not done():
            self._news.clear()
            await self._news.wait()

    async def say(self, words: bytes) -> None:
        """Say something unasked on every open connection."""
        for writer in list(self._writers):
            writer.write(words)
            await writer.drain()

    def _came(self) -> None:
        super()._came()
        self.open += 1
        self._news.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._converse(reader, writer)
        except (Over, OSError):
            pass
        finally:
            self._writers.discard(writer)
            self.open -= 1
            self._news.set()
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = Conversation(self, "tls" if self.implicit else "clear")
        await self._perform(self.reply("greeting", b"", conversation.where), reader, writer)
        while data := await reader.read(1 << 16):
            for step, reply in conversation.feed(data):
                await self._perform(reply, reader, writer)
                if step == "STARTTLS" and isinstance(reply, bytes) and b" OK" in reply:
                    assert self.context is not None
                    await writer.start_tls(self.context)
                    conversation.where = "tls"

    async def _perform(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match reply:
            case bytes():
                writer.write(reply)
                await writer.drain()
            case Act.DROP:
                line = writer.get_extra_info("socket")
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise Over
            case Act.CLOSE:
                writer.close()
                raise Over
            case Act.STALL:
                while await reader.read(1 << 16):
                    pass
                raise Over
            case Act.ENDLESS:
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.005)


class MemoryLine(asyncio.Transport):
    """A connection without a socket: what the client writes goes to the script, and the script's replies come back in
    pieces of a chosen size, in order, each in a turn of the loop of its own."""

    def __init__(self, script: ImapScript, size: int, cut: int) -> None:
        super().__init__()
        self._script = script
        self._conversation = Conversation(script, "tls")
        self._size = size
        self._cut = cut
        self.sent = 0
        self._waiting: list[bytes] = []
        self._paused = False
        self._scheduled = False
        self._closed = False
        self.protocol: asyncio.Protocol | None = None

    def connect(self, protocol: asyncio.Protocol) -> None:
        """Start with the greeting."""
        self.protocol = protocol
        protocol.connection_made(self)
        self._push(self._script.reply("greeting", b"", "tls"))

    def write(self, data: bytes | bytearray | memoryview[int]) -> None:
        for _step, reply in self._conversation.feed(bytes(data)):
            self._push(reply)

    def _push(self, reply: Reply) -> None:
        if not isinstance(reply, bytes):
            self.abort()
            return
        if not reply:
            return
        size = self._size or len(reply)
        place = self._cut - self.sent
        self.sent += len(reply)
        if 0 < place < len(reply):
            self._waiting += [reply[:place], reply[place:]]
        else:
            self._waiting += [reply[start : start + size] for start in range(0, len(reply), size)]
        self._schedule()

    def _schedule(self) -> None:
        if not (self._scheduled or self._paused or self._closed) and self._waiting:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._deliver)

    def _deliver(self) -> None:
        self._scheduled = False
        if self._closed or self._paused or self.protocol is None or not self._waiting:
            return
        self.protocol.data_received(self._waiting.pop(0))
        self._schedule()

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._schedule()

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        if not self._closed:
            self._closed = True
            assert self.protocol is not None
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)
