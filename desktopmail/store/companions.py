"""The files of a profile belong together: one that is missing beside the other was lost, and is not begun anew."""

from __future__ import annotations

import contextlib
from pathlib import Path

import apsw

from desktopmail.store.database import CONTENT, MAGIC, MAIL, connect, stored_version
from desktopmail.store.failures import missing

REPAIRED = ".repaired"
"""Ending of a file that is whole, and about to take the place of a damaged one."""


def refuse_incomplete(folder: Path) -> None:
    """Raise StoreDamaged when mail.db or content.db is missing or empty and the other one shows that it was not always
    so, or when a repair was not finished. To be called before anything is opened for writing."""
    for name in (MAIL, CONTENT):
        if not (folder / name).exists() and (folder / (name + REPAIRED)).exists():
            raise missing(name, "a repair was interrupted")
    if is_empty(folder / MAIL) and _holds(folder / CONTENT, "SELECT EXISTS (SELECT 1 FROM content)"):
        raise missing(MAIL, f"{CONTENT} holds messages")
    if is_empty(folder / CONTENT) and _holds(
        folder / MAIL, "SELECT EXISTS (SELECT 1 FROM message WHERE content <> x'')"
    ):
        raise missing(CONTENT, f"{MAIL} names messages in it")


def is_empty(path: Path) -> bool:
    """Whether there is no file, one without a byte, or a database without tables, as is left when its log is deleted.
    Beside a file without a byte SQLite would throw the log away."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with path.open("rb") as file:
        begins = file.read(len(MAGIC))
    return begins == MAGIC and stored_version(path) == 0


def _holds(path: Path, question: str) -> bool:
    """Whether a file has something in it; one that cannot be read may have."""
    if is_empty(path):
        return False
    try:
        with contextlib.closing(connect(path)) as db:  # only who may write can take back what was broken off
            return bool(db.execute(question).get)
    except apsw.SQLError:  # made, and never filled with tables
        return False
    except apsw.Error:
        return True
