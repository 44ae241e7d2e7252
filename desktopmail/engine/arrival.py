"""The one door for a new message, whoever brings it: recognise → file → people seen → notice, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from desktopmail.domain.account import Account
from desktopmail.domain.address import Address
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.mime.headers import QuickHeader, quick
from desktopmail.store.rows import Awaiting, CopyRow, FlagRow, NewMessage
from desktopmail.store.transaction import Transaction

NOTICED_AGE = 7 * 86_400
"""Seconds after which a message that only now shows up is no news any more."""
ENOUGH_TIMES = 40
"""How often somebody has to be seen to be as well known as anybody."""
_KEY = blake2b(digest_size=16)


class Arriving(NamedTuple):
    """A message at the door: its header fields and what the server knows of it. `uid` 0: no server holds it in this
    folder. `content` is the SHA-256 of its bytes when they are stored already; `preview` goes with it. `read` is what
    the header says, where somebody read it already."""

    header: bytes
    size: int
    received: int
    flags: Flags = Flags.NONE
    tags: frozenset[str] = frozenset()
    uid: int = 0
    mod_seq: int = 0
    structure: bytes = b""
    content: bytes | None = None
    preview: str = ""
    attachments: int | None = None
    read: QuickHeader | None = None


@dataclass(slots=True)
class People:
    """Who was seen in a folder that is being listed and how often; `latest` is the newest date there."""

    found: Counter[Address] = field(default_factory=Counter)
    latest: int = 0

    def slices(self, size: int = 500) -> Iterator[list[Address]]:
        """All of them, each as often as counts for anything, in lists for one transaction each."""
        people = list(self.found.items())
        for start in range(0, len(people), size):
            yield [one for one, times in people[start : start + size] for _ in range(min(times, ENOUGH_TIMES))]


@dataclass(frozen=True, slots=True)
class Door:
    """Where messages arrive: for whom, and in which folder, which may be another account's. `first`: the folder is
    being read for the first time, so nothing in it is news, and the people in it are gathered in `people` for later
    instead of being written one by one."""

    account: Account
    folder: Folder
    first: bool = False
    people: People = field(default_factory=People)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of a batch: the new rows, and how many were recognised as messages that are here already."""

    new: tuple[MessageId, ...]
    recognised: int


def key_of(message_id: str, date: int, size: int) -> bytes:
    """What recognises the same message elsewhere: Message-ID, Date (seconds since 1970 UTC) and size in bytes. Empty
    without a Message-ID: such a message is never guessed at."""
    if not message_id:
        return b""
    text = f"{message_id}\0{date}\0{size}"
    hashing = _KEY.copy()
    hashing.update(text.encode() if text.isascii() else text.encode("utf-8", "surrogatepass"))
    return hashing.digest()


def arrive(tx: Transaction, door: Door, rows: Sequence[Arriving]) -> Arrived:
    """Take a batch in. What the server holds already under a known UID only brings its flags; a stranger whose key
    belongs to exactly one row that awaits a copy becomes that row's copy; everything else is a new message."""
    rows = _without_known(tx, door.folder.id, rows)
    if not rows:
        return Arrived((), 0)
    headers = [row.read or quick(row.header) for row in rows]
    keys = [key_of(header.message_id, header.date, row.size) for header, row in zip(headers, rows, strict=True)]
    copies = _recognised(tx, door, rows, keys)
    if copies:
        tx.copies.add(list(copies.values()))
    fresh = [index for index in range(len(rows)) if index not in copies]
    ids = tx.messages.insert([_new(door, rows[index], headers[index], keys[index]) for index in fresh])
    if fresh:
        _see_people(tx, door, [headers[index] for index in fresh])
        _notice(tx, door, ids, [rows[index] for index in fresh], [headers[index] for index in fresh])
    return Arrived(tuple(ids), len(copies))


def _without_known(tx: Transaction, folder: FolderId, rows: Sequence[Arriving]) -> Sequence[Arriving]:
    known = tx.copies.messages(folder, [row.uid for row in rows])
    if not known:
        return rows
    again = [FlagRow(row.uid, row.flags, row.tags, row.mod_seq) for row in rows if row.uid in known]
    tx.copies.update_flags(folder, again)
    return [row for row in rows if row.uid not in known]


def _recognised(tx: Transaction, door: Door, rows: Sequence[Arriving], keys: Sequence[bytes]) -> dict[int, CopyRow]:
    """By index: strangers that are copies of rows that await one. Two strangers or two rows with the same key are
    never matched."""
    if not rows[0].uid:
        return {}
    awaiting = tx.copies.awaiting(door.account.id)
    if not awaiting:
        return {}
    seen: dict[bytes, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
    copies: dict[int, CopyRow] = {}
    for index, (row, key) in enumerate(zip(rows, keys, strict=True)):
        match = _only(awaiting.get(key, ()), door.folder.id) if seen[key] == 1 else None
        if match is not None:
            copies[index] = CopyRow(door.folder.id, row.uid, match.message, row.flags, row.tags, row.mod_seq)
    return copies


def _only(candidates: Iterable[Awaiting], folder: FolderId) -> Awaiting | None:
    """The one row that may be meant: an upload into this folder, or a copy that vanished from anywhere."""
    possible = [each for each in candidates if each.lost_from is not None or each.folder == folder]
    return possible[0] if len(possible) == 1 else None


def _new(door: Door, row: Arriving, header: QuickHeader, key: bytes) -> NewMessage:
    return NewMessage(
        door.folder.account,
        door.folder.id,
        key,
        header.message_id,
        header.references,
        header.date,
        row.received,
        header.sender,
        header.to,
        header.cc,
        header.subject,
        row.preview,
        row.flags,
        row.tags,
        row.size,
        header.attachments if row.attachments is None else row.attachments,
        Fetched.HEADERS if row.content is None else Fetched.FULL,
        row.content,
        row.structure,
        header.list_id,
        row.uid,
        row.mod_seq,
    )


def _see_people(tx: Transaction, door: Door, headers: Sequence[QuickHeader]) -> None:
    """People written to count from the Sent folder, people heard from only where mail is welcome."""
    people: list[Address] = []
    role = door.folder.role
    if role in (Role.JUNK, Role.TRASH, Role.DRAFTS):
        return
    for header in headers:
        if role is Role.SENT:
            people += header.to
            people += header.cc
        else:
            people += header.sender
    latest = max((header.date for header in headers if header.date <= tx.now), default=0)
    if door.first:
        door.people.found.update(people)
        door.people.latest = max(door.people.latest, latest)
    else:
        tx.contacts.seen(people, latest, sent=role is Role.SENT)


def _notice(
    tx: Transaction,
    door: Door,
    ids: Sequence[MessageId],
    rows: Sequence[Arriving],
    headers: Sequence[QuickHeader],
) -> None:
    """Unread mail in the Inbox that somebody else wrote deserves a notice, unless the folder is just being filled."""
    if door.first or door.folder.role is not Role.INBOX:
        return
    own = {each.address.casefold() for each in door.account.identities} | {door.account.address.casefold()}
    news = [
        message
        for message, row, header in zip(ids, rows, headers, strict=True)
        if not row.flags & Flags.SEEN
        and row.received >= tx.now - NOTICED_AGE
        and not any(sender.address.casefold() in own for sender in header.sender)
    ]
    tx.notes.arrived(news)


def account_of(tx: Transaction, account: AccountId) -> Account:
    """The account as it is now, identities included. Raises NotFound."""
    return tx.accounts.get(account)


def received_by(tx: Transaction, message: MessageId) -> Account:
    """The account a message came through, in whosever folder it lies. Raises NotFound."""
    facts = tx.messages.facts(message)
    return tx.accounts.get(tx.ledger.owner(message) or facts.account)
