"""Cuts the server's bytes into responses (RFC 3501 section 2.2.2), literals included. Pure, iterative, linear.

A response is one `bytes`: its lines with the CRLF and the bytes of literals in between, without the last CRLF.
Nothing is allocated for what a server merely announces, and every size has a ceiling.
"""

from __future__ import annotations

import re

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.saying import phrase

LINE_LIMIT = 64 * 1024
LONG_LINE_LIMIT = 4 * 1024 * 1024
LITERAL_LIMIT = 64 * 1024
ACCOUNT_LITERAL_LIMIT = 2 * 1000**3

_LITERAL = re.compile(rb"\{(0|[1-9][0-9]{0,18})\}\Z")
_FETCH = re.compile(rb"\* [0-9]{1,10} FETCH ", re.IGNORECASE)
_USUAL = re.compile(rb"\* [0-9]{1,10} FETCH [^\r\n{]{1,4000}+\{([1-9][0-9]{0,4})\}\r\n")
"""A FETCH response up to its only literal, when that is short: thousands of these come in a row."""
_LONG = re.compile(rb"\* (?:[0-9]{1,10} FETCH|SEARCH|ESEARCH|VANISHED) ", re.IGNORECASE)
_STATUS = re.compile(rb"\* (?:OK|NO|BAD|BYE|PREAUTH)\b", re.IGNORECASE)
_STAR = 0x2A
_BRACE = 0x7D


def violation(what: str) -> ProtocolViolation:
    """The error for a server that does not speak IMAP as it should; `what` goes behind *Details*."""
    return ProtocolViolation(
        phrase("The server said something that makes no sense"),
        phrase("The connection was closed. Nothing is lost."),
        what,
    )


class Framer:
    """Feed it bytes, take complete responses. `literal_limit` is the largest literal accepted inside a FETCH response;
    other literals are limited to 64 KiB, and so are lines, but for the few kinds that are long by nature (4 MiB).
    After ProtocolViolation it is of no more use."""

    def __init__(self) -> None:
        self.literal_limit = ACCOUNT_LITERAL_LIMIT
        self._parts: list[bytes] = []
        self._line = bytearray()
        self._needed = 0
        self._announced = 0
        self._length = 0
        self._is_fetch = False
        self._is_long = False

    @property
    def empty(self) -> bool:
        """Whether everything fed so far was a whole number of responses."""
        return not (self._parts or self._line or self._needed)

    @property
    def inside_literal(self) -> int:
        """Bytes of the current literal that are still to come."""
        return self._needed

    def feed(self, data: bytes) -> list[bytes]:
        """The responses completed by `data`. Raises ProtocolViolation at a ceiling or a malformed literal."""
        if self._line:
            if not self._complete_line(data):
                return []
            data = bytes(self._line) + data
            self._line.clear()
        return self._cut(data)

    def _complete_line(self, data: bytes) -> bool:
        """Whether the line kept from before ends within `data`; if not, keep `data` with it."""
        if data.find(b"\r\n") >= 0 or (self._line[-1] == 0x0D and data[:1] == b"\n"):
            return True
        self._line += data
        self._check_line(len(self._line))
        return False

    def _cut(self, data: bytes) -> list[bytes]:
        responses: list[bytes] = []
        position = start = 0
        size = len(data)
        if not (self._parts or self._needed or self._length):
            position = start = self._cut_usual(data, 0, responses)
        while True:
            if self._needed:
                taken = min(self._needed, size - position)
                position += taken
                self._needed -= taken
                if self._needed:
                    break
            end = data.find(b"\r\n", position)
            if end < 0:
                break
            if end > position and data[end - 1] == _BRACE and self._opens_literal(data, start, position, end):
                position = end + 2
                continue
            if end - position > LINE_LIMIT or self._length:
                self._check_whole(data, start, end - position)
            responses.append(self._whole(data, start, end))
            position = start = self._cut_usual(data, end + 2, responses)
        self._keep(data, start, position)
        return responses

    def _cut_usual(self, data: bytes, start: int, responses: list[bytes]) -> int:
        """Add the responses from `start` on that hold nothing but one short literal at their end; where they end."""
        limit, usual = min(self.literal_limit, LITERAL_LIMIT), _USUAL.match
        while (found := usual(data, start)) is not None:
            end = found.end() + int(found[1])
            if end - found.end() > limit or not data.startswith(b")\r\n", end):
                break
            responses.append(data[start : end + 1])
            start = end + 3
        return start

    def _whole(self, data: bytes, start: int, end: int) -> bytes:
        piece = data[start:end]
        self._length = self._announced = 0
        self._is_fetch = self._is_long = False
        if not self._parts:
            return piece
        self._parts.append(piece)
        whole = b"".join(self._parts)
        self._parts = []
        return whole

    def _keep(self, data: bytes, start: int, position: int) -> None:
        """Put aside what belongs to a response that is not complete: whole lines and literals apart from the rest."""
        if not self._parts and not self._length and start < len(data):
            self._is_long = _LONG.match(data, start) is not None
        if position > start:
            self._parts.append(data[start:position])
        if position < len(data):
            self._line += data[position:]
            self._check_line(len(self._line))

    def _opens_literal(self, data: bytes, start: int, position: int, end: int) -> bool:
        """Whether the line ends in an announcement {n}; n is checked before anything is kept for it. Free text of
        status responses may end in a brace, other responses may not."""
        if not self._parts and not self._announced:
            if data[start] != _STAR or _STATUS.match(data, start):
                return False
            self._is_fetch = self._is_long = _FETCH.match(data, start) is not None
        brace = data.rfind(b"{", position, end)
        if brace < 0:
            return False
        found = _LITERAL.match(data, brace, end)
        if found is None:
            raise violation("malformed literal size")
        size = int(found[1])
        if size + self._announced > (self.literal_limit if self._is_fetch else LITERAL_LIMIT):
            raise violation("literal larger than accepted")
        self._needed = size
        self._announced += size
        self._length += end - position
        return True

    def _check_line(self, length: int) -> None:
        if not self._parts and not self._is_long:
            self._is_long = _LONG.match(self._line) is not None
        self._check(length)

    def _check_whole(self, data: bytes, start: int, length: int) -> None:
        if not self._parts and not self._length:
            self._is_long = _LONG.match(data, start) is not None
        self._check(length)

    def _check(self, length: int) -> None:
        if length + self._length > (LONG_LINE_LIMIT if self._is_long else LINE_LIMIT):
            raise violation("line longer than accepted")
