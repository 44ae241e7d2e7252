"""Long secrets in short entries: some key stores hold no more than 1,280 characters in one (Windows: 2,560 bytes).

A secret of up to LONGEST characters (of UTF-16) is one entry. A longer one lies in pieces of its own generation, and
the entry says which; the pieces of the generation before go only when the entry names the new one, so that a crash
loses nothing.
"""

from __future__ import annotations

import os
from typing import Protocol

LONGEST = 1_000
MOST = 200
HEADER = "desktopmail pieces"


class Drawer(Protocol):
    """What a key store does, for one service."""

    def read(self, name: str) -> str | None: ...

    def write(self, name: str, value: str) -> None: ...

    def remove(self, name: str) -> None: ...


def get(drawer: Drawer, name: str) -> str | None:
    """The secret; None when it is not there, or not whole."""
    value = drawer.read(name)
    parts = _pieces(name, value)
    if parts is None:
        return value
    found = [drawer.read(each) for each in parts]
    return None if None in found else "".join(each for each in found if each is not None)


def put(drawer: Drawer, name: str, secret: str) -> bool:
    """Keep a secret in place of the one before; whether it could be read back."""
    before = _pieces(name, drawer.read(name)) or []
    if len(secret.encode("utf-16-le")) <= 2 * LONGEST and not secret.startswith(HEADER):
        drawer.write(name, secret)
    else:
        room = LONGEST if max(secret) < "\U00010000" else LONGEST // 2
        count = -(-len(secret) // room)
        header = f"{HEADER} {os.urandom(4).hex()} {count}"
        parts = _pieces(name, header)
        if parts is None:
            return False
        for number, part in enumerate(parts):
            drawer.write(part, secret[number * room : (number + 1) * room])
        drawer.write(name, header)
    if get(drawer, name) != secret:
        return False
    for part in before:
        _remove(drawer, part)
    return True


def drop(drawer: Drawer, name: str) -> None:
    """Remove a secret with all its pieces; nothing there is no error."""
    parts = _pieces(name, drawer.read(name)) or []
    for each in (*parts, name):
        _remove(drawer, each)


def _remove(drawer: Drawer, name: str) -> None:
    if drawer.read(name) is not None:
        drawer.remove(name)


def _pieces(name: str, value: str | None) -> list[str] | None:
    """The names of the pieces an entry speaks of; None when it speaks of none."""
    if value is None or not value.startswith(HEADER):
        return None
    generation, _, count = value[len(HEADER) :].strip().partition(" ")
    if not generation.isalnum() or not count.isdecimal() or not 1 <= int(count[:6]) <= MOST:
        return None
    return [f"{name} [{generation} {number}/{count}]" for number in range(1, int(count) + 1)]
