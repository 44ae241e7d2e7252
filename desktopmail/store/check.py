"""Looks for damage in a profile without changing it: the three files, every content hash, every count and reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from desktopmail.domain.errors import StoreDamaged
from desktopmail.domain.progress import Part, Progress
from desktopmail.store.companions import is_empty
from desktopmail.store.content import pour_content
from desktopmail.store.database import CONTENT, MAIL, SEARCH, connect

MOST_FINDINGS = 20
STEPS = 20_000
"""How many of its own steps SQLite takes between two looks at whether it is to stop."""
STRUCTURES, CONTENTS = {MAIL: 0.1, CONTENT: 0.4, SEARCH: 0.5}, 0.95
"""How much of the work is done after the structure of each file, and after all contents."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found. `damaged` names files whose structure is broken, `bad` contents whose bytes are not what
    was stored, `missing` messages whose bytes ought to be here and are not; `findings` says all of it in words.
    `orphans` are contents that no message names and none let go: work was broken off, or rows were lost."""

    findings: tuple[str, ...]
    damaged: tuple[str, ...]
    bad: tuple[bytes, ...]
    missing: tuple[int, ...]
    messages: int
    contents: int
    orphans: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings


def check_profile(folder: Path, progress: Progress | None = None) -> CheckReport:
    """Check a profile, also while it is in use. Takes as long as reading all of it does. Raises Stopped."""
    progress = progress or Progress()
    findings: list[str] = []
    damaged = []
    for name, end in STRUCTURES.items():
        found = list(_structure(folder / name, progress))
        progress.reached(end)
        if found:
            damaged.append(name)
            findings += [f"{name}: {one}" for one in found]
    shas: set[bytes] = set()
    bad: list[bytes] = []
    if CONTENT not in damaged:
        shas, bad = _contents(folder / CONTENT, progress.between(STRUCTURES[SEARCH], CONTENTS))
        findings += [f"{CONTENT}: {sha.hex()} is not what was stored" for sha in bad]
    messages = 0
    missing: list[int] = []
    orphans = 0
    if MAIL not in damaged:
        db = connect(folder / MAIL, read_only=True)
        try:
            messages = int(db.execute("SELECT count(*) FROM message").get)
            findings += list(_mail(db))
            if CONTENT not in damaged:
                missing = list(_missing(db, shas.difference(bad)))
                findings += [f"{MAIL}: the bytes of message {one} are missing" for one in missing]
                orphans = len(shas - _named(db))
        finally:
            db.close()
    progress.reached(1.0)
    return CheckReport(tuple(findings), tuple(damaged), tuple(bad), tuple(missing), messages, len(shas), orphans)


def _structure(path: Path, progress: Progress) -> Iterator[str]:
    if is_empty(path):
        yield "the file is empty" if path.exists() else "the file is missing"
        return
    try:
        db = connect(path, read_only=True)
    except apsw.Error as error:
        yield str(error)
        return
    db.set_progress_handler(lambda: progress.stopping, STEPS)
    try:
        for (found,) in db.execute(f"PRAGMA integrity_check({MOST_FINDINGS})"):
            if found != "ok":
                yield str(found)
    except apsw.InterruptError:
        progress.reached(0.0)
    except apsw.Error as error:
        yield str(error)
    finally:
        db.close()


def _contents(path: Path, progress: Part) -> tuple[set[bytes], list[bytes]]:
    """Every content there is, and those whose bytes are wrong."""
    db = connect(path, read_only=True)
    try:
        shas = {sha for (sha,) in db.execute("SELECT sha FROM content")}
        bad = []
        for number, sha in enumerate(sorted(shas)):
            progress.reached(number / len(shas))
            if not content_is_sound(db, sha):
                bad.append(sha)
        return shas, bad
    finally:
        db.close()


def content_is_sound(db: apsw.Connection, sha: bytes) -> bool:
    """Whether a content can be read and has the hash it is stored under."""
    try:
        return pour_content(db, sha, lambda _: None)
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


def _named(db: apsw.Connection) -> set[bytes]:
    """Contents that something in mail.db names or let go."""
    asked = ["SELECT content FROM message", "SELECT content FROM draft_version"]
    if db.table_exists("main", "let_go"):
        asked.append("SELECT sha FROM let_go")
    return {sha for question in asked for (sha,) in db.execute(question)}


def _missing(db: apsw.Connection, sound: set[bytes]) -> Iterator[int]:
    for message, content in db.execute("SELECT id, content FROM message WHERE content <> x''"):
        if content not in sound:
            yield message
