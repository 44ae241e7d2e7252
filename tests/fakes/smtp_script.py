"""A submission server that behaves until it is told otherwise, and notes every byte it was given.

    script = SmtpScript(context=pair.context(), starttls=b"454 4.7.0 not now\\r\\n")
    async with script:
        await submit(script.endpoint(Security.STARTTLS), …)
    assert script.ledger == [("clear", b"EHLO [127.0.0.1]"), ("clear", b"STARTTLS")]

Every step (greeting, ehlo, tls_ehlo, starttls, auth, challenge, mail, rcpt, data, dot, quit) takes a reply instead of
the usual one: bytes to send, a list of replies to take in turn (the last one stays), or one of DROP (reset), CLOSE
(FIN), STALL (no answer), ENDLESS (an answer that never ends) and DRIP (the same, a byte a moment). `cut_data_after`
drops the line after so many bytes of DATA; `early` is said after the first bytes of DATA, without waiting for the dot.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import struct
from collections.abc import Callable
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
    DRIP = "drip"


DROP, CLOSE, STALL, ENDLESS, DRIP = Act.DROP, Act.CLOSE, Act.STALL, Act.ENDLESS, Act.DRIP
Reply = bytes | Act

USUAL: dict[str, bytes] = {
    "greeting": b"220 script ESMTP\r\n",
    "ehlo": b"250-script\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 ENHANCEDSTATUSCODES\r\n",
    "tls_ehlo": b"250-script\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN\r\n",
    "starttls": b"220 go ahead\r\n",
    "auth": b"235 2.7.0 welcome\r\n",
    "challenge": b"235 2.7.0 welcome\r\n",
    "mail": b"250 2.1.0 ok\r\n",
    "rcpt": b"250 2.1.5 ok\r\n",
    "data": b"354 go on\r\n",
    "dot": b"250 2.0.0 queued as 12345\r\n",
    "quit": b"221 bye\r\n",
}
VERBS = {b"EHLO": "ehlo", b"AUTH": "auth", b"MAIL": "mail", b"RCPT": "rcpt", b"DATA": "data", b"QUIT": "quit"}


class _Over(Exception):
    """The script ends this connection."""


@dataclass
class SmtpScript(Visited):
    """See the module. `implicit` starts TLS at once; `answers` are the replies that differ from the usual ones."""

    context: ssl.SSLContext | None = None
    implicit: bool = False
    cut_data_after: int | None = None
    early: bytes = b""
    answers: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    ledger: list[tuple[str, bytes]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._news = asyncio.Event()
        self._readers: dict[asyncio.StreamWriter, asyncio.StreamReader] = {}
        unknown = set(self.answers) - set(USUAL)
        assert not unknown, f"no such steps: {unknown}"

    async def __aenter__(self) -> SmtpScript:
        self.port = await self._listen(self.context if self.implicit else None)
        return self

    def endpoint(self, security: Security, user: str = "alice", pins: frozenset[str] = frozenset()) -> Endpoint:
        """Where to connect."""
        return Endpoint("localhost", self.port, security, user, pins)

    def usual(self, step: str) -> bytes:
        """What a step is answered with when no test says otherwise."""
        return USUAL[step]

    @property
    def lines(self) -> list[bytes]:
        """The command lines of all connections, without where they were said."""
        return [line for _, line in self.ledger]

    @property
    def in_clear(self) -> list[bytes]:
        """What was said without TLS."""
        return [line for where, line in self.ledger if where == "clear"]

    @property
    def passwords(self) -> list[bytes]:
        """Every line that is part of signing in, decoded as far as it decodes."""
        found = []
        for line in self.lines:
            word = line.split()[-1] if line.split() else b""
            with contextlib.suppress(ValueError):
                found.append(base64.b64decode(word, validate=True))
        return [each for each in found if b"alice" in each or b"secret" in each]

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for something to be true of what was received."""
        while not done():
            self._news.clear()
            await self._news.wait()

    def _came(self) -> None:
        super()._came()
        self.open += 1
        self._news.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._readers[writer] = reader
        try:
            await self._converse(reader, writer)
        except (_Over, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            del self._readers[writer]
            self.open -= 1
            self._news.set()
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        where = "tls" if self.implicit else "clear"
        await self._answer("greeting", writer)
        while line := await reader.readline():
            line = line.rstrip(b"\r\n")
            self.ledger.append((where, line))
            self._news.set()
            verb = line.split(b" ")[0].upper()
            if verb == b"STARTTLS":
                if (await self._answer("starttls", writer)).startswith(b"220"):
                    assert self.context is not None
                    await writer.start_tls(self.context)
                    where = "tls"
            elif verb == b"DATA":
                if (await self._answer("data", writer)).startswith(b"354"):
                    await self._take(reader, writer)
            else:
                step = VERBS.get(verb, "challenge")
                await self._answer("tls_ehlo" if step == "ehlo" and where == "tls" else step, writer)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken = bytearray()
        while not (taken.endswith(b"\r\n.\r\n") or taken == b".\r\n"):
            if self.cut_data_after is not None and len(taken) >= self.cut_data_after:
                await self._act(DROP, writer)
            wanted = 65536 if self.cut_data_after is None else self.cut_data_after - len(taken)
            piece = await reader.read(wanted)
            if not piece:
                raise _Over
            taken += piece
            if self.early:
                writer.write(self.early)
                await writer.drain()
                self.early = b""
        self.messages.append(bytes(taken[:-3]))
        self._news.set()
        await self._answer("dot", writer)

    async def _answer(self, step: str, writer: asyncio.StreamWriter) -> bytes:
        reply = self.answers.get(step, USUAL[step])
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if isinstance(reply, Act):
            await self._act(reply, writer)
            return b""
        writer.write(reply)
        await writer.drain()
        return reply

    async def _act(self, act: Act, writer: asyncio.StreamWriter) -> None:
        match act:
            case Act.DROP:
                line = writer.get_extra_info("socket")
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                raise _Over
            case Act.CLOSE:
                writer.close()
                raise _Over
            case Act.STALL:
                while await self._readers[writer].read(1 << 16):
                    pass
                raise _Over
            case Act.ENDLESS:
                while True:
                    writer.write(b"250-and another thing\r\n" * 100)
                    await writer.drain()
            case Act.DRIP:
                while True:
                    writer.write(b"2")
                    await writer.drain()
                    await asyncio.sleep(0.005)
