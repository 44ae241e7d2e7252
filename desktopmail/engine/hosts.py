"""Takes note of the hosts this program speaks to and why, for the list that the person can see."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from desktopmail.domain.account import Endpoint
from desktopmail.domain.hosts import THROUGH
from desktopmail.store.store import Store

Noting = Callable[[str, int, str], None]
"""Hears host, port and purpose, as `domain.hosts` names them."""


def silent(host: str, port: int, purpose: str) -> None:
    """Nobody takes note."""


def note_address(noting: Noting, address: str, purpose: str) -> None:
    """This program is about to ask something of a web address."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return
    if host:
        noting(host, port or (443 if parts.scheme == "https" else 80), purpose)


def note(store: Store, endpoint: Endpoint, purpose: str) -> None:
    """This program is about to connect to a server; a proxy on the way is a host of its own."""
    store.hosts.note(endpoint.host, endpoint.port, purpose)
    if endpoint.proxy:
        try:
            proxy = urlsplit(endpoint.proxy)
            host, port = proxy.hostname, proxy.port
        except ValueError:
            return
        if host:
            store.hosts.note(host, port or 0, THROUGH)
