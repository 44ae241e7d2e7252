"""Turns SQLite's exceptions into errors a person can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from desktopmail.domain.errors import DiskFull, MailError, StoreDamaged, StoreFailed
from desktopmail.domain.saying import phrase

NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))


def disk_full(log: str) -> DiskFull:
    """The one wording for a disk without room."""
    return DiskFull(
        phrase("The disk is full"),
        phrase("Nothing that was stored is lost. Free some space; work continues by itself afterwards."),
        log,
    )


def damaged(file: str, log: str) -> StoreDamaged:
    """The one wording for a database that failed its check; the file stays where it is."""
    return StoreDamaged(
        phrase("The mail database {0} is damaged", file),
        phrase(
            "The damaged file is kept as it is. Repair the profile to bring back everything that can still be read."
        ),
        log,
    )


def missing(file: str, log: str) -> StoreDamaged:
    """The one wording for a database that was there and is not any more."""
    return StoreDamaged(
        phrase("The mail database {0} is missing", file),
        phrase(
            "Nothing was changed. Put the file back if you can, or repair the profile: what is left will be gathered."
        ),
        log,
    )


def unusable(path: Path, log: str) -> StoreFailed:
    """The one wording for a database that the disk does not read or write."""
    return StoreFailed(
        phrase("The profile cannot be used right now"),
        phrase("The database {0} could not be read or written. Nothing that was stored before is lost.", path.name),
        log,
    )


def known(error: apsw.Error, path: Path, system_errno: int) -> MailError:
    """The error to raise instead of `error`, which came from the database at `path`."""
    log = f"{type(error).__name__}: {error}"
    if isinstance(error, apsw.FullError) or (isinstance(error, apsw.IOError) and system_errno in NO_ROOM):
        return disk_full(log)
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return damaged(path.name, log)
    return unusable(path, log)


def refused(error: OSError, path: Path) -> MailError:
    """The error to raise instead of one of the system, which came from work on the file at `path`."""
    return disk_full(str(error)) if error.errno in NO_ROOM else unusable(path, str(error))


@contextmanager
def mapped(db: apsw.Connection, path: Path) -> Iterator[None]:
    """Raise known errors in place of SQLite's and the system's."""
    try:
        yield
    except OSError as error:
        raise refused(error, path) from error
    except apsw.Error as error:
        raise known(error, path, db.system_errno) from error
