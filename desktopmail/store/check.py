"""Looks for damage in a profile without changing it: the three files, every content hash, every count and reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from desktopmail.domain.errors import StoreDamaged
from desktopmail.store.content import read_content
from desktopmail.store.database import CONTENT, MAIL, SEARCH, connect

MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found. `damaged` names files whose structure is broken, `bad` contents whose bytes are not what
    was stored, `missing` messages whose bytes ought to be here and are not; `findings` says all of it in words."""

    findings: tuple[str, ...]
    damaged: tuple[str, ...]
    bad: tuple[bytes, ...]
    missing: tuple[int, ...]
    messages: int
    contents: int

    @property
    def sound(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings


def check_profile(folder: Path) -> CheckReport:
    """Check a profile, also while it is in use. Takes as long as reading all of it does."""
    findings: list[str] = []
    damaged = []
    for name in (MAIL, CONTENT, SEARCH):
        found = list(_structure(folder / name))
        if found:
            damaged.append(name)
            findings += [f"{name}: {one}" for one in found]
    shas: set[bytes] = set()
    bad: list[bytes] = []
    if CONTENT not in damaged:
        shas, bad = _contents(folder / CONTENT)
        findings += [f"{CONTENT}: {sha.hex()} is not what was stored" for sha in bad]
    messages = 0
    missing: list[int] = []
    if MAIL not in damaged:
        db = connect(folder / MAIL, read_only=True)
        try:
            messages = int(db.execute("SELECT count(*) FROM message").get)
            findings += list(_mail(db))
            if CONTENT not in damaged:
                missing = list(_missing(db, shas.difference(bad)))
                findings += [f"{MAIL}: the bytes of message {one} are missing" for one in missing]
        finally:
            db.close()
    return CheckReport(tuple(findings), tuple(damaged), tuple(bad), tuple(missing), messages, len(shas))


def _structure(path: Path) -> Iterator[str]:
    try:
        db = connect(path, read_only=True)
    except apsw.Error as error:
        yield str(error)
        return
    try:
        for (found,) in db.execute(f"PRAGMA integrity_check({MOST_FINDINGS})"):
            if found != "ok":
                yield str(found)
    except apsw.Error as error:
        yield str(error)
    finally:
        db.close()


def _contents(path: Path) -> tuple[set[bytes], list[bytes]]:
    """Every content there is, and those whose bytes are wrong."""
    db = connect(path, read_only=True)
    try:
        shas = {sha for (sha,) in db.execute("SELECT sha FROM content")}
        return shas, [sha for sha in sorted(shas) if not content_is_sound(db, sha)]
    finally:
        db.close()


def content_is_sound(db: apsw.Connection, sha: bytes) -> bool:
    """Whether a content can be read and has the hash it is stored under."""
    try:
        return read_content(db, sha) is not None
    except (StoreDamaged, apsw.CorruptError):
        return False


def _mail(db: apsw.Connection) -> Iterator[str]:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield f"{MAIL}: row {row} of {table} belongs to a {parent} that is not there"
    for folder, total, unread, true_total, true_unread in db.execute(
        "SELECT f.id, f.total, f.unread, count(m.id), coalesce(sum(m.flags & 1 = 0), 0) FROM folder AS f"
        " LEFT JOIN message AS m ON m.folder = f.id AND m.hidden = 0 GROUP BY f.id"
    ):
        if (total, unread) != (true_total, true_unread):
            yield f"{MAIL}: folder {folder} counts {total}/{unread}, it has {true_total}/{true_unread}"


def _missing(db: apsw.Connection, sound: set[bytes]) -> Iterator[int]:
    for message, content in db.execute("SELECT id, content FROM message WHERE content <> x''"):
        if content not in sound:
            yield message
