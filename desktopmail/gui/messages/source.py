"""What the list reads from: the engine's library, or in part of it whatever a test puts in its place."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from desktopmail.domain.account import Account
from desktopmail.domain.folder import Folder, Unified
from desktopmail.domain.ids import FolderId, MessageId, ThreadId
from desktopmail.domain.message import Copy, Summary

Place = FolderId | Unified


class Only(Enum):
    """The quick filter over the list."""

    ALL = "all"
    UNREAD = "unread"
    STARRED = "starred"
    SERVER = "server"
    BOTH = "both"
    HERE = "here"

    @property
    def copy(self) -> Copy | None:
        """The state of copies it stands for, if for one."""
        return Copy(self.value) if self in COPIES else None


COPIES = (Only.SERVER, Only.BOTH, Only.HERE)


@dataclass(frozen=True, slots=True)
class Found:
    """Search results as a place: ids newest first, how many and how complete in words, the words to mark, and how
    complete alone."""

    text: str
    ids: tuple[MessageId, ...]
    words: str
    complete: bool = True
    everywhere: bool = True
    terms: tuple[str, ...] = ()
    searched: str = ""


class Source(Protocol):
    """The read side as the list needs it; the engine's library has these and more. All are quick and synchronous."""

    def rows(
        self,
        place: Place,
        *,
        grouped: bool = False,
        unread: bool = False,
        starred: bool = False,
        copy: Copy | None = None,
        limit: int = 0,
    ) -> tuple[array[int], array[int], array[int]]:
        """Ids, sort keys and conversations of a place, newest first; of the newest messages only, with a limit."""

    def heads(
        self,
        place: Place,
        threads: Iterable[int],
        *,
        unread: bool = False,
        starred: bool = False,
        copy: Copy | None = None,
    ) -> list[tuple[int, int, int]]:
        """(id, sort, thread) of the newest message of each of these conversations in a place, in no order."""

    def keys(self, ids: Iterable[MessageId]) -> list[tuple[int, int, int, int, int]]:
        """(id, sort, thread, folder, flags) of messages that are still there, in no order."""

    def summaries(self, ids: Sequence[MessageId], *, grouped: bool = False) -> list[Summary]:
        """One window of rows, in the order of `ids`; ids that are gone are left out."""

    def thread(self, thread: ThreadId, place: FolderId | None = None) -> list[Summary]:
        """A conversation, oldest first."""

    def accounts(self) -> Sequence[Account]:
        """All accounts."""

    def folders(self) -> Sequence[Folder]:
        """All folders of all accounts."""
