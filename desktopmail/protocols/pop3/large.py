"""Where a message goes that is too long to be held in memory."""

from __future__ import annotations

from typing import Protocol


class Vessel(Protocol):
    """Takes one message, a part at a time. Its functions block and are called on a thread, never two at a time."""

    def add(self, data: bytes) -> None:
        """The next bytes. Raises MailError when there is no room for them."""

    def discard(self) -> None:
        """The rest will not come."""


class Large(Protocol):
    """Provides vessels by message number."""

    def begin(self, number: int) -> Vessel:
        """Called when a message turns out to be too long."""

    def whole(self, number: int) -> bool | None:
        """Told when its last byte was added. After False no more is asked for."""
