"""A profile with one POP3 account whose server is a mailbox in memory, visited by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Account, Endpoint, Leave, NewAccount, Pop3Server, Security
from desktopmail.domain.activity import Activity
from desktopmail.domain.errors import MailError
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.message import Summary
from desktopmail.engine.activity import SyncReport, Teller
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.engine.runner import Runner
from desktopmail.protocols import transport
from desktopmail.store.ledger_rows import Entry
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction
from tests.fakes.pop3_mailbox import MailboxLine, Pop3Mailbox

T = TypeVar("T")
FOREVER = Leave()
ENDPOINT = Endpoint("pop.test", 995, Security.NONE, "ada")
Line = Callable[[], MailboxLine]


def letter(number: int, words: str = "", *, named: bool = True) -> bytes:
    """A message of its own, with lines that begin with a dot."""
    name = f"Message-ID: <{number}@pop.test>\r\n" if named else ""
    return (
        f"Received: from there by here; Fri, 02 Jan 2026 10:00:{number % 60:02} +0000\r\n"
        f"From: Grace <grace@example.org>\r\nTo: ada@example.org\r\nSubject: letter {number} {words}\r\n{name}"
        f"Date: Thu, 01 Jan 2026 10:{number // 60 % 60:02}:{number % 60:02} +0000\r\n\r\n"
        f".begins with a dot\r\n..{number}\r\n{'x' * (number * 37 % 300)}\r\n"
    ).encode()


def letters(count: int) -> list[bytes]:
    return [letter(number) for number in range(1, count + 1)]


class PopDesk:
    """One account on one mailbox. `line` makes the connection of the next sign-in."""

    def __init__(self, folder: Path, box: Pop3Mailbox, leave: Leave = FOREVER, max_size: int = 0) -> None:
        self.box = box
        self.line: Line = box.line
        self.said: list[Activity] = []
        self._loop = asyncio.Runner()
        self.store = Store.open(folder)
        new = NewAccount("ada@example.org", "Ada", "Ada", Pop3Server(ENDPOINT, leave, max_size), None)

        def first(tx: Transaction) -> AccountId:
            return tx.accounts.all()[0].id if tx.accounts.all() else tx.accounts.add(new)

        try:
            number = self.write(first)
        except MailError:
            self.close()
            raise
        self.account: Account = self.read(lambda tx: tx.accounts.get(number))
        self.passwords = Memory()
        self.run(self.passwords.set(self.account, "incoming", "secret"))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        async def limited() -> T:
            async with asyncio.timeout(60):
                return await work

        return self._loop.run(limited())

    def write(self, fn: Callable[[Transaction], T]) -> T:
        return self.run(self.store.write(fn))

    def read(self, fn: Callable[[Transaction], T]) -> T:
        return self.run(self.store.read(fn))

    def leave(self, leave: Leave, max_size: int = 0) -> None:
        """Another rule from now on."""
        self.account = replace(self.account, incoming=Pop3Server(ENDPOINT, leave, max_size))
        self.write(lambda tx: tx.accounts.update(self.account))

    def remote(self) -> Pop3Remote:
        return Pop3Remote(self.account, self.store, self.passwords, Teller(self.account.id, self.said.append))

    def runner(self, remote: Pop3Remote) -> Runner:
        return Runner(self.account, remote, self.store, Teller(self.account.id, self.said.append))

    def sync(self, *, headers_only: bool = False) -> SyncReport:
        """One round, as the command line does it."""

        async def once() -> SyncReport:
            return await self.runner(self.remote()).sync_once(headers_only=headers_only)

        return self.run(once())

    def clean_sync(self) -> SyncReport:
        report = self.sync()
        assert report.problems == ()
        return report

    # What is here.

    def folder(self, role: Role = Role.INBOX) -> Folder:
        found = self.read(lambda tx: tx.folders.by_role(self.account.id, role))
        assert found is not None
        return found

    def rows(self, role: Role = Role.INBOX) -> list[Summary]:
        """What a folder shows, newest first."""
        place = self.folder(role).id
        with contextlib.closing(self.store.reader()) as reader:
            ids = [MessageId(one) for one in reader.ids(place, False)]
        return self.read(lambda tx: tx.messages.summaries(ids))

    def ids(self) -> list[MessageId]:
        return [row.id for row in self.rows()]

    def raws(self) -> list[bytes]:
        """The bytes of everything whole that the Inbox shows."""
        found = []
        for row in self.rows():
            sha = self.read(lambda tx, row=row: tx.messages.facts(row.id).content)  # type: ignore[misc]
            raw = self.run(self.store.raw(sha)) if sha else None
            if raw is not None:
                found.append(raw)
        return found

    def entries(self) -> dict[str, Entry]:
        """The ledger by UIDL."""
        known = self.read(lambda tx: tx.ledger.known(self.account.id))
        names = [*known.there, *known.gone]
        return {each.uidl: each for each in self.read(lambda tx: tx.ledger.lines(self.account.id, names))}

    def age(self, days: float) -> None:
        """Let time pass for everything that is stored."""

        def work(tx: Transaction) -> None:
            tx._db.execute("UPDATE pop3_copy SET stored_at = stored_at - ?", (int(days * 86_400),))

        self.write(work)

    def close(self) -> None:
        self.run(self.store.close())
        self._loop.close()


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., PopDesk]]:
    """Makes desks: `desks(letters(5), leave=…, offered=…)`. Every connection leads to the desk's own mailbox, but for
    those to a server of the test's own on this computer."""
    made: list[PopDesk] = []

    def make(mails: Iterable[bytes] | Pop3Mailbox, leave: Leave = FOREVER, max_size: int = 0, **quirks: Any) -> PopDesk:
        box = mails if isinstance(mails, Pop3Mailbox) else Pop3Mailbox.of(mails, **quirks)
        desk = PopDesk(tmp_path / f"profile{len(made)}", box, leave, max_size)
        made.append(desk)
        return desk

    real = transport.connect

    async def connect(endpoint: Endpoint, factory: Callable[[], T], **more: Any) -> tuple[Any, T]:
        if endpoint.host == "localhost":
            return await real(endpoint, factory, **more)  # type: ignore[type-var]
        protocol = factory()
        line = made[-1].line()
        line.connect(protocol)  # type: ignore[arg-type]
        return line, protocol

    monkeypatch.setattr("desktopmail.protocols.transport.connect", connect)
    yield make
    for desk in made:
        desk.close()
