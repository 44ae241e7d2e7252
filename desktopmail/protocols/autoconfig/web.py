"""Fetches what a domain or a collection publishes about mail servers."""

from __future__ import annotations

from desktopmail.domain.marking import mark
from desktopmail.protocols import document
from desktopmail.protocols.document import Asking, Page, Visit

MOST_BYTES = 256 * 1024
_ASKING = Asking(
    "application/xml, text/xml, */*;q=0.1",
    MOST_BYTES,
    mark("engine", "Nothing but the name of the domain was sent."),
    mark("engine", "{0} publishes no settings"),
)


async def get(url: str, *, timeout: float, visit: Visit = lambda host, port: None) -> Page:
    """The document at an address, https or plain http as the address says; see `document.get`. `timeout` in seconds."""
    return await document.get(url, _ASKING, seconds=timeout, visit=visit)
