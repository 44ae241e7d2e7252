"""The read side handed to the faces: synchronous, always the last commit, never a wait. Faces see nothing below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Place
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Summary
from desktopmail.domain.saying import phrase
from desktopmail.store.failures import mapped
from desktopmail.store.reader import Reader
from desktopmail.store.store import Store

if TYPE_CHECKING:
    from desktopmail.domain.draft import Outgoing
    from desktopmail.store.coverage import Coverage


class Library(Reader):
    """What the profile holds, for lists and pages. To be used from one thread at a time; the store closes it."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.folder)
        store.lend(self)

    def summary(self, message: MessageId) -> Summary:
        """One row of a list. Raises NotFound."""
        found = self.summaries([message])
        if not found:
            raise NotFound(phrase("There is no such message"), phrase("No message has the number {0}.", message))
        return found[0]

    def outgoing(self, message: MessageId) -> Outgoing | None:
        """One entry of the Outbox, or None."""
        return next(iter(self.outbox(message)), None)

    def coverage(self, place: Place | None) -> Coverage:
        """How complete a search in a place, or in all, can be. Slow for a window: call it on a thread."""
        from desktopmail.store.coverage import coverage

        with mapped(self._db, self._path):
            return coverage(self._db, place)
