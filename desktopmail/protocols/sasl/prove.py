"""What a way of proving who one is looks like to those who carry it over the line."""

from __future__ import annotations

from typing import Protocol

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.saying import phrase


class Mechanism(Protocol):
    """One attempt to sign in: asked for `initial()` once, then for `answer()` per challenge.

    `name` is the registered name. `first` says whether the client speaks first: without it the initial response is
    empty and must not be sent with the command. `proven` says whether the server proved itself too, or needs not to.
    `told` is what the server said about a refusal, as inert text."""

    name: str
    first: bool
    told: str

    @property
    def proven(self) -> bool: ...

    def initial(self) -> bytes: ...

    def answer(self, challenge: bytes) -> bytes: ...


def nonsense() -> ProtocolViolation:
    """The words for challenges that no honest server sends."""
    return ProtocolViolation(phrase("The server's sign-in makes no sense"), phrase("The connection was closed."))
