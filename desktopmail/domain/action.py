"""The person's verbs as values, and the receipt each gives back."""

from __future__ import annotations

from dataclasses import dataclass

from desktopmail.domain.ids import FolderId, JournalId, MessageId
from desktopmail.domain.message import Flags


@dataclass(frozen=True, slots=True)
class SetFlags:
    """Add and remove flags and tags."""

    add: Flags = Flags.NONE
    remove: Flags = Flags.NONE
    add_tags: frozenset[str] = frozenset()
    remove_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Put messages into another folder, of the same account or another."""

    folder: FolderId


@dataclass(frozen=True, slots=True)
class CopyTo:
    """Put copies of messages into another folder."""

    folder: FolderId


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove for ever (here at once, elsewhere after the grace). The journal still brings them back until then."""


Action = SetFlags | MoveTo | CopyTo | Remove


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done, in words for a toast ('3 messages moved to Trash'), and the journal entry that takes it back
    (None: it cannot be undone, and `label` says so)."""

    label: str
    undo: JournalId | None
    count: int
    messages: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of what can be taken back. `at` in seconds since 1970 UTC."""

    id: JournalId
    at: int
    label: str
    undone: bool


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One line of a message's story: 'arrived', 'moved', 'flagged', 'sent', …"""

    at: int
    kind: str
    detail: str
