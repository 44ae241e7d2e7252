"""A profile that another window or command has open: everything can be read, nothing written."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import apsw

from desktopmail.domain.errors import NotFound, ProfileInUse, StoreFailed
from desktopmail.domain.saying import phrase
from desktopmail.store.connection import nothing
from desktopmail.store.content import Content
from desktopmail.store.database import CONTENT, MAIL, connect, refuse_newer
from desktopmail.store.failures import mapped
from desktopmail.store.migrations import STEPS
from desktopmail.store.notes import Notes
from desktopmail.store.store import Store
from desktopmail.store.text import TextIndex
from desktopmail.store.transaction import Transaction
from desktopmail.store.worker import Worker

T = TypeVar("T")


class Visitor(Store):
    """A store for reading beside the one that has the lock. Whatever would change something raises ProfileInUse;
    changes of others are seen but not announced."""

    visiting = True

    def __init__(self, folder: Path) -> None:
        """Blocking. Raises NotFound, StoreTooNew, StoreFailed."""
        if not (folder / MAIL).exists():
            raise NotFound(phrase("There is no profile"), phrase("{0} holds no mail.", folder))
        for name, steps in STEPS.items():
            refuse_newer(folder / name, steps)
        self.folder = folder
        self._subscribers = []
        self._readers = []
        self._closed = False
        try:
            self._db = connect(folder / MAIL, read_only=True)
            self._content_reader = connect(folder / CONTENT, read_only=True)
        except apsw.Error as error:
            raise StoreFailed(
                phrase("The profile cannot be read"), phrase("{0} cannot be opened.", folder), str(error)
            ) from error
        self._mail_thread = Worker("store")
        self._raw_thread = Worker("content-reader")

    async def write(self, fn: Callable[[Transaction], T], *, durable: bool = False) -> T:
        """Raises ProfileInUse."""
        _in_use()

    async def content(self, fn: Callable[[Content], T], committed: Callable[[], object] = nothing) -> T:
        """Raises ProfileInUse."""
        _in_use()

    async def text(self, fn: Callable[[TextIndex], T]) -> T:
        """Raises ProfileInUse."""
        _in_use()

    async def read(self, fn: Callable[[Transaction], T]) -> T:
        """The value of `fn(tx)`, as of the last commit before."""
        return await self._on(self._mail_thread).run(lambda: self._look(fn))

    async def close(self) -> None:
        """Close the files. Harmless when done twice."""
        self.close_now()

    def close_now(self) -> None:
        """Like `close`."""
        if self._closed:
            return
        self._closed = True
        for worker in (self._raw_thread, self._mail_thread):
            worker.stop()
        for reader in self._readers:
            reader.close()
        self._content_reader.close(True)
        self._db.close(True)

    def _look(self, fn: Callable[[Transaction], T]) -> T:
        with mapped(self._db, self.folder / MAIL):
            self._db.execute("BEGIN")
            try:
                return fn(Transaction(self._db, Notes(), int(time.time())))
            finally:
                self._db.execute("ROLLBACK")


def _in_use() -> NoReturn:
    raise ProfileInUse(
        phrase("The profile is in use"), phrase("Another window or command has it open. Close it and try again.")
    )
