"""The values that go in and out of the POP3 ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from desktopmail.domain.ids import MessageId


class Entry(NamedTuple):
    """One line of the ledger: a message as a POP3 server listed it under `uidl`, and what became of it.

    Times are seconds since 1970 UTC, 0: not yet. `size` is what the server says; `sha` the SHA-256 of the bytes stored
    here; `partly`: only the top is here, and `wanted_whole` says that the person wants the rest. `dele_sent` is not
    final: a removal counts when the server confirmed it at the end (`dele_confirmed`). `gone_at`: missed in its list.
    `ignored`: the server confirmed the removal and kept the message. `removed`, `settled` and `elsewhere` tell of the
    message here: the person removed it, a grace is over, and other messages here hold the same bytes."""

    uidl: str
    message: MessageId | None = None
    size: int = 0
    sha: bytes = b""
    first_seen: int = 0
    stored_at: int = 0
    partly: bool = False
    wanted_gone: bool = False
    dele_sent: int = 0
    dele_confirmed: int = 0
    gone_at: int = 0
    decided_by: str = ""
    ignored: bool = False
    removed: bool = False
    settled: bool = True
    elsewhere: bool = False
    wanted_whole: bool = False

    @property
    def on_server(self) -> bool:
        """Whether the server has it as far as is known."""
        return not self.gone_at and not self.dele_confirmed


class Stored(NamedTuple):
    """A message that is stored now, under the name and size the server has for it. `message` None: its bytes were here
    before and the person removed them."""

    uidl: str
    size: int
    message: MessageId | None
    sha: bytes
    partly: bool = False


class Known(NamedTuple):
    """What a visit has to know of all lines at once: the server's sizes of what it had the last time (`there`), by
    UIDL; the names of what it had no more (`gone`); and of what it has and is here in part (`partly`)."""

    there: Mapping[str, int]
    gone: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CopyCounts:
    """How many messages of an account are only on the server, here and on the server, and only here."""

    server: int = 0
    both: int = 0
    here: int = 0
