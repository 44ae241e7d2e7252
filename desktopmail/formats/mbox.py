"""Mailbox files, one message after the other (RFC 4155). Written as mboxrd; its relatives are read too. Streaming."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import BinaryIO

LARGEST = 1_000_000_000
"""Bytes; a longer message is cut there, and what follows until the next separator is left out."""
_LINE = 1_048_576
_DATED = re.compile(
    rb"From \S*[ \t]+(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ ,]+\w{3} +\d|[^\n]*\d\d? \d\d?:\d\d)|From -[ \t]*\r?\n?\Z"
)
_UNDATED = re.compile(rb"From \S+@\S+[ \t]*\r?\n?\Z")
_QUOTED = re.compile(rb"(?m)^>*From ")
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


def write(stream: BinaryIO, raw: bytes, *, sender: str = "", date: int = 0) -> int:
    """Appends a message as mboxrd: lines that begin with 'From ', quoted or not, get a '>'. Line ends become LF.
    Returns the bytes written; `date` is seconds since 1970 UTC."""
    who = re.sub(r"[^\x21-\x7e]", "", sender)[:300] or "MAILER-DAEMON"
    written = stream.write(f"From {who} {time.asctime(time.gmtime(max(0, date)))}\n".encode("ascii"))
    text = raw.replace(b"\r\n", b"\n")
    if b"From " in text:
        text = _QUOTED.sub(lambda match: b">" + match[0], text)
    if not text.endswith(b"\n"):
        text += b"\n"
    return written + stream.write(text) + stream.write(b"\n")
