"""A POP3 mailbox that keeps books: what it handed over, what was marked, what a QUIT really removed.

    box = Pop3Mailbox.of(letters)                 # UIDLs u1, u2, …
    async with box.serve() as port: …             # a server on loopback, in clear
    box.line(up=100) / box.line(down=1000)        # a connection in memory that breaks after so many bytes
    assert box.left == […]; box.fetches["u1"] == 1

Marked messages go at QUIT alone (RFC 1939 section 6). Quirks are fields: no UIDL, no TOP, a deaf DELE, capabilities of
any kind, replies of its own to a command (`answers`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from desktopmail.domain.account import Endpoint, Security

OFFERED = ("TOP", "UIDL", "USER", "SASL PLAIN", "RESP-CODES", "PIPELINING")


@dataclass
class Mail:
    """One message on the server. `size` None: what it really has."""

    uidl: str
    raw: bytes
    size: int | None = None


@dataclass
class Pop3Mailbox:
    """See the module."""

    mails: list[Mail] = field(default_factory=list)
    offered: tuple[str, ...] = OFFERED
    uidl: bool = True
    top: bool = True
    deaf: bool = False
    answers: dict[str, bytes] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None
    fetches: Counter[str] = field(default_factory=Counter)
    tops: Counter[str] = field(default_factory=Counter)
    asked_gone: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    sessions: int = 0
    port: int = 0

    @classmethod
    def of(cls, letters: Iterable[bytes], **quirks: Any) -> Pop3Mailbox:
        """A mailbox with these messages, oldest first."""
        return cls([Mail(f"u{number}", raw) for number, raw in enumerate(letters, 1)], **quirks)

    @property
    def left(self) -> list[bytes]:
        """What is on the server."""
        return [each.raw for each in self.mails]

    def rename(self, prefix: str = "new") -> None:
        """The mailbox moved: every message has another UIDL."""
        for number, each in enumerate(self.mails, 1):
            each.uidl = f"{prefix}{number}"

    def endpoint(self) -> Endpoint:
        """Where `serve` listens."""
        return Endpoint("127.0.0.1", self.port, Security.NONE, "ada")

    def line(
        self, *, down: int = -1, up: int = -1, size: int = 0, fin: bool = False, stall: bool = False
    ) -> MailboxLine:
        """A connection in memory; it breaks after `down` bytes to the client or `up` bytes from it (-1: never), by a
        reset or, with `fin`, as if the server had ended it; with `stall` it goes silent there instead. Replies come in
        pieces of `size` bytes (0: whole)."""
        line = MailboxLine(self, down, up, size)
        line.fin, line.stall = fin, stall
        return line

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        """Listen on loopback."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self.port
        finally:
            server.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Talk(self)
        writer.write(talk.greeting())
        try:
            while not talk.over and (data := await reader.read(1 << 16)):
                writer.write(talk.feed(data))
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort() if not talk.over else writer.close()


class Talk:
    """The server's side of one session."""

    def __init__(self, box: Pop3Mailbox) -> None:
        self._box = box
        box.sessions += 1
        self._mails = list(box.mails)
        self._marked: set[int] = set()
        self._buffer = b""
        self._sasl = False
        self.over = False

    def greeting(self) -> bytes:
        return self._box.answers.get("greeting", b"+OK ready\r\n")

    def feed(self, data: bytes) -> bytes:
        self._buffer += data
        said = b""
        while b"\r\n" in self._buffer and not self.over:
            line, _, self._buffer = self._buffer.partition(b"\r\n")
            said += self._answer(line.decode("latin-1"))
        return said

    def _answer(self, line: str) -> bytes:
        if self._sasl:
            self._sasl = False
            return b"+OK welcome\r\n"
        name, _, rest = line.partition(" ")
        name = name.upper()
        self._box.commands.append(name)
        self._box.before(line)
        if name in self._box.answers:
            self.over = name == "QUIT"
            return self._box.answers[name]
        verb = getattr(self, f"_{name.lower()}", None)
        return verb(rest.split()) if verb else b"-ERR unknown\r\n"

    def _capa(self, _: list[str]) -> bytes:
        return b"+OK\r\n" + "".join(f"{each}\r\n" for each in self._box.offered).encode() + b".\r\n"

    def _user(self, _: list[str]) -> bytes:
        return b"+OK\r\n"

    def _pass(self, _: list[str]) -> bytes:
        return b"+OK welcome\r\n"

    def _auth(self, words: list[str]) -> bytes:
        if len(words) > 1:
            return b"+OK welcome\r\n"
        self._sasl = True
        return b"+ \r\n"

    def _noop(self, _: list[str]) -> bytes:
        return b"+OK\r\n"

    def _rset(self, _: list[str]) -> bytes:
        self._marked.clear()
        return b"+OK\r\n"

    def _stat(self, _: list[str]) -> bytes:
        there = self._there()
        return f"+OK {len(there)} {sum(_size(mail) for _, mail in there)}\r\n".encode()

    def _list(self, _: list[str]) -> bytes:
        return _lines(f"{number} {_size(mail)}" for number, mail in self._there())

    def _uidl(self, _: list[str]) -> bytes:
        if not self._box.uidl:
            return b"-ERR unknown\r\n"
        return _lines(f"{number} {mail.uidl}" for number, mail in self._there() if mail.uidl)

    def _top(self, words: list[str]) -> bytes:
        mail = self._named(words)
        if not self._box.top or mail is None:
            return b"-ERR unknown\r\n"
        self._box.tops[mail.uidl] += 1
        return b"+OK\r\n" + _stuffed(mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n") + b".\r\n"

    def _retr(self, words: list[str]) -> bytes:
        mail = self._named(words)
        if mail is None:
            return b"-ERR no such message\r\n"
        self._box.fetches[mail.uidl] += 1
        return b"+OK\r\n" + _stuffed(mail.raw) + b".\r\n"

    def _dele(self, words: list[str]) -> bytes:
        mail = self._named(words)
        if mail is None:
            return b"-ERR no such message\r\n"
        self._marked.add(int(words[0]))
        self._box.asked_gone.append(mail.raw)
        return b"+OK\r\n"

    def _quit(self, _: list[str]) -> bytes:
        self.over = True
        if not self._box.deaf:
            gone = {id(self._mails[number - 1]) for number in self._marked}
            self._box.mails = [each for each in self._box.mails if id(each) not in gone]
        return b"+OK bye\r\n"

    def _there(self) -> list[tuple[int, Mail]]:
        return [(number, mail) for number, mail in enumerate(self._mails, 1) if number not in self._marked]

    def _named(self, words: list[str]) -> Mail | None:
        number = int(words[0])
        return self._mails[number - 1] if 0 < number <= len(self._mails) and number not in self._marked else None


class MailboxLine(asyncio.Transport):
    """A connection without a socket, which may break at any byte in either direction."""

    def __init__(self, box: Pop3Mailbox, down: int, up: int, size: int) -> None:
        super().__init__()
        self._talk = Talk(box)
        self._down, self._up, self._size = down, up, size
        self._waiting = b""
        self._scheduled = self._paused = self._closed = False
        self._broken = False
        self.fin = self.stall = False
        self.silent = asyncio.Event()
        self._protocol: asyncio.Protocol | None = None
        self.down = self.up = 0

    def connect(self, protocol: asyncio.Protocol) -> None:
        """Start with the greeting."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._say(self._talk.greeting())

    def write(self, data: bytes | bytearray | memoryview[int]) -> None:
        said = bytes(data)
        if self._closed or self._broken:
            return
        if 0 <= self._up < self.up + len(said):
            said, self._broken = said[: self._up - self.up], True
        self.up += len(said)
        self._say(self._talk.feed(said))
        if self._broken:
            self._schedule()

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.write(b"".join(list_of_data))

    def _say(self, words: bytes) -> None:
        if 0 <= self._down < self.down + len(words):
            words, self._broken = words[: self._down - self.down], True
        self.down += len(words)
        self._waiting += words
        self._schedule()

    def _schedule(self) -> None:
        if not (self._scheduled or self._paused or self._closed) and (self._waiting or self._broken or self._talk.over):
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._deliver)

    def _deliver(self) -> None:
        self._scheduled = False
        if self._closed or self._paused or self._protocol is None:
            return
        if not self._waiting and self._broken and self.stall:
            self.silent.set()
            return
        if not self._waiting:
            self._end(ConnectionResetError("cut") if self._broken and not self.fin else None)
            return
        size = self._size or len(self._waiting)
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        self._protocol.data_received(piece)
        self._schedule()

    def _end(self, error: Exception | None) -> None:
        if not self._closed:
            self._closed = True
            if self._protocol is not None:
                self._protocol.connection_lost(error)

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._schedule()

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        asyncio.get_running_loop().call_soon(self._end, None)

    def abort(self) -> None:
        self.close()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is ever kept."""

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


def _size(mail: Mail) -> int:
    return len(mail.raw) if mail.size is None else mail.size


def _lines(rows: Iterable[str]) -> bytes:
    return b"+OK\r\n" + "".join(f"{row}\r\n" for row in rows).encode("latin-1") + b".\r\n"


def _stuffed(raw: bytes) -> bytes:
    text = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return (b"." if text.startswith(b".") else b"") + text.replace(b"\r\n.", b"\r\n..")
