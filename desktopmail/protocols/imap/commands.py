"""How arguments are written so that one command stays one command (RFC 3501 section 9): quoting, literals, dates."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap.names import encode


class Long(Protocol):
    """A literal that is not in memory: `size` bytes, with null characters among them (`binary`) or not."""

    @property
    def size(self) -> int: ...

    @property
    def binary(self) -> bool: ...

    async def pour(self, put: Callable[[bytes], Awaitable[None]]) -> None:
        """Hand all bytes to `put`, a piece after the other."""


Part = str | bytes | Long
"""A piece of a command line: text goes out as it is, bytes as a literal."""

_QUOTABLE = re.compile(r"[\x20-\x7e]*")
_ATOM = re.compile(r"\\?[^\x00-\x20\x7f-\U0010ffff(){%*\"\\\]]+")
_SPECIAL = re.compile(r"([\"\\])")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

HEADER_FIELDS = "DATE FROM TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID CONTENT-TYPE"


def astring(text: str) -> Part:
    """Any text as an argument: quoted when it is printable ASCII, else as a literal in UTF-8.

    Raises WrongUsage for CR, LF and NUL, which have no business in an argument."""
    if any(letter in text for letter in "\r\n\0"):
        raise WrongUsage(phrase("Line breaks and null characters are not possible here"))
    if _QUOTABLE.fullmatch(text):
        return '"' + _SPECIAL.sub(r"\\\1", text) + '"'
    return text.encode("utf-8", "surrogateescape")


def mailbox(name: str) -> str:
    """A folder's name as an argument."""
    return '"' + _SPECIAL.sub(r"\\\1", encode(name)) + '"'


def flag_list(words: Iterable[str]) -> str:
    """A parenthesised list of flags; WrongUsage for a word that is no atom."""
    listed = list(words)
    bad = next((word for word in listed if not _ATOM.fullmatch(word)), None)
    if bad is not None:
        raise WrongUsage(phrase("{0!r} cannot be a flag", bad[:60]))
    return f"({' '.join(listed)})"


def date_time(moment: int) -> str:
    """Seconds since 1970 UTC as a quoted `date-time`."""
    at = time.gmtime(moment)
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return f'"{at.tm_mday:02}-{MONTHS[at.tm_mon - 1]}-{at.tm_year:04} {clock} +0000"'
