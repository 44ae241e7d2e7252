"""Fetches the notice of new releases: over https alone, without a word of who asks, everything with a limit."""

from __future__ import annotations

from desktopmail.domain.errors import Refused
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols import document, transport
from desktopmail.protocols.document import Asking

MOST_BYTES = 64 * 1024
SECONDS = 30.0
SAFE = mark("engine", "Nothing was changed. It is tried again another day.")
_ASKING = Asking("application/json, */*;q=0.1", MOST_BYTES, SAFE, mark("engine", "{0} says nothing about new versions"))


async def fetch(url: str, *, seconds: float = SECONDS) -> bytes:
    """The document at an https address; see `document.get`. `seconds` is for all of it. Raises MailError: Refused for
    anything but https, Stalled, ProtocolViolation for too much."""
    if not url.startswith("https://"):
        raise Refused(phrase("New versions are looked for over https alone"), said(SAFE), transport.inert(url, 100))
    return (await document.get(url, _ASKING, seconds=seconds)).body
