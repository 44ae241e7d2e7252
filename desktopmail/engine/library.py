"""The read side handed to the faces: synchronous, always the last commit, never a wait. Faces see nothing below it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from desktopmail.domain.account import Account
from desktopmail.domain.action import HistoryEvent, JournalEntry
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Outgoing
from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Folder, Place
from desktopmail.domain.ids import FolderId, MessageId, ThreadId
from desktopmail.domain.message import Summary
from desktopmail.domain.query import Query
from desktopmail.domain.settings import Settings
from desktopmail.store.reader import Reader
from desktopmail.store.store import Store


class Library:
    """What the profile holds, for lists and pages. To be used from one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._reader: Reader = store.reader()

    def close(self) -> None:
        """Let go of the profile; the store does it too when it closes."""
        self._reader.close()

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, in the order they were made."""
        return self._reader.accounts()

    def folders(self) -> tuple[Folder, ...]:
        """All folders: by account, roles first, then by path."""
        return self._reader.folders()

    def counts(self, place: Place) -> tuple[int, int]:
        """How many messages a place has, and how many of them are unread."""
        return self._reader.counts(place)

    def ids(self, place: Place, grouped: bool = False, *, unread: bool = False, starred: bool = False) -> array[int]:
        """The messages of a place, newest first; with `grouped` the newest of each conversation there."""
        return self._reader.ids(place, grouped=grouped, unread=unread, starred=starred)

    def rows(
        self, place: Place, *, grouped: bool = False, unread: bool = False, starred: bool = False
    ) -> tuple[array[int], array[int], array[int]]:
        """Like `ids`, with what puts each row in order and the conversation it stands for: ids, sorts, threads."""
        return self._reader.rows(place, grouped=grouped, unread=unread, starred=starred)

    def keys(self, ids: Iterable[int]) -> list[tuple[int, int, int, int, int]]:
        """(id, sort, thread, folder, flags) of messages that are still there, in no order."""
        return self._reader.keys(ids)

    def positions(self, ids: Iterable[int]) -> list[tuple[int, int]]:
        """By what each message is put in order (seconds, id): `ids` has the greatest first. To find the row at which
        a new message appears. Ids that are gone are left out."""
        return self._reader.positions(ids)

    def summaries(self, ids: Iterable[int], *, grouped: bool = False) -> list[Summary]:
        """Rows of a list in the order asked for; ids that are gone are left out. With `grouped` each stands for its
        conversation: how many messages it has, whether any of them in that folder is unread or starred."""
        return self._reader.summaries(ids, grouped=grouped)

    def summary(self, message: MessageId) -> Summary:
        """One row of a list. Raises NotFound."""
        found = self._reader.summaries([message])
        if not found:
            raise NotFound("There is no such message", f"No message has the number {message}.")
        return found[0]

    def thread(self, thread: ThreadId, place: FolderId | None = None) -> list[Summary]:
        """A conversation, oldest first and each message once, own answers included. What lies in Trash, Junk or the
        Outbox belongs to it only when read there (`place`)."""
        return self._reader.thread(thread, place)

    def search(self, query: Query, place: Place | None = None, limit: int = 1000) -> array[int]:
        """The messages that fulfil the conditions, newest first."""
        return self._reader.search(query, place, limit)

    def outbox(self) -> tuple[Outgoing, ...]:
        """Everything on its way out, in the order in which it is due."""
        return self._reader.outbox()

    def outgoing(self, message: MessageId) -> Outgoing | None:
        """One entry of the Outbox, or None."""
        return next(iter(self._reader.outbox(message)), None)

    def journal(self, limit: int = 50) -> tuple[JournalEntry, ...]:
        """What can be taken back, newest first; what was taken back already is marked."""
        return self._reader.journal(limit)

    def history(self, message: MessageId) -> tuple[HistoryEvent, ...]:
        """The story of one message, oldest first."""
        return self._reader.history(message)

    def complete(self, prefix: str, limit: int = 10) -> tuple[Address, ...]:
        """People whose names or addresses begin with these words, best first."""
        return self._reader.complete(prefix, limit)

    def settings(self) -> Settings:
        """All preferences."""
        return self._reader.settings()

    def images_allowed(self, address: str) -> bool:
        """Whether remote images of this address may be shown."""
        return self._reader.images_allowed(address)
