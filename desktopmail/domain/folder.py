"""Folders: a tree per account, each with a role, a place where it lives and the abilities it has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag, auto

from desktopmail.domain.ids import AccountId, FolderId


class Role(Enum):
    """What a folder is for (RFC 6154 special use, plus the Inbox). NONE is a folder of the person's own."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    OUTBOX = "outbox"
    NONE = "none"


ROLE_ORDER = tuple(Role)


class Lives(Enum):
    """Where a folder's truth is: on a server, on this computer, or nowhere (it is a question, not a place)."""

    SERVER = "server"
    HERE = "here"
    NOWHERE = "nowhere"


class Ability(Flag):
    """What may be done with a folder. Faces enable actions from these, never from the kind of account."""

    NONE = 0
    ACCEPT = auto()
    RENAME = auto()
    DELETE = auto()
    ADD_CHILD = auto()
    EMPTY = auto()
    SUBSCRIBE = auto()


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder. `path` is for people and for arguments: names joined by '/', whatever the server's delimiter."""

    id: FolderId
    account: AccountId
    parent: FolderId | None
    name: str
    path: str
    role: Role
    lives: Lives
    abilities: Ability
    total: int = 0
    unread: int = 0
    problem: str = ""


class Unified(Enum):
    """Views that gather over all accounts; they live nowhere."""

    INBOX = "inbox"
    STARRED = "starred"
    DRAFTS = "drafts"
    SENT = "sent"


Place = FolderId | Unified
