"""A profile to test with: opened on real files, driven without an event loop of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import apsw

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security, SmtpServer
from desktopmail.domain.address import Address
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.engine.library import Library
from desktopmail.store.rows import NewMessage
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

T = TypeVar("T")
ENDPOINT = Endpoint("mail.example.org", 993, Security.TLS, "ada")
IMAP = NewAccount("ada@example.org", "Work", "Ada Lovelace", ImapServer(ENDPOINT), SmtpServer(ENDPOINT))
LOCAL = NewAccount("bob@example.org", "Home", "Bob", None, None)


class Desk:
    """One open profile with one IMAP account whose folders are on the server."""

    def __init__(self, folder: Path, runner: asyncio.Runner) -> None:
        self.folder = folder
        self._runner = runner
        self.store = Store.open(folder)
        self.news: list[ChangeSet] = []
        self.store.subscribe(self.news.append)
        self.library = Library(self.store)
        known = self.library.accounts()
        self.account = known[0].id if known else self.write(lambda tx: tx.accounts.add(IMAP))
        if not known:
            for one in self.library.folders():
                if one.role is not Role.OUTBOX:
                    self.adopt("INBOX" if one.role is Role.INBOX else one.name, one.role)
        self.news.clear()

    def adopt(self, name: str, role: Role = Role.NONE) -> FolderId:
        return self.write(lambda tx: tx.folders.adopt(self.account, name, name, role, "/", ()))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def write(self, fn: Callable[[Transaction], T], *, durable: bool = False) -> T:
        return self.run(self.store.write(fn, durable=durable))

    def read(self, fn: Callable[[Transaction], T]) -> T:
        return self.run(self.store.read(fn))

    def folder_of(self, role: Role) -> FolderId:
        return self.folder_row(role).id

    def folder_row(self, role: Role) -> Folder:
        return next(one for one in self.library.folders() if one.role is role)

    def new(self, number: int, folder: FolderId | None = None, **changes: Any) -> NewMessage:
        """A message that tells its number in every field; with a UID unless told otherwise."""
        row = NewMessage(
            account=self.account,
            folder=folder or self.folder_of(Role.INBOX),
            key=f"key-{number}".encode(),
            message_id=f"<{number}@example.org>",
            date=1_700_000_000 + number,
            received=1_700_000_000 + number,
            sender=(Address("Grace Hopper", "grace@example.org"),),
            to=(Address("Ada Lovelace", "ada@example.org"),),
            subject=f"Subject {number}",
            preview="What it begins with",
            size=1000 + number,
            uid=number,
        )
        return row._replace(**changes)

    def put(self, *rows: NewMessage) -> list[MessageId]:
        return self.write(lambda tx: tx.messages.insert(rows))

    def close(self) -> None:
        self.run(self.store.close())

    def sql(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """An answer straight from the file, past all code under test."""
        db = apsw.Connection(str(self.folder / "mail.db"), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            return list(db.execute(question, values))
        finally:
            db.close()


def counts_are_right(desk: Desk) -> bool:
    """Whether the folders' counts are what counting gives."""
    wrong = desk.sql(
        "SELECT f.id, f.total, f.unread, count(m.id), coalesce(sum(m.flags & 1 = 0), 0) FROM folder AS f"
        " LEFT JOIN message AS m ON m.folder = f.id AND m.hidden = 0 GROUP BY f.id"
        " HAVING f.total <> count(m.id) OR f.unread <> coalesce(sum(m.flags & 1 = 0), 0)"
    )
    assert wrong == []
    return True
