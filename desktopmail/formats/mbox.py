"""Mailbox files, one message after the other (RFC 4155). Written as mboxrd; its relatives are read too. Streaming."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from desktopmail.formats.writing import mapped

LARGEST = 1_000_000_000
"""Bytes; a longer message is cut there, and what follows until the next separator is left out."""
_LINE = 1_048_576
_DATED = re.compile(
    rb"From \S*[ \t]+(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ ,]+\w{3} +\d|[^\n]*\d\d? \d\d?:\d\d)|From -[ \t]*\r?\n?\Z"
)
_UNDATED = re.compile(rb"From \S+@\S+[ \t]*\r?\n?\Z")
_QUOTED = re.compile(rb">*From ")
_FURTHER = re.compile(rb"(?<=\n)>*From ")
_HALF = re.compile(rb">*(?:F(?:r(?:om?)?)?)?\r?")
_UNQUOTED = re.compile(rb">+From ")


def read(stream: BinaryIO) -> Iterator[bytes]:
    """The messages of a mailbox file in order, separators left out, '>From ' unquoted. Holds one message at a time."""
    lines: list[bytes] = []
    size = 0
    begun = False
    after_blank = True
    at_start = True
    while line := stream.readline(_LINE):
        if at_start and line.startswith(b"From ") and (_DATED.match(line) or (after_blank and _UNDATED.match(line))):
            if begun and lines:
                yield _message(lines)
            lines, size, begun, after_blank = [], 0, True, False
        elif begun or line.strip():
            begun = True
            if at_start and line.startswith(b">") and _UNQUOTED.match(line):
                line = line[1:]
            size += len(line)
            if size <= LARGEST:
                lines.append(line)
            after_blank = at_start and not line.strip(b"\r\n")
        at_start = line.endswith(b"\n")
    if begun and lines:
        yield _message(lines)


def _message(lines: list[bytes]) -> bytes:
    """The lines without the empty one that ends a message in the file."""
    if len(lines) > 1 and not lines[-1].strip(b"\r\n"):
        lines = lines[:-1]
    return b"".join(lines)


class Writing:
    """A message appended as mboxrd: lines that begin with 'From ', quoted or not, get a '>'. Line ends become LF.
    `date` is seconds since 1970 UTC. Nobody else writes into `stream` meanwhile."""

    def __init__(self, stream: BinaryIO, place: Path, *, sender: str = "", date: int = 0) -> None:
        self._place = place
        who = re.sub(r"[^\x21-\x7e]", "", sender)[:300] or "MAILER-DAEMON"
        self._stream = stream
        self._held = b""
        self._at_start = True
        with mapped(self._place):
            self._begin = stream.tell()
            stream.write(f"From {who} {time.asctime(time.gmtime(max(0, date)))}\n".encode("ascii"))

    def add(self, data: bytes) -> None:
        """The next bytes. Raises DiskFull, StoreFailed."""
        data = self._held + data
        keep = self._undecided(data)
        self._held = data[len(data) - keep :]
        self._write(data[: len(data) - keep])

    def finish(self) -> bool:
        """End it as the format wants. Raises DiskFull, StoreFailed."""
        self._write(self._held)
        with mapped(self._place):
            self._stream.write(b"\n" if self._at_start else b"\n\n")
        return True

    def discard(self) -> None:
        """Cut it off again. Raises StoreFailed."""
        with mapped(self._place):
            self._stream.seek(self._begin)
            self._stream.truncate()

    def _undecided(self, data: bytes) -> int:
        """How many bytes at the end mean something else with what follows: half a line end, or half a 'From '."""
        begin = data.rfind(b"\n") + 1
        if (begin or self._at_start) and len(data) - begin < _LINE and _HALF.fullmatch(data, begin):
            return len(data) - begin
        return 1 if data.endswith(b"\r") else 0

    def _write(self, data: bytes) -> None:
        if not data:
            return
        text = data.replace(b"\r\n", b"\n")
        if self._at_start and _QUOTED.match(text):
            text = b">" + text
        if b"From " in text:
            text = _FURTHER.sub(lambda match: b">" + match[0], text)
        self._at_start = text.endswith(b"\n")
        with mapped(self._place):
            self._stream.write(text)
