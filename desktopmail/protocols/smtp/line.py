"""The line to a submission server: one reply per command, nothing unasked, and a message streamed after DATA.

It knows how far a message has come, which decides whether it may be sent again after the line was lost.
"""

from __future__ import annotations

import array
import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator
from enum import Enum
from typing import cast

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

CHUNK = 1 << 16
SETTLE_SECONDS = 0.01
SETTLED = 3
GO_AHEAD = 354
UNREADABLE = -1
LINE_LIMIT = 8 * 1024

_REPLY_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\0\n]*))?\r?\n")


class Stage(Enum):
    """How far a message has come. Only AFTER_FINAL_DOT leaves open whether the server took it (RFC 1047)."""

    BEFORE_DATA = "before-data"
    IN_DATA = "in-data"
    AFTER_FINAL_DOT = "after-final-dot"


class Line(SMTPProtocol):
    """aiosmtplib's line with three additions: bytes behind a reply are an error instead of the next reply, DATA is
    streamed with back-pressure, and `stage` says how far the message has come."""

    def __init__(self) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.stage = Stage.BEFORE_DATA
        self.unasked = 0
        """Bytes that came while no reply was due."""

    def data_received(self, data: bytes) -> None:
        """Feed the reader; what nobody waits for is counted and dropped."""
        if not self._response_pending:
            self.unasked += len(data)
        super().data_received(data)

    def _read_response_from_buffer(self) -> aiosmtplib.SMTPResponse | None:
        """One whole reply and nothing else (RFC 5321 section 4.2): each line begins with the same code."""
        code, texts, offset = b"", [], 0
        while (end := self._buffer.find(b"\n", offset)) >= 0:
            found = _REPLY_LINE.match(self._buffer, offset, end + 1) if end - offset <= LINE_LIMIT else None
            if found is None or (code and found[1] != code):
                raise aiosmtplib.SMTPResponseException(UNREADABLE, "Not a reply")
            code, offset = found[1], end + 1
            texts.append((found[3] or b"").strip())
            if found[2] != b"-":
                return self._whole(int(code), b"\n".join(texts), offset)
        return None

    def _whole(self, code: int, text: bytes, end: int) -> aiosmtplib.SMTPResponse:
        surplus = len(self._buffer) > end
        self._buffer.clear()
        if surplus and self.stage is not Stage.AFTER_FINAL_DOT:
            raise aiosmtplib.SMTPResponseException(UNREADABLE, "More came than was asked for")
        return aiosmtplib.SMTPResponse(code, text.decode("utf-8", "replace"))

    @property
    def clean(self) -> bool:
        """Whether nothing came but what was asked for: without it TLS must not begin (RFC 3207 section 4.2)."""
        return not self._buffer and not self.unasked

    def seal(self) -> asyncio.Transport | None:
        """The line to make TLS on; None when more than the agreement has come (RFC 3207 section 4.2)."""
        return self.transport if self.clean and isinstance(self.transport, asyncio.Transport) else None

    def secured(self, transport: asyncio.Transport) -> None:
        """Go on over TLS. What came in clear while TLS was prepared ends the conversation, and so does what the server
        says over TLS before it is spoken to."""
        self._check_silence()
        self.transport = transport
        self._over_ssl = True

    def cut(self) -> None:
        """Close at once, without a farewell."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()

    async def execute_command(self, *args: bytes, timeout: float | None = None) -> aiosmtplib.SMTPResponse:
        """Send a command and read its reply. What came before it was said cannot be its reply, and ends the
        conversation."""
        self._check_silence()
        return await super().execute_command(*args, timeout=timeout)

    def _check_silence(self) -> None:
        if not self.clean:
            raise aiosmtplib.SMTPResponseException(UNREADABLE, "Words that nobody asked for")

    async def stream(self, pieces: AsyncIterator[bytes], *, step: float, last: float) -> aiosmtplib.SMTPResponse:
        """Send DATA and the message; gives the reply to the final dot, or the refusal that came instead of it.

        `step` seconds for each reply and each moment of no progress, `last` for the reply to the final dot.
        Raises aiosmtplib's errors, TimeoutError and OSError; `stage` then says how far it came."""
        if self._command_lock is None:
            raise aiosmtplib.SMTPServerDisconnected("Not connected")
        async with self._command_lock:
            self._check_silence()
            self._response_pending = True
            self.write(b"DATA\r\n")
            start = await self.read_response(timeout=step)
            if start.code != GO_AHEAD:
                return _refusal(start)
            self.stage = Stage.IN_DATA
            self._response_pending = True
            async for piece in pieces:
                if early := await self._pour(piece, step):
                    return early
            await self._settle(step)
            if early := self._early():
                return early
            self.stage = Stage.AFTER_FINAL_DOT
            self.write(b".\r\n")
            reply = await self.read_response(timeout=last)
            return reply if reply.code < 300 else _refusal(reply)

    async def _pour(self, piece: bytes, step: float) -> aiosmtplib.SMTPResponse | None:
        for start in range(0, len(piece), CHUNK):
            if early := self._early():
                return early
            self.write(piece[start : start + CHUNK])
            if self._paused:
                async with asyncio.timeout(step):
                    await self._drain_helper()
            await asyncio.sleep(0)
        return None

    def _early(self) -> aiosmtplib.SMTPResponse | None:
        """The refusal that came before the final dot, if any. Anything else that came ends the conversation."""
        waiter = self._response_waiter
        if waiter is None or self.transport is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        if not waiter.done():
            return None
        return _refusal(waiter.result())

    async def _settle(self, step: float) -> None:
        """Wait until the other side's system has everything but the final dot, as far as this system can tell.

        A line that breaks while a message is still on its way is thus known to have broken before the dot."""
        quiet = 0
        least = _unsent(self)
        loop = asyncio.get_running_loop()
        end = loop.time() + step
        while quiet < SETTLED:
            await asyncio.sleep(SETTLE_SECONDS)
            if self._early():
                return
            left = _unsent(self)
            quiet = 0 if left else quiet + 1
            if left < least:
                least, end = left, loop.time() + step
            if loop.time() > end:
                raise TimeoutError


def _refusal(reply: aiosmtplib.SMTPResponse) -> aiosmtplib.SMTPResponse:
    """The reply, if it is a refusal; anything else has no place here and ends the conversation."""
    if reply.code < 400:
        raise aiosmtplib.SMTPResponseException(UNREADABLE, f"Not an answer to this: {reply.code}")
    return reply


def _unsent(line: Line) -> int:
    """Bytes given to the system that the other side has not confirmed; 0 where the system does not tell."""
    transport = line.transport
    connection: socket.socket | None = transport.get_extra_info("socket") if transport else None
    if connection is None or connection.fileno() < 0:
        return 0
    waiting = cast(asyncio.WriteTransport, transport).get_write_buffer_size()
    try:
        return waiting + _queued(connection)
    except OSError:
        return waiting


if sys.platform == "linux":
    import fcntl
    import termios

    def _queued(connection: socket.socket) -> int:
        count = array.array("i", [0])
        fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, count)
        return count[0]

elif sys.platform == "darwin":
    SO_NWRITE = 0x1024

    def _queued(connection: socket.socket) -> int:
        return connection.getsockopt(socket.SOL_SOCKET, SO_NWRITE)

else:

    def _queued(connection: socket.socket) -> int:
        return 0
