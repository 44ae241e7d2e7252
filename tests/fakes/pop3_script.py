"""A POP3 server that behaves until it is told otherwise, and notes every byte it was given.

    script = Pop3Script(context=pair.context(), answers={"STLS": b"-ERR no\\r\\n"})
    async with script:
        await Pop3Session.open(script.endpoint(Security.STARTTLS), "secret")
    assert script.in_clear == [b"STLS"]

Every command name (`CAPA`, `RETR`, …) and the steps `greeting` and `challenge` (what follows a client's answer) take a
reply instead of the usual one: bytes to send; a list of replies to take in turn (the last one stays); or one of DROP
(reset), CLOSE (FIN without a farewell of TLS), STALL (no answer) and ENDLESS (a byte a moment, for ever). A name with
`tls:` in front counts inside TLS only, and one with an argument (`RETR 2`) for that argument only.

`mails` are the messages, `handed` is for what a test gets of them; `kept` are those that no confirmed QUIT has removed,
by their number at first.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from desktopmail.domain.account import Endpoint, Security
from tests.fakes.imap_script import CLOSE, DROP, ENDLESS, STALL, Act, Over
from tests.fakes.visited import Visited

__all__ = ["CLOSE", "DROP", "ENDLESS", "STALL", "Act", "Pop3Script", "Reply", "many", "stuffed"]

Reply = bytes | Act
OFFERED = "TOP\nUIDL\nRESP-CODES\nPIPELINING\nUSER\nSASL PLAIN\nEXPIRE 30\nLOGIN-DELAY 5\nIMPLEMENTATION script"
OK = b"+OK done\r\n"


def stuffed(raw: bytes) -> bytes:
    """A message as it goes over the line (RFC 1939 section 3), with the final dot."""
    doubled = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]
    return doubled + (b".\r\n" if raw.endswith(b"\r\n") or not raw else b"\r\n.\r\n")


def many(*lines: bytes) -> bytes:
    """A multi-line reply of these lines."""
    return b"+OK here\r\n" + stuffed(b"".join(line + b"\r\n" for line in lines))


@dataclass
class Pop3Script(Visited):
    """See the module. `implicit` starts TLS at once; `answers` are the replies that differ from the usual ones.
    `longest` is how many commands were ever under way at a time, as far as one read of the socket shows."""

    context: ssl.SSLContext | None = None
    implicit: bool = False
    offered: str = OFFERED
    mails: list[bytes] = field(
        default_factory=lambda: [b"Subject: one\r\n\r\n.dot\r\n..\r\n", b"Subject: two\r\n\r\nx\r\n"]
    )
    answers: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    ledger: list[tuple[str, bytes]] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)
    handed: list[bytes] = field(default_factory=list)
    longest: int = 0
    connections: int = 0
    open: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self.kept = set(range(1, len(self.mails) + 1))
        self._writers: set[asyncio.StreamWriter] = set()
        self._marked: set[int] = set()
        self._news = asyncio.Event()

    async def __aenter__(self) -> Pop3Script:
        context = self.context if self.implicit else None
        self.port = await self._listen(context)
        return self

    def endpoint(self, security: Security, user: str = "alice", pins: frozenset[str] = frozenset()) -> Endpoint:
        """Where to connect."""
        return Endpoint("localhost", self.port, security, user, pins)

    @property
    def lines(self) -> list[bytes]:
        """The commands of all connections."""
        return [line for _, line in self.ledger]

    @property
    def in_clear(self) -> list[bytes]:
        """What was said without TLS."""
        return [line for where, line in self.ledger if where == "clear"]

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for something to be true of what was received or of the connections."""
        while not done():
            self._news.clear()
            await self._news.wait()

    def say(self, words: bytes) -> None:
        """Say something unasked on every line."""
        for writer in self._writers:
            writer.write(words)

    def cut(self) -> None:
        """End TCP on every line, and say nothing about it within TLS."""
        for writer in self._writers:
            _close(writer)

    def reply(self, line: bytes, where: str, challenged: bool) -> Reply:
        """What the script says to a line."""
        words = line.decode("latin-1").split(" ")
        name = "challenge" if challenged else words[0] if line == b"greeting" else words[0].upper()
        for key in (f"{name} {words[-1]}", f"tls:{name}" if where == "tls" else name, name):
            if key in self.answers:
                reply = self.answers[key]
                if isinstance(reply, list):
                    reply = reply.pop(0) if len(reply) > 1 else reply[0]
                return reply
        return self._usual(name, [int(word) for word in words[1:] if word.isdigit()])

    def _usual(self, name: str, numbers: list[int]) -> bytes:
        there = {number: raw for number, raw in enumerate(self.mails, 1) if number in self.kept}
        match name:
            case "greeting":
                return b"+OK ready <1.2@script>\r\n"
            case "CAPA":
                return many(*(line.encode() for line in self.offered.split("\n") if line))
            case "STAT":
                return b"+OK %d %d\r\n" % (len(there), sum(map(len, there.values())))
            case "UIDL":
                return many(*(b"%d uid-%d" % (number, number) for number in there))
            case "LIST":
                return many(*(b"%d %d" % (number, len(raw)) for number, raw in there.items()))
            case "RETR" | "TOP" | "DELE" if numbers[0] not in there:
                return b"-ERR no such message\r\n"
            case "RETR":
                return b"+OK\r\n" + stuffed(there[numbers[0]])
            case "TOP":
                return b"+OK\r\n" + stuffed(there[numbers[0]].partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            case "DELE":
                self._marked.add(numbers[0])
            case "RSET":
                self._marked.clear()
            case "QUIT":
                self.kept -= self._marked
        return OK

    def _came(self) -> None:
        super()._came()
        self.open += 1
        self._marked = set()
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
        where = "tls" if self.implicit else "clear"
        await self._perform(self.reply(b"greeting", where, False), reader, writer)
        buffer, challenged = b"", False
        while data := await reader.read(1 << 16):
            *lines, buffer = (buffer + data).split(b"\r\n")
            self.longest = max(self.longest, len(lines))
            for line in lines:
                self.ledger.append((where, line))
                self._news.set()
                reply = self.reply(line, where, challenged)
                await self._perform(reply, reader, writer)
                if not isinstance(reply, bytes):
                    continue
                challenged = reply.startswith(b"+ ")
                if line.upper() == b"STLS" and reply.startswith(b"+OK"):
                    assert self.context is not None
                    await writer.start_tls(self.context)
                    where = "tls"
                if line.upper() == b"QUIT":
                    raise Over

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
                _close(writer)
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


def _close(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
