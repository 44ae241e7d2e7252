"""Opens one SQLite file: version check before anything is touched, verified pragmas, migrations, quick check."""

from __future__ import annotations

import os
import struct
import time
from contextlib import ExitStack
from pathlib import Path

import apsw

from desktopmail.domain.errors import StoreFailed, StoreTooNew
from desktopmail.domain.saying import phrase
from desktopmail.store.failures import damaged, mapped
from desktopmail.store.migrations import Step, major
from desktopmail.store.names import settle

MAIL, CONTENT, SEARCH = "mail.db", "content.db", "search.db"
MAGIC = b"SQLite format 3\x00"
CLEAN_CHECK_SECONDS = 0.01
SUSPICIOUS_CHECK_SECONDS = 1.0
WAL_PAGES = 4000
LOG_LIMIT = 64 << 20
"""Bytes of a log that are kept for what comes next; what is beyond is given back."""
BUSY_MILLISECONDS = 10_000


def stored_version(path: Path) -> int:
    """The highest user_version found in a database file and in its write-ahead log, read without SQLite.

    SQLite would create -wal and -shm files beside the database; a file of a newer version must stay as it is.
    0 when there is no file or no version.
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return 0
    if len(header) < 100 or not header.startswith(MAGIC):
        return 0
    version: int = struct.unpack_from(">i", header, 60)[0]
    return max(version, _version_in_log(path.with_name(path.name + "-wal")))


def _version_in_log(path: Path) -> int:
    """The highest user_version among the frames of page 1 in a write-ahead log (file format, section 4)."""
    newest = 0
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return 0
    with file:
        head = file.read(32)
        if len(head) < 32:
            return 0
        _, _, page_size, _, salt1, salt2 = struct.unpack_from(">6I", head)
        while len(frame := file.read(24)) == 24:
            number, _, one, two = struct.unpack_from(">4I", frame)
            if (one, two) != (salt1, salt2):
                break
            if number == 1:
                page = file.read(page_size)
                if len(page) >= 64:
                    newest = max(newest, struct.unpack_from(">i", page, 60)[0])
            else:
                file.seek(page_size, os.SEEK_CUR)
    return newest


def refuse_newer(path: Path, steps: tuple[Step, ...]) -> None:
    """Raise StoreTooNew when the file was written by a newer major version; reads, never writes. Raises StoreFailed
    when it cannot be read."""
    try:
        version = stored_version(path)
    except OSError as error:
        raise cannot_open(path, error) from error
    if major(version) > major(steps[-1].version):
        raise StoreTooNew(
            phrase("This profile was written by a newer version of the program"),
            phrase("Nothing was changed. Use the newer version, or choose another profile."),
            f"{path.name} has version {version}, this program knows {steps[-1].version}",
        )


def cannot_open(path: Path, error: Exception) -> StoreFailed:
    """The one wording for a file that the system does not give out."""
    return StoreFailed(
        phrase("The profile cannot be opened"), phrase("{0} cannot be read and written.", path), str(error)
    )


def connect(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """A connection with the settings every connection here has. SQLite's own errors pass through."""
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    flags |= apsw.SQLITE_OPEN_EXRESCODE | apsw.SQLITE_OPEN_URI
    db = apsw.Connection(str(path.absolute()), flags=flags, statementcachesize=256)
    db.set_busy_timeout(BUSY_MILLISECONDS)
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    db.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    db.pragma("cell_size_check", True)
    db.pragma("foreign_keys", True)
    db.pragma("temp_store", 2)
    if read_only:
        db.pragma("query_only", True)
    return db


def open_database(path: Path, steps: tuple[Step, ...], *, durable: bool) -> apsw.Connection:
    """The writing connection to `path`, brought to the newest version.

    `durable` syncs at every commit, else only at checkpoints. Raises StoreTooNew, StoreDamaged, DiskFull, StoreFailed.
    """
    refuse_newer(path, steps)
    _refuse_foreign(path)
    suspicious = _left_open(path)
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        db = connect(path)
    except (apsw.Error, OSError) as error:
        raise cannot_open(path, error) from error
    with ExitStack() as undone:
        undone.callback(abandon, db)
        with mapped(db, path):
            _set_journal(db, path, durable=durable)
            quick_check(db, path, SUSPICIOUS_CHECK_SECONDS if suspicious else CLEAN_CHECK_SECONDS)
            migrate(db, path, steps)
        undone.pop_all()
    return db


def abandon(db: apsw.Connection) -> None:
    """Close a connection whose file is not to be trusted, without the checkpoint that closing brings."""
    db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    db.close(True)


def _refuse_foreign(path: Path) -> None:
    """Raise StoreDamaged for a file that is not a database or shorter than its own header says. While the journal of
    a broken transaction lies beside it, SQLite has to put the file right first and judges it then."""
    if not path.exists() or path.stat().st_size == 0 or _broken_off(path):
        return
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(MAGIC):
        raise damaged(path.name, "the header is not that of a database")
    page_size = struct.unpack_from(">H", header, 16)[0]
    pages = struct.unpack_from(">I", header, 28)[0]
    if path.stat().st_size < pages * (65536 if page_size == 1 else page_size) and not _left_open(path):
        raise damaged(path.name, "the file is shorter than its header says")


def _broken_off(path: Path) -> bool:
    journal = path.with_name(path.name + "-journal")
    return journal.exists() and journal.stat().st_size > 0


def _left_open(path: Path) -> bool:
    """Whether the last program that had the file open was not able to close it."""
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def page_size_of(path: Path) -> int:
    """Bytes per page of the databases made here: larger where bulky values are stored."""
    return 16384 if path.name.startswith(CONTENT) else 4096


def _set_journal(db: apsw.Connection, path: Path, *, durable: bool) -> None:
    if db.pragma("journal_mode") != "wal":
        db.pragma("page_size", page_size_of(path))
    mode = db.pragma("journal_mode", "wal")
    if mode != "wal":
        raise StoreFailed(
            phrase("The profile cannot be kept there"),
            phrase(
                "The disk that holds {0} does not support what a mail database needs. Choose a local disk.", path.parent
            ),
            f"journal_mode is {mode}",
        )
    db.pragma("synchronous", 2 if durable else 1)
    db.pragma("wal_autocheckpoint", WAL_PAGES)
    db.pragma("journal_size_limit", LOG_LIMIT)
    db.pragma("cache_size", -65536 if path.name == MAIL else -16384)
    if db.pragma("synchronous") != (2 if durable else 1) or db.pragma("foreign_keys") != 1:
        raise StoreFailed(phrase("The profile cannot be opened"), phrase("{0} did not take its settings.", path.name))


def quick_check(db: apsw.Connection, path: Path, seconds: float) -> None:
    """Look for damage for at most `seconds`; what was not reached in time counts as sound. Raises StoreDamaged."""
    deadline = time.monotonic() + seconds
    db.set_progress_handler(lambda: time.monotonic() > deadline, 2000)
    try:
        found = db.pragma("quick_check", 1)
    except apsw.InterruptError:
        return
    except apsw.CorruptError as error:
        raise damaged(path.name, str(error)) from error
    finally:
        db.set_progress_handler(None)
    if found != "ok":
        raise damaged(path.name, str(found))


def migrate(db: apsw.Connection, path: Path, steps: tuple[Step, ...]) -> None:
    """Bring the schema to the newest version, each step in one synced transaction, after a copy of an older file."""
    version = db.pragma("user_version")
    if version > 0 and version < steps[-1].version:
        _keep_copy(db, path.with_name(f"{path.name}.before-{steps[-1].version}"))
    for step in steps:
        if step.version <= version:
            continue
        level = db.pragma("synchronous")
        db.pragma("synchronous", 2)
        with db:
            db.execute(step.sql)
            db.pragma("user_version", step.version)
        db.pragma("synchronous", level)


def _keep_copy(db: apsw.Connection, copy: Path) -> None:
    """A verified copy of the database as it is, safe on the disk; one that is there already is left alone."""
    if copy.exists():
        settle(copy.parent)
        return
    draft = copy.with_name(copy.name + ".part")
    draft.unlink(missing_ok=True)
    db.execute("VACUUM INTO ?", (str(draft),))
    draft.chmod(0o600)
    check = connect(draft, read_only=True)
    try:
        sound = check.pragma("quick_check", 1) == "ok"
    finally:
        check.close()
    if not sound:
        raise damaged(copy.name, "the copy made before the upgrade is not sound")
    draft.rename(copy)
    settle(copy.parent)


def keep_aside(path: Path) -> Path:
    """Rename a database that must not be used any more, with its log; nothing is overwritten. Its new path."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    number = 0
    while (aside := path.with_name(f"{path.name}.damaged-{stamp}{f'-{number}' if number else ''}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    settle(path.parent)
    return aside
