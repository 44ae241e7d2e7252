"""Where known servers differ from the standard in a way that matters above the wire. Facts, not workarounds.

What differs on the wire only is met where it happens: a NO for an empty folder is no harm (Cyrus),
unknown commands may be answered NO instead of BAD (Courier), attributes are compared without case (Cyrus).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.protocols.imap.tokens import members, tokens
from desktopmail.protocols.transport import inert


@dataclass(frozen=True, slots=True)
class Quirks:
    """`files_sent`: the provider puts what it sends into Sent itself. `labels`: folders are views of one store, the
    same message shows up in several, and the folder of all mail holds every one. `exact_size`: RFC822.SIZE is true."""

    files_sent: bool = False
    labels: bool = False
    exact_size: bool = True


GMAIL = Quirks(files_sent=True, labels=True)
EXCHANGE = Quirks(files_sent=True, exact_size=False)


def of(software: str, capabilities: Collection[str]) -> Quirks:
    """The quirks of a server, by its own name (ID) or by capabilities only one kind of server has."""
    name = software.lower()
    if "X-GM-EXT-1" in capabilities or "gimap" in name:
        return GMAIL
    if "microsoft" in name or "exchange" in name or "XOFFICE365" in capabilities:
        return EXCHANGE
    return Quirks()


def software(line: bytes) -> str:
    """Name and version from an ID response (RFC 2971), inert; empty when it does not tell."""
    try:
        parts = tokens(line, 10)
        words = [value.decode("utf-8", "replace") for _kind, value in members(parts[1], 100)]
    except (ProtocolViolation, IndexError):
        return ""
    facts = {key.lower(): value for key, value in zip(words[::2], words[1::2], strict=False)}
    return inert(" ".join(facts[key] for key in ("name", "version") if key in facts), 80)
