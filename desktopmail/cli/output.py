"""Where a command writes: documents and rows to stdout, words for people to stderr.

Text from mail and servers reaches a terminal only with its control characters taken out.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

Document = dict[str, Any]

DONE, FAILED, WRONG_USAGE, NOTHING_FOUND, NEEDS_PERSON = range(5)

_KEPT = frozenset("\n\t")
_AT_A_TERMINAL = {
    "no-keyring": "DESKTOPMAIL_SECRETS=vault keeps it in an encrypted file; env:NAME reads it from a variable.",
    "passwords-locked": "DESKTOPMAIL_PASSPHRASE_FD names an open descriptor to read the passphrase from.",
    "store-damaged": "To repair the profile: desktopmail check --repair",
}
"""What helps here beside an error's own words, by its kind."""


class Output:
    """The two streams of a command. `as_json`: stdout gets exactly one JSON document (or a line per change)."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._progress_shown = False

    def document(self, value: Any) -> None:
        """One JSON document."""
        self._clear()
        sys.stdout.write(json.dumps(value, indent=2 if sys.stdout.isatty() else None) + "\n")

    def line_document(self, value: Any) -> None:
        """One JSON document on a line of its own, handed on at once."""
        self._clear()
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()

    def text(self, text: str) -> None:
        """Text from a message or about one, for people."""
        self._clear()
        text = inert(text)
        write = sys.stdout.write
        try:
            write(text if text.endswith("\n") else text + "\n")
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding or "ascii"
            write(text.encode(encoding, "replace").decode(encoding) + "\n")

    def raw(self, data: bytes) -> None:
        """Bytes, exactly."""
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def table(self, rows: Iterable[Sequence[object]]) -> None:
        """Rows in columns, the last column as long as it is."""
        lines = [[inert(str(cell)).replace("\n", " ").replace("\t", " ") for cell in row] for row in rows]
        if not lines:
            return
        widths = [min(40, max(_width(line[column]) for line in lines)) for column in range(len(lines[0]) - 1)]
        for line in lines:
            cells = [_padded(cell, width) for cell, width in zip(line, widths, strict=False)]
            self.text("  ".join([*cells, line[-1]]).rstrip())

    def result(self, document: Any, words: str) -> None:
        """The document for programs or the words for people."""
        if self.as_json:
            self.document(document)
        else:
            self.text(words)

    def say(self, words: str) -> None:
        """Words for people beside the result."""
        self._clear()
        sys.stderr.write(inert(words) + "\n")

    def advise(self, kind: str) -> None:
        """What helps at a terminal against an error of this kind."""
        if kind in _AT_A_TERMINAL:
            self.say(_AT_A_TERMINAL[kind])

    def progress(self, words: str, done: int = 0, total: int = 0) -> None:
        """What is going on, on one line of a terminal; nothing in a pipe."""
        if not sys.stderr.isatty():
            return
        bar = f" [{'#' * (20 * done // total):20}] {done:,} of {total:,}" if total else ""
        sys.stderr.write(f"\r\x1b[K{inert(words).replace(chr(10), ' ')[:100]}{bar}")
        sys.stderr.flush()
        self._progress_shown = True

    def _clear(self) -> None:
        if self._progress_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._progress_shown = False


def inert(text: str) -> str:
    """`text` without what could steer a terminal or turn the reading order around."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character in _KEPT or unicodedata.category(character) not in ("Cc", "Cs") else "\ufffd"
        for character in text.translate(_DIRECTIONS)
    )


def moment(seconds: int) -> str:
    """A date and time for people, in this computer's zone."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M") if seconds > 0 else ""


_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[: max(0, width - 1)].rstrip("…") + "…" if len(text) > width else text[:-2] + "…"
    return text + " " * (width - _width(text))
