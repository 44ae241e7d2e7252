"""One command on its way and what came back for it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection

from aioimaplib.aioimaplib import Command

from desktopmail.domain.errors import MailError, Refused
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import said
from desktopmail.protocols.imap.framing import violation
from desktopmail.protocols.transport import inert

COLLECT_LIMIT = 64 * 1024 * 1024
"""Bytes of untagged responses one command may gather."""

PASSING_CODES = {"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", "EXPUNGEISSUED", "CONTACTADMIN"}
_CODE = re.compile(rb"\[([A-Za-z0-9.\-]+)(?: ([^\]\r\n]*))?\] ?")


class Refusal(Refused):
    """The server said NO or BAD. `code` is its response code in upper case (RFC 5530), empty when it gave none."""

    def __init__(self, title: str, detail: str = "", log: str = "", code: str = "") -> None:
        super().__init__(title, detail, log)
        self.code = code
        self.passing = code in PASSING_CODES


class Request(Command):  # type: ignore[misc]
    """A command of the library without its timer and with words that hide their arguments.

    `wants`: upper-case names of the untagged responses that belong to it; all others are news. `plus` is what waits
    for the server's go-ahead; None in it means that the command ended first."""

    def __init__(self, tag: str, name: str, wants: Collection[str] = ()) -> None:
        super().__init__(name, tag)
        self.wants = frozenset(wants)
        self.plus: asyncio.Future[bytes | None] | None = None
        self._collected = 0

    def __repr__(self) -> str:
        return f"{self.tag} {self.name} {self._resp_result}"

    @property
    def done(self) -> bool:
        """Whether the tagged reply came or the line is gone."""
        return bool(self._event.is_set())

    @property
    def lines(self) -> list[bytes]:
        """The untagged responses gathered, without the leading '* '."""
        return list(self._resp_lines[:-1]) if self.done else list(self._resp_lines)

    @property
    def status(self) -> str:
        """OK, NO or BAD; anything else while under way."""
        return str(self._resp_result)

    @property
    def text(self) -> bytes:
        """The words of the tagged reply, with their response code."""
        return bytes(self._resp_lines[-1]) if self.done and self._resp_lines else b""

    def expect_plus(self) -> asyncio.Future[bytes | None]:
        """From now on the server may say '+' once."""
        self.plus = asyncio.get_running_loop().create_future()
        return self.plus

    def gather(self, response: bytes) -> None:
        """Keep an untagged response; ProtocolViolation when there are more than anybody needs."""
        self._collected += len(response) + 64
        if self._collected > COLLECT_LIMIT:
            raise violation("more responses than accepted")
        self._resp_lines.append(response)

    def finish(self, status: str, text: bytes) -> None:
        """The tagged reply."""
        self.close(text, status)
        self._release()

    def fail(self, error: MailError) -> None:
        """The line is gone: whoever waits learns why."""
        self._exception = error
        self.close(b"", "LOST")
        self._release()

    def _release(self) -> None:
        if self.plus is not None and not self.plus.done():
            self.plus.set_result(None)

    def code(self) -> tuple[str, bytes]:
        """Response code and its arguments."""
        return response_code(self.text)

    def refusal(self, title: str) -> Refusal:
        """The server's NO in words; `title` says what did not happen."""
        name, _arguments = self.code()
        detail = said(DETAILS.get(name, SAFE))
        return Refusal(title, detail, f"{self.status} {inert(self.text.decode('utf-8', 'replace'))}", name)


SAFE = mark("engine", "Nothing is lost.")
DETAILS = {
    "OVERQUOTA": mark(
        "engine", "There is no room left on the server. Remove mail there or ask for more room; nothing is lost."
    ),
    "NOPERM": mark("engine", "The server does not permit it for this account. Nothing is lost."),
    "NONEXISTENT": mark("engine", "The folder is not on the server any more. Nothing is lost."),
    "TRYCREATE": mark("engine", "The folder is not on the server any more. Nothing is lost."),
    "ALREADYEXISTS": mark("engine", "A folder of that name is already there."),
    "UNAVAILABLE": mark("engine", "Something behind the server does not answer now. It will be tried again."),
    "INUSE": mark("engine", "Somebody else is using the folder now. It will be tried again."),
}


def response_code(text: bytes) -> tuple[str, bytes]:
    """The bracketed code at the start of a status text (RFC 3501 section 7.1) and its arguments; empty without one."""
    found = _CODE.match(text)
    return (found[1].decode("ascii").upper(), found[2] or b"") if found else ("", b"")


def human(text: bytes) -> str:
    """A status text without its code, as one short inert line."""
    found = _CODE.match(text)
    return inert((text[found.end() :] if found else text).decode("utf-8", "replace"))
