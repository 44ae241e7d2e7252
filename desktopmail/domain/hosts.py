"""What the person can see of this program's doings on the network and of what they decided to trust."""

from __future__ import annotations

from dataclasses import dataclass

RECEIVING, SENDING, FINDING, PICTURES = "receiving", "sending", "finding", "pictures"
"""Why a host is spoken to: mail comes from it, mail goes to it, servers were looked for, a picture lies there."""
CHECKING, GRANTING, THROUGH = "checking", "granting", "proxy"
"""More reasons: a server was tried out or looked at; it signs the person in for others; others were spoken to by it."""
UPDATES = "updates"
"""It says which version of this program is the newest."""


@dataclass(frozen=True, slots=True)
class HostSeen:
    """A host this program connected to, for one purpose. Times in seconds since 1970 UTC."""

    host: str
    port: int
    purpose: str
    first: int
    last: int
    times: int


@dataclass(frozen=True, slots=True)
class Pin:
    """A certificate trusted by hand for exactly one host and port: its SHA-256 in hex, and since when."""

    host: str
    port: int
    fingerprint: str
    at: int
