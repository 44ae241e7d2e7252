"""The writing end of one database: transactions, foreign errors mapped, no trust in a file that failed to sync."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import apsw

from desktopmail.domain.errors import MailError, StoreDamaged, StoreFailed
from desktopmail.store import database
from desktopmail.store.failures import NO_ROOM, known, mapped, refused, unusable
from desktopmail.store.migrations import Step
from desktopmail.store.names import settle

T = TypeVar("T")
SYNCING = (apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC)
"""A sync that failed, be it for want of room, is not tried again on the same connection."""


def nothing() -> None:
    """Do nothing."""


class Writer:
    """One connection that only one thread uses after it was opened.

    After an input or output error nobody knows which pages reached the disk, and a second sync would say that all is
    well: the connection is closed without touching the file, which is opened and checked anew before the next use, with
    everything in its log brought into the database. After damage was found every further use fails.
    """

    def __init__(self, path: Path, steps: tuple[Step, ...], *, durable: bool) -> None:
        """Raises StoreTooNew, StoreDamaged, DiskFull, StoreFailed."""
        self._path = path
        self._steps = steps
        self._durable = durable
        self._attached: list[tuple[Path, str]] = []
        self._damage: StoreDamaged | None = None
        self._named = False
        self._trouble: StoreFailed | None = None
        self._pages = 0
        self._db: apsw.Connection | None = self._opened()

    def attach(self, path: Path, name: str) -> None:
        """Make another database readable under `name`."""
        self._attached.append((path, name))
        self._connection().execute(f"ATTACH ? AS {name}", (f"{path.absolute().as_uri()}?mode=ro",))

    def transact(
        self, fn: Callable[[apsw.Connection], T], *, durable: bool = False, committed: Callable[[], object] = nothing
    ) -> T:
        """The value of `fn(db)` in a committed transaction; `durable` syncs this commit and with it all before, also
        when `fn` changes nothing. `committed` is called as soon as it stands, before the log is written back."""
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
            if (durable or self._durable) and not self._named:
                self._settle_names(db)
            committed()
            if self._pages >= database.WAL_PAGES:
                self._shorten_log(db)
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
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            raise trouble
        if self._db is None:
            with ExitStack() as undone:
                db = self._opened()
                undone.callback(self._drop, db)
                self._empty_log(db)
                for path, name in self._attached:
                    db.execute(f"ATTACH ? AS {name}", (f"{path.absolute().as_uri()}?mode=ro",))
                undone.pop_all()
            self._db = db
        return self._db

    def _opened(self) -> apsw.Connection:
        """The connection, and a count of the pages in its log."""
        db = database.open_database(self._path, self._steps, durable=self._durable)
        db.set_wal_hook(self._grown)
        return db

    def _grown(self, db: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _shorten_log(self, db: apsw.Connection) -> None:
        """What SQLite does by itself, but for its silence about errors. What was committed stands; who comes next is
        told of the error, and after that the file is opened and checked anew."""
        try:
            db.wal_checkpoint("main", mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            if self._pages * int(db.pragma("page_size")) > database.LOG_LIMIT:
                self._cut_log(db)
        except (apsw.BusyError, apsw.FullError):
            return
        except apsw.Error as error:
            self._drop(db)
            self._trouble = unusable(self._path, f"{type(error).__name__}: {error}")

    def _cut_log(self, db: apsw.Connection) -> None:
        """A large message leaves a log of its size: the room is given back at once, unless somebody reads just now."""
        db.set_busy_timeout(0)
        try:
            db.wal_checkpoint("main", mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        finally:
            db.set_busy_timeout(database.BUSY_MILLISECONDS)

    def _empty_log(self, db: apsw.Connection) -> None:
        """Write everything that was in the log when a sync failed into the database itself, and begin the log anew:
        what is added to it later must not stand behind pages that never reached the disk."""
        with mapped(db, self._path):
            busy, _, _ = db.execute("PRAGMA main.wal_checkpoint(TRUNCATE)").get
        if busy:
            raise unusable(self._path, "its log is in use")

    def _settle_names(self, db: apsw.Connection) -> None:
        """After the first synced commit: the names of the files are safe, too. SQLite passes over errors there."""
        try:
            settle(self._path.parent)
        except OSError as error:
            self._drop(db)
            raise refused(error, self._path) from error
        self._named = True

    def _drop(self, db: apsw.Connection) -> None:
        database.abandon(db)
        self._db = None

    def _failed(self, db: apsw.Connection, error: apsw.Error) -> MailError:
        found = known(error, self._path, db.system_errno)
        if isinstance(found, StoreDamaged):
            self._damage = found
        if isinstance(error, apsw.IOError) and (
            db.system_errno not in NO_ROOM or getattr(error, "extendedresult", 0) in SYNCING
        ):
            self._drop(db)
        return found


def sqlite_version() -> str:
    """The version of the SQLite that is compiled in."""
    return apsw.sqlite_lib_version()
