"""The far side of one account, as the runner sees it: a few verbs, whatever the protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Protocol

from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.engine.activity import Tally

FILL, LONGEST_FILL = 2.0, 60.0
"""How long content is brought in one go, in seconds, when somebody waits for the line and when nobody does."""

Awaited = Callable[[], bool]
"""Asked again and again, whether somebody waits for the line."""


def nobody() -> bool:
    """Nobody waits for the line."""
    return False


class Going:
    """How long content is brought in one go."""

    def __init__(self, awaited: Awaited) -> None:
        self._begun = time.monotonic()
        self._awaited = awaited

    def on(self) -> bool:
        """Whether to go on."""
        past = time.monotonic() - self._begun
        return past < FILL or (past < LONGEST_FILL and not self._awaited())


class Remote(Protocol):
    """One account's server. Every verb may raise MailError; after ConnectionLost, Stalled and the like the same verb
    may be called again and makes a new line by itself. `pull`, `push` and `fill` are called by one task at a time,
    `watch` and `fetch` beside them. `tally` counts since it was last replaced. `put_off`: seconds for which the server
    wants to be left alone, when the last `pull` did nothing for that reason, else 0."""

    tally: Tally
    put_off: float

    async def pull(self, folders: Collection[FolderId] | None = None) -> None:
        """Learn what the server has, of these folders or of all."""

    async def push(self, *, force: bool = False) -> bool:
        """Make the server agree with the person. With `force` neither grace nor an earlier refusal holds anything back.
        Whether the server has to be pulled again before everything is known."""

    async def list_new(self) -> None:
        """Bring the headers of what the last `pull` saw and did not bring itself; no content is to follow now."""

    async def fill(self, folders: Collection[FolderId] | None = None, awaited: Awaited = nobody) -> bool:
        """Bring content that is still missing, newest first, for LONGEST_FILL seconds, or FILL seconds when the line is
        `awaited`. Whether more is left."""

    async def watch(self) -> Collection[FolderId] | None:
        """Return when there is reason to pull: these folders, or all (None)."""

    async def fetch(self, message: MessageId) -> None:
        """Bring the content of one message now, never behind other work. Raises ContentMissing, NotFound."""

    def suspect(self) -> None:
        """The network may have changed, or the person asks: do not trust connections, and do not wait."""

    async def close(self) -> None:
        """Say goodbye. Never raises."""
