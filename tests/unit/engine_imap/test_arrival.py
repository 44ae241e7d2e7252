"""The one door: what is new, what is recognised, what is never guessed, and what deserves a notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from desktopmail.domain.account import Account, Endpoint, ImapServer, NewAccount, Security
from desktopmail.domain.address import Address
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.engine.arrival import Arrived, Arriving, Door, People, arrive, key_of
from desktopmail.store.rows import NewContent
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

T = TypeVar("T")
NOW = int(time.time())
SERVER = ImapServer(Endpoint("localhost", 1, Security.TLS, "me"))


def header(number: int, sender: str = "Ada <ada@example.org>", *, named: bool = True) -> bytes:
    name = f"Message-ID: <{number}@x>\r\n" if named else ""
    return (
        f"From: {sender}\r\nTo: me@example.org\r\nSubject: letter {number}\r\n{name}"
        "Date: Thu, 01 Jan 2026 10:00:00 +0000\r\n\r\n"
    ).encode()


def stranger(number: int, uid: int, *, flags: Flags = Flags.NONE, head: bytes = b"", received: int = NOW) -> Arriving:
    return Arriving(head or header(number), 100 + number, received, flags, uid=uid)


class Desk:
    """A profile with one account and what its transactions announced."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder)
        new = NewAccount("me@example.org", "Me", "Me", SERVER, None)
        number = self.run(lambda tx: tx.accounts.add(new))
        self.account: Account = self.run(lambda tx: tx.accounts.get(number))
        self.news: list[ChangeSet] = []
        self.store.subscribe(self.news.append)

    def run(self, fn: Callable[[Transaction], T]) -> T:
        return asyncio.run(self.store.write(fn))

    def door(self, role: Role = Role.INBOX, *, first: bool = False) -> Door:
        folder = self.run(lambda tx: tx.folders.by_role(self.account.id, role))
        assert folder is not None
        return Door(self.account, folder, first)

    def take(self, door: Door, *rows: Arriving) -> Arrived:
        return self.run(lambda tx: arrive(tx, door, rows))

    def visible(self, role: Role) -> int:
        return self.door(role).folder.total


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.store.close_now()


def test_strangers_become_messages_with_their_fields(desk: Desk) -> None:
    arrived = desk.take(desk.door(), stranger(1, 10), stranger(2, 11, flags=Flags.SEEN))
    rows = desk.run(lambda tx: tx.messages.summaries(arrived.new))
    assert [(row.subject, row.sender, row.flags) for row in rows] == [
        ("letter 1", (Address("Ada", "ada@example.org"),), Flags.NONE),
        ("letter 2", (Address("Ada", "ada@example.org"),), Flags.SEEN),
    ]
    inbox = desk.door().folder
    assert (inbox.total, inbox.unread) == (2, 1)


def test_a_known_uid_only_brings_its_flags(desk: Desk) -> None:
    desk.take(desk.door(), stranger(1, 10))
    again = desk.take(desk.door(), stranger(1, 10, flags=Flags.STARRED))
    assert again.new == ()
    assert desk.visible(Role.INBOX) == 1
    inbox = desk.door().folder.id
    assert desk.run(lambda tx: tx.copies.uids(inbox))[10].flags is Flags.STARRED


def test_an_upload_whose_answer_was_lost_is_recognised(desk: Desk) -> None:
    """Rule (b): a stranger with the key of a row that awaits a copy in this folder is that row's copy."""
    sent = desk.door(Role.SENT)
    own = desk.take(sent, stranger(1, 0)).new[0]
    arrived = desk.take(sent, stranger(1, 77))
    assert (arrived.new, arrived.recognised) == ((), 1)
    assert desk.run(lambda tx: tx.messages.facts(own)).uid == 77
    assert desk.run(lambda tx: tx.difference.for_account(desk.account.id, NOW + 10)) == []


def test_an_upload_is_not_recognised_in_another_folder(desk: Desk) -> None:
    desk.take(desk.door(Role.SENT), stranger(1, 0))
    assert len(desk.take(desk.door(Role.INBOX), stranger(1, 77)).new) == 1


@pytest.mark.parametrize(
    "strangers",
    [
        [stranger(1, 77), stranger(1, 78)],
        [stranger(1, 77, head=header(1, named=False))],
        [Arriving(header(1), 102, NOW, uid=77)],
    ],
    ids=["two with one key", "no Message-ID", "another size"],
)
def test_what_is_ambiguous_is_never_guessed(desk: Desk, strangers: list[Arriving]) -> None:
    sent = desk.door(Role.SENT)
    desk.take(sent, stranger(1, 0))
    arrived = desk.take(sent, *strangers)
    assert len(arrived.new) == len(strangers)
    assert desk.visible(Role.SENT) == len(strangers) + 1


def test_two_rows_with_one_key_are_both_kept(desk: Desk) -> None:
    sent = desk.door(Role.SENT)
    desk.take(sent, stranger(1, 0), stranger(1, 0))
    assert len(desk.take(sent, stranger(1, 77)).new) == 1


def test_a_message_moved_by_another_program_is_followed_with_all_it_has(desk: Desk) -> None:
    """Rule (a): vanished here, turned up there, before anything was forgotten."""
    inbox, archive = desk.door(Role.INBOX), desk.door(Role.ARCHIVE)
    message = desk.take(inbox, stranger(1, 10)).new[0]
    desk.run(lambda tx: tx.messages.set_content([NewContent(message, b"s" * 32, 101, "words", 0)]))
    desk.run(lambda tx: tx.messages.set_flags([message], add=Flags.STARRED))
    desk.run(lambda tx: tx.copies.vanish(inbox.folder.id, [10]))
    assert desk.visible(Role.INBOX) == 0
    assert desk.take(archive, stranger(1, 5, flags=Flags.SEEN)).recognised == 1
    assert desk.run(lambda tx: tx.copies.sweep_vanished(desk.account.id)) == 0
    facts = desk.run(lambda tx: tx.messages.facts(message))
    assert (facts.folder, facts.uid, facts.content) == (archive.folder.id, 5, b"s" * 32)
    assert facts.flags == Flags.STARRED | Flags.SEEN


def test_a_message_deleted_by_another_program_is_forgotten_after_all_folders_were_read(desk: Desk) -> None:
    inbox = desk.door(Role.INBOX)
    desk.take(inbox, stranger(1, 10))
    desk.run(lambda tx: tx.copies.vanish(inbox.folder.id, [10]))
    assert desk.run(lambda tx: tx.copies.sweep_vanished(desk.account.id)) == 1


@pytest.mark.parametrize(
    ("role", "first", "row"),
    [
        (Role.ARCHIVE, False, stranger(1, 10)),
        (Role.JUNK, False, stranger(1, 10)),
        (Role.INBOX, True, stranger(1, 10)),
        (Role.INBOX, False, stranger(1, 10, flags=Flags.SEEN)),
        (Role.INBOX, False, stranger(1, 10, head=header(1, "Me <ME@example.org>"))),
        (Role.INBOX, False, stranger(1, 10, received=NOW - 90 * 86_400)),
    ],
    ids=["another folder", "junk", "first listing", "read elsewhere", "own mail", "old mail"],
)
def test_no_notice_for(desk: Desk, role: Role, first: bool, row: Arriving) -> None:
    desk.take(desk.door(role, first=first), row)
    assert not any(change.arrivals for change in desk.news)


def test_unread_mail_of_somebody_else_in_the_inbox_deserves_a_notice(desk: Desk) -> None:
    arrived = desk.take(desk.door(), stranger(1, 10))
    assert [change.arrivals for change in desk.news if change.arrivals] == [arrived.new]


def test_people_are_remembered_from_where_mail_is_welcome(desk: Desk) -> None:
    desk.take(desk.door(Role.INBOX), stranger(1, 10))
    desk.take(desk.door(Role.JUNK), stranger(2, 11, head=header(2, "Spam <spam@example.org>")))
    desk.take(desk.door(Role.SENT), stranger(3, 12, head=header(3, "Me <me@example.org>")))
    found = desk.run(lambda tx: [tx.contacts.known(who) for who in ("ada@example.org", "spam@example.org")])
    assert found == [Address("Ada", "ada@example.org"), None]


def test_people_of_a_first_listing_are_gathered_for_later(desk: Desk) -> None:
    door = desk.door(first=True)
    desk.take(door, stranger(1, 10), stranger(2, 11))
    assert desk.run(lambda tx: tx.contacts.known("ada@example.org")) is None
    assert list(door.people.slices()) == [[Address("Ada", "ada@example.org")] * 2]
    crowd = People()
    crowd.found.update(Address("", f"{number}@x") for number in range(1_200))
    assert [len(part) for part in crowd.slices()] == [500, 500, 200]


def test_the_key_needs_a_message_id_and_tells_dates_and_sizes_apart() -> None:
    assert key_of("", 1, 2) == b""
    assert len({key_of("<a@x>", 1, 2), key_of("<a@x>", 1, 3), key_of("<a@x>", 2, 2), key_of("<b@x>", 1, 2)}) == 4
    assert key_of("<a@x>", 1, 2) == key_of("<a@x>", 1, 2)
    assert key_of("<\udc80@x>", 1, 2)
