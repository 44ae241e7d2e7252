"""The values that go in and out of a transaction. Plain tuples where thousands of them are made at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from desktopmail.domain.address import Address
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Fetched, Flags


class NewMessage(NamedTuple):
    """A message to be stored. `date` and `received` in seconds since 1970 UTC (0: unknown). `key` recognises the same
    message elsewhere and is made from its date among others (empty: cannot be recognised); `content` is the SHA-256
    of the stored bytes or None. `references` holds In-Reply-To too. With a `uid` the server has it in `folder` in
    exactly this state."""

    account: AccountId
    folder: FolderId
    key: bytes = b""
    message_id: str = ""
    references: tuple[str, ...] = ()
    date: int = 0
    received: int = 0
    sender: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    preview: str = ""
    flags: Flags = Flags.NONE
    tags: frozenset[str] = frozenset()
    size: int = 0
    attachments: int = 0
    fetched: Fetched = Fetched.HEADERS
    content: bytes | None = None
    structure: bytes = b""
    list_id: str = ""
    uid: int = 0
    mod_seq: int = 0


class NewContent(NamedTuple):
    """What becomes known about a message when its bytes are stored."""

    message: MessageId
    content: bytes
    size: int
    preview: str
    attachments: int
    fetched: Fetched = Fetched.FULL


class Head(NamedTuple):
    """Who wrote to whom about what, read anew from the bytes of a message."""

    message: MessageId
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What the engine needs to know about a stored message and no face ever shows. `removed`: by the person."""

    id: MessageId
    account: AccountId
    folder: FolderId
    message_id: str
    references: tuple[str, ...]
    content: bytes | None
    key: bytes
    flags: Flags
    tags: frozenset[str]
    size: int
    fetched: Fetched
    structure: bytes
    list_id: str
    date: int
    received: int
    removed: bool
    uid: int
    uid_folder: FolderId | None


class Missing(NamedTuple):
    """A message whose bytes are still on the server."""

    message: MessageId
    folder: FolderId
    uid: int
    size: int


class Before(NamedTuple):
    """A message as it was before a verb, for the journal."""

    message: MessageId
    folder: FolderId
    flags: int
    tags: str
    hidden: int


@dataclass(frozen=True, slots=True)
class FolderMark:
    """How far a folder is known. `server_name` None: the server has no such folder yet. `down_to`: the lowest UID
    whose header is stored while the first pull is not complete (1: complete, 0: nothing yet)."""

    server_name: str | None = None
    delimiter: str = "/"
    uid_validity: int = 0
    uid_next: int = 0
    highest_mod_seq: int = 0
    down_to: int = 0
    attributes: frozenset[str] = frozenset()


class CopyRow(NamedTuple):
    """A message the server holds: where, and in which state."""

    folder: FolderId
    uid: int
    message: MessageId
    flags: Flags
    tags: frozenset[str] = frozenset()
    mod_seq: int = 0


class FlagRow(NamedTuple):
    """Flags the server reported for a message."""

    uid: int
    flags: Flags
    tags: frozenset[str] = frozenset()
    mod_seq: int = 0


class Held(NamedTuple):
    """What a copy was when last seen."""

    message: MessageId
    flags: Flags
    tags: frozenset[str]


class Awaiting(NamedTuple):
    """A message without a copy: never uploaded, or its copy vanished from `lost_from`."""

    message: MessageId
    folder: FolderId
    lost_from: FolderId | None


class Wanted(NamedTuple):
    """Where and how the person wants a message. `server_name` None: the folder is not on the server (yet); `here`: it
    never will be, for it lives on this computer."""

    folder: FolderId
    server_name: str | None
    flags: Flags
    tags: frozenset[str]
    removed: bool
    here: bool = False


class Known(NamedTuple):
    """Where and how the server held a message when last seen."""

    folder: FolderId
    server_name: str
    uid: int
    flags: Flags
    tags: frozenset[str]


class Difference(NamedTuple):
    """A message whose wish differs from what the server holds. `known` None: it has to be uploaded, or copied from
    `twin`, which the server holds already."""

    message: MessageId
    wanted: Wanted
    known: Known | None
    content: bytes | None
    key: bytes
    twin: Known | None = None


class FolderDifference(NamedTuple):
    """A folder whose wish differs from the server's. `path` None: it is to go; `server_name` None: it is to be made;
    otherwise it is to be renamed from `known_path` to `path`. `parent_name`: the parent's name on the server."""

    folder: FolderId
    path: str | None
    name: str
    parent_name: str | None
    server_name: str | None
    known_path: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a message goes out from and to (RFC 5321 section 2.3.1); `recipients` includes the blind copies."""

    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What a draft was started from. `answer` is a value of domain.draft.Answer."""

    identity: int
    answers: MessageId | None
    answer: str
