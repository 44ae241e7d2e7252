"""Repairs a profile: what is damaged is kept aside, what can still be read is brought over, the rest is named."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path

import apsw

from desktopmail.domain.folder import Role
from desktopmail.domain.saying import phrase
from desktopmail.store.accounts import FIRST_FOLDERS
from desktopmail.store.check import CheckReport, check_profile
from desktopmail.store.companions import REPAIRED
from desktopmail.store.content import name_nameless, read_damaged
from desktopmail.store.database import CONTENT, MAIL, SEARCH, keep_aside, open_database, refuse_newer
from desktopmail.store.due import recheck
from desktopmail.store.failures import refused
from desktopmail.store.lock import ProfileLock
from desktopmail.store.migrations import STEPS
from desktopmail.store.names import make_folder, settle, write_safely
from desktopmail.store.salvage import salvage

_STILL_THERE = """
SELECT subject, EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message = m.id), EXISTS (
    SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id AND p.stored_at > 0 AND p.dele_confirmed = 0 AND p.gone_at = 0)
FROM message AS m WHERE m.id = ?
"""
_ACCOUNTS = """
SELECT a.id, a.name, a.address, CASE WHEN
    EXISTS (SELECT 1 FROM server AS s WHERE s.account = a.id AND s.protocol = 'imap') THEN 'server' ELSE 'here' END
FROM account AS a
"""
_FOLDER = """
INSERT INTO folder (account, name, role, lives) SELECT ?1, ?2, ?3, ?4
WHERE NOT EXISTS (SELECT 1 FROM folder WHERE account = ?1 AND role = ?3)
"""
_IDENTITY = """
INSERT INTO identity (account, name, address) SELECT ?1, ?2, ?3
WHERE NOT EXISTS (SELECT 1 FROM identity WHERE account = ?1)
"""
_ASK_AGAIN = """
UPDATE pop3_copy SET partly = 1, sha = x'' WHERE message = ? AND stored_at > 0 AND dele_confirmed = 0 AND gone_at = 0
"""
GATHERING = ".gathering"
"""Ending of a file while it is filled; what a repair that was interrupted then left is worth nothing."""
KEEP_ALL = "content.keep_all"
"""Setting that forbids sweeping contents: after mail was lost, contents nobody names may be all that is left of it."""


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair did. `aside`: damaged files, kept; `lost`: what could not be brought back, in words;
    `refetch`: how many messages will come from the server again."""

    found: CheckReport
    aside: tuple[Path, ...]
    lost: tuple[str, ...]
    refetch: int


def repair_profile(folder: Path) -> RepairReport:
    """Repair a profile that nobody has open. Blocking. Raises ProfileInUse, StoreTooNew, DiskFull, StoreFailed."""
    for name, steps in STEPS.items():
        refuse_newer(folder / name, steps)
    lock = ProfileLock(folder / "lock")
    try:
        _finish_interrupted(folder)
        found = check_profile(folder)
        aside = [kept for name in found.damaged if (kept := _replace(folder / name)) is not None]
        lost, refetch = _mend(folder, again=check_profile(folder), mail_was_damaged=MAIL in found.damaged)
        return RepairReport(found, tuple(aside), tuple(lost), refetch)
    except OSError as error:
        raise refused(error, folder) from error
    finally:
        lock.release()


def _finish_interrupted(folder: Path) -> None:
    """A file that was whole when the power went, and had not got its name yet, gets it."""
    for name in (MAIL, CONTENT):
        if not (folder / name).exists() and (folder / (name + REPAIRED)).exists():
            (folder / (name + REPAIRED)).rename(folder / name)
            settle(folder)


def _replace(path: Path) -> Path | None:
    """Gather what can be read of a damaged file in a new one, and only then put the damaged one aside, with its log.
    Where that is now; None when there was no file."""
    whole = path.with_name(path.name + REPAIRED)
    if path.name != SEARCH:
        fresh = path.with_name(path.name + GATHERING)
        for ending in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
        salvage(path, fresh, STEPS[path.name])
        _prepare(path.name, fresh)
        fresh.rename(whole)
        settle(path.parent)
    kept = keep_aside(path) if path.exists() else None
    if path.name != SEARCH:
        whole.rename(path)
        settle(path.parent)
    return kept


def _prepare(name: str, fresh: Path) -> None:
    """What has to be true of a gathered file from the first moment on."""
    db = open_database(fresh, STEPS[name], durable=True)
    try:
        with db:
            if name == CONTENT:
                name_nameless(db)
            else:
                db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, 'true')", (KEEP_ALL,))
    finally:
        db.close(True)


def _mend(folder: Path, *, again: CheckReport, mail_was_damaged: bool) -> tuple[list[str], int]:
    """Put counts and references right, in files that are whole again."""
    _set_bad_aside(folder, again.bad)
    db = open_database(folder / MAIL, STEPS[MAIL], durable=True)
    lost: list[str] = []
    refetch = 0
    try:
        db.execute("BEGIN IMMEDIATE")
        for message in again.missing:
            name = _without_bytes(db, message)
            refetch += name is None
            if name is not None:
                lost.append(phrase("The text of “{0}” was stored only here and cannot be read any more", name))
        _recount(db)
        recheck(db, array("q", [one for (one,) in db.execute("SELECT id FROM message")]))
        if mail_was_damaged:
            _complete_accounts(db)
            lost.append(
                phrase("Some folders, messages or settings may be missing; messages on servers come back by themselves")
            )
        db.execute("COMMIT")
    finally:
        db.close(True)
    return lost, refetch


def _without_bytes(db: apsw.Connection, message: int) -> str | None:
    """A message whose bytes are lost: it is asked for again where a server has it, by POP3 when it is opened. Its
    subject, when no server has it."""
    row = db.execute(_STILL_THERE, (message,)).fetchone()
    if row is None:
        return None
    subject, imap, pop3 = row
    db.execute("UPDATE message SET content = x'', fetched = ? WHERE id = ?", (0 if imap or pop3 else 2, message))
    db.execute(_ASK_AGAIN, (message,))
    return None if imap or pop3 else str(subject)


def _complete_accounts(db: apsw.Connection) -> None:
    """Accounts that lost them get the folders and the identity back that every account begins with."""
    for account, name, address, home in db.execute(_ACCOUNTS).fetchall():
        for role, title in FIRST_FOLDERS:
            db.execute(_FOLDER, (account, title, role.value, "here" if role is Role.OUTBOX else home))
        db.execute(_IDENTITY, (account, name, address))


def _recount(db: apsw.Connection) -> None:
    db.execute(
        "UPDATE folder SET total = (SELECT count(*) FROM message AS m WHERE m.folder = folder.id AND m.hidden = 0),"
        " unread = (SELECT count(*) FROM message AS m WHERE m.folder = folder.id AND m.hidden = 0 AND m.flags & 1 = 0)"
    )


def _set_bad_aside(folder: Path, bad: tuple[bytes, ...]) -> None:
    """Write contents with a wrong hash into files of their own, as far as they can be read, and take them out."""
    if not bad:
        return
    db = open_database(folder / CONTENT, STEPS[CONTENT], durable=True)
    try:
        for sha in bad:
            _write_aside(db, folder / "damaged" / f"{sha.hex()}.eml", sha)
        db.execute("BEGIN IMMEDIATE")
        for sha in bad:
            db.execute("DELETE FROM piece WHERE id >> 20 = (SELECT id FROM content WHERE sha = ?)", (sha,))
            db.execute("DELETE FROM content WHERE sha = ?", (sha,))
        db.execute("COMMIT")
    finally:
        db.close(True)


def _write_aside(db: apsw.Connection, path: Path, sha: bytes) -> None:
    try:
        raw = read_damaged(db, sha)
    except apsw.CorruptError:
        return
    if raw is not None and not path.exists():
        make_folder(path.parent)
        write_safely(path, raw)
        path.chmod(0o600)
