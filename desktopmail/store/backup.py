"""A consistent copy of a profile while it is in use, and the way back."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import apsw

from desktopmail.domain.backup import LastBackup
from desktopmail.domain.errors import NotFound, Stopped, StoreFailed, WrongUsage
from desktopmail.domain.progress import Part, Progress
from desktopmail.domain.saying import phrase
from desktopmail.store.database import CONTENT, MAIL, SEARCH, connect, quick_check
from desktopmail.store.failures import mapped
from desktopmail.store.names import make_folder, settle, settle_file

PART = ".part"
LAST = "last-backup.json"
STEPS = 20_000
"""How many of its own steps SQLite takes between two looks at whether it is to stop."""
COPYING = 0.7
"""Which part of the work is copying; the rest is reading the copy through."""


def backup_profile(folder: Path, target: Path, progress: Progress | None = None) -> Path:
    """Copy a profile into `target`, a folder that does not exist or is empty. Blocking; may run beside all other work.

    mail.db is copied first: contents are only ever added, so everything it names is in the copy of content.db. No
    secret is in any of the files. When it is stopped it leaves nothing behind. Raises WrongUsage, DiskFull,
    StoreFailed, Stopped.
    """
    progress = progress or Progress()
    try:
        make_folder(target)
        if any(target.iterdir()):
            raise WrongUsage(
                phrase("The folder for the backup is not empty"), phrase("Choose a new or an empty folder.")
            )
        try:
            for name, part in _shares(folder, progress):
                _copy(folder / name, target / (name + PART), part)
        except Stopped:
            for name in (MAIL, CONTENT, SEARCH):
                (target / (name + PART)).unlink(missing_ok=True)
            raise
        for name in (MAIL, CONTENT, SEARCH):
            settle_file(target / (name + PART))
            (target / (name + PART)).rename(target / name)
        settle(target)
    except OSError as error:
        raise StoreFailed(
            phrase("The backup could not be written"), phrase("{0} cannot be written to.", target), str(error)
        ) from error
    note_backup(folder, LastBackup(int(time.time()), str(target.absolute())))
    progress.reached(1.0)
    return target


def last_backup(folder: Path) -> LastBackup | None:
    """When a profile was copied last; None when it never was, or that cannot be read."""
    try:
        found = json.loads((folder / LAST).read_text("utf-8"))
        return LastBackup(int(found["at"]), str(found["place"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_backup(folder: Path, made: LastBackup) -> None:
    """Remember a backup beside the profile's files, where a copy that another program makes can be noted while the
    window is open. What cannot be written down changes nothing about the backup."""
    part = folder / (LAST + PART)
    with contextlib.suppress(OSError):
        part.write_text(json.dumps({"at": made.at, "place": made.place}), "utf-8")
        part.chmod(0o600)
        part.replace(folder / LAST)


def _shares(folder: Path, progress: Progress) -> Iterator[tuple[str, Part]]:
    """Each file with its share of the work, by size."""
    sizes = {name: max(1, (folder / name).stat().st_size) for name in (MAIL, CONTENT, SEARCH)}
    whole, done = sum(sizes.values()), 0
    for name, size in sizes.items():
        yield name, progress.between(done / whole, (done + size) / whole)
        done += size


def restore_profile(source: Path, folder: Path) -> None:
    """Make a profile out of a backup, in a folder that holds none. Raises NotFound, WrongUsage, StoreDamaged,
    StoreFailed."""
    if not (source / MAIL).exists() or not (source / CONTENT).exists():
        raise NotFound(phrase("There is no backup"), phrase("{0} holds no copy of a profile.", source))
    if any((folder / name).exists() for name in (MAIL, CONTENT, SEARCH)):
        raise WrongUsage(
            phrase("There is mail in this profile already"), phrase("Restore into a new or an empty folder.")
        )
    try:
        make_folder(folder)
        for name in (SEARCH, CONTENT, MAIL):
            if (source / name).exists():
                _verify(source / name)
                shutil.copyfile(source / name, folder / (name + PART))
                (folder / (name + PART)).chmod(0o600)
                settle_file(folder / (name + PART))
                (folder / (name + PART)).rename(folder / name)
                settle(folder)
        made = int((source / MAIL).stat().st_mtime)
    except OSError as error:
        raise StoreFailed(
            phrase("The backup could not be restored"), phrase("{0} cannot be written to.", folder), str(error)
        ) from error
    note_backup(folder, LastBackup(made, str(source.absolute())))


def _copy(path: Path, target: Path, progress: Part) -> None:
    """Copy one file and read the copy through."""
    size = max(1, path.stat().st_size)

    def look() -> bool:
        if not progress.stopping:
            progress.reached(COPYING * target.stat().st_size / size if target.exists() else 0.0)
        return progress.stopping

    try:
        db = apsw.Connection(str(path.absolute()), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.Error as error:
        raise StoreFailed(
            phrase("The backup could not be made"), phrase("{0} cannot be read.", path.name), str(error)
        ) from error
    try:
        with mapped(db, path):
            db.set_busy_timeout(10_000)
            db.set_progress_handler(look, STEPS)
            db.execute("VACUUM INTO ?", (str(target.absolute()),))
    except StoreFailed:
        progress.reached(0.0)
        raise
    finally:
        db.close(True)
    target.chmod(0o600)
    progress.reached(COPYING)
    _verify(target)
    progress.reached(1.0)


def _verify(path: Path) -> None:
    """Raises StoreDamaged when a copy is not sound."""
    db = connect(path, read_only=True)
    try:
        with mapped(db, path):
            quick_check(db, path, 600.0)
    finally:
        db.close(True)
