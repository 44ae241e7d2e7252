"""Messages as a list shows them: flags, copy state and the one-row summary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag

from desktopmail.domain.address import Address
from desktopmail.domain.ids import FolderId, MessageId, ThreadId


class Flags(IntFlag):
    """Flags with a meaning of their own; every other keyword is a tag. Values are stored: never renumber."""

    NONE = 0
    SEEN = 1
    STARRED = 2
    ANSWERED = 4
    FORWARDED = 8
    DRAFT = 16
    JUNK = 32

    @property
    def words(self) -> list[str]:
        """The flags as the command line's words, in fixed order."""
        return [flag.name.lower() for flag in FLAG_ORDER if flag.name and flag in self]


FLAG_ORDER = (Flags.SEEN, Flags.STARRED, Flags.ANSWERED, Flags.FORWARDED, Flags.DRAFT, Flags.JUNK)


class Fetched(Enum):
    """How much of a message is stored here."""

    HEADERS = "headers"
    FULL = "full"
    UNREADABLE = "unreadable"


class Copy(Enum):
    """Where a message exists."""

    SERVER = "server"
    BOTH = "both"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Summary:
    """What one row of the list needs. `date` is seconds since 1970 UTC (0: none); `attachments` is a count.

    `thread_size` is the number of messages in the conversation when the list is grouped, else 1."""

    id: MessageId
    folder: FolderId
    thread: ThreadId
    date: int
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    subject: str
    preview: str
    flags: Flags
    tags: frozenset[str]
    size: int
    attachments: int
    fetched: Fetched
    copy: Copy
    message_id: str = ""
    thread_size: int = 1
    problem: str = ""
