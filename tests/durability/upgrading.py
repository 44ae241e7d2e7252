"""A profile of the first version is opened by this one, and the power goes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import apsw

from desktopmail.store.connection import Writer
from desktopmail.store.content import Content
from desktopmail.store.database import stored_version
from desktopmail.store.migrations import MAIL, STEPS
from desktopmail.store.store import Store
from tests.durability.plays import Play, play
from tests.durability.trace import Event

FIRST, NOW = MAIL[0].version, MAIL[-1].version
RAWS = [b"Subject: old %d\r\n\r\n" % number + b"text\r\n" * number for number in range(1, 41)]


def old_profile(profile: Path) -> None:
    """An account with a folder and messages, written by the first version."""
    Store.open(profile).close_now()
    for name in ("mail.db", "search.db"):
        (profile / name).unlink()
    mail = Writer(profile / "mail.db", MAIL[:1], durable=True)
    mail.transact(_fill)
    mail.close()
    content = Writer(profile / "content.db", STEPS["content.db"], durable=True)
    content.transact(lambda db: Content(db).put_many(RAWS))
    content.close()


def _fill(db: apsw.Connection) -> None:
    db.execute("INSERT INTO account (name, address) VALUES ('Old', 'old@mail.test')")
    db.execute("INSERT INTO identity (account, name, address) VALUES (1, 'Old', 'old@mail.test')")
    db.execute(
        "INSERT INTO folder (account, name, role, lives, total, unread) VALUES (1, 'Inbox', 'inbox', 'here', ?1, ?1)",
        (len(RAWS),),
    )
    db.executemany(
        "INSERT INTO message (account, folder, thread, sort, fetched, content, subject)"
        " VALUES (1, 1, ?1, ?1, 1, ?2, ?3)",
        [(number, sha256(raw).digest(), f"old {number}") for number, raw in enumerate(RAWS, 1)],
    )


def upgrading(place: Path) -> Play:
    """The first start of this version."""
    profile = place / "profile"
    old_profile(profile)
    disk = play("upgrade", profile)

    def go_on(folder: Path, events: Sequence[Event]) -> None:
        assert stored_version(folder / "mail.db") == NOW
        with contextlib.closing(apsw.Connection(str(folder / "mail.db"))) as db:
            assert db.execute("SELECT count(*) FROM message").get == len(RAWS)

    return Play("upgrade", disk, _look, go_on)


def _look(folder: Path, events: Sequence[Event]) -> None:
    """Called after the start that follows the power cut, which upgrades what was not."""
    assert stored_version(folder / "mail.db") == NOW
    copy = folder / f"mail.db.before-{NOW}"
    assert copy.exists(), "the copy made before the upgrade is gone"
    for path in (copy, folder / "mail.db"):
        with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as db:
            assert db.pragma("integrity_check") == "ok"
            assert [each for (each,) in db.execute("SELECT content FROM message ORDER BY id")] == [
                sha256(raw).digest() for raw in RAWS
            ]
    assert stored_version(copy) == FIRST
