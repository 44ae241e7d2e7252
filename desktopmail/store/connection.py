"""The writing end of one database: transactions, foreign errors mapped, no trust in a file that failed to sync."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from desktopmail.domain.errors import MailError, StoreDamaged
from desktopmail.store.database import open_database
from desktopmail.store.failures import NO_ROOM, known
from desktopmail.store.migrations import Step

T = TypeVar("T")


class Writer:
    """One connection that only one thread uses after it was opened.

    After an input or output error nobody knows which pages reached the disk: the connection is closed, and the file
    opened and checked anew before the next use. After damage was found every further use fails.
    """

    def __init__(self, path: Path, steps: tuple[Step, ...], *, durable: bool) -> None:
        """Raises StoreTooNew, StoreDamaged, DiskFull, StoreFailed."""
        self._path = path
        self._steps = steps
        self._durable = durable
        self._attached: list[tuple[Path, str]] = []
        self._damage: StoreDamaged | None = None
        self._db: apsw.Connection | None = open_database(path, steps, durable=durable)

    def attach(self, path: Path, name: str) -> None:
        """Make another database readable under `name`."""
        self._attached.append((path, name))
        self._connection().execute(f"ATTACH ? AS {name}", (f"{path.absolute().as_uri()}?mode=ro",))

    def transact(self, fn: Callable[[apsw.Connection], T], *, durable: bool = False) -> T:
        """The value of `fn(db)` in a committed transaction; `durable` syncs this commit and with it all before, also
        when `fn` changes nothing."""
        db = self._connection()
        sync = durable and not self._durable
        try:
            if sync:
                db.pragma("synchronous", 2)
            db.execute("BEGIN")
            before = db.total_changes()
            value = fn(db)
            if sync and db.total_changes() == before:
                db.pragma("user_version", db.pragma("user_version"))  # a commit without a page to write is not synced
            db.execute("COMMIT")
        except apsw.Error as error:
            raise self._failed(db, error) from error
        finally:
            if self._db is not None:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                if sync:
                    db.pragma("synchronous", 1)
        return value

    def read(self, fn: Callable[[apsw.Connection], T]) -> T:
        """The value of `fn(db)` in a transaction that is not kept."""
        db = self._connection()
        try:
            db.execute("BEGIN")
            return fn(db)
        except apsw.Error as error:
            raise self._failed(db, error) from error
        finally:
            if self._db is not None and db.in_transaction:
                db.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file. Harmless when done twice."""
        if self._db is not None:
            self._db.close(True)
            self._db = None

    def _connection(self) -> apsw.Connection:
        if self._damage is not None:
            raise self._damage
        if self._db is None:
            self._db = open_database(self._path, self._steps, durable=self._durable)
            for path, name in self._attached:
                self._db.execute(f"ATTACH ? AS {name}", (f"{path.absolute().as_uri()}?mode=ro",))
        return self._db

    def _failed(self, db: apsw.Connection, error: apsw.Error) -> MailError:
        found = known(error, self._path, db.system_errno)
        if isinstance(found, StoreDamaged):
            self._damage = found
        if isinstance(error, apsw.IOError) and db.system_errno not in NO_ROOM:
            self.close()
        return found


def sqlite_version() -> str:
    """The version of the SQLite that is compiled in."""
    return apsw.sqlite_lib_version()
