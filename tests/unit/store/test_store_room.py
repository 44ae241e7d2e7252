"""Storing a large message takes twice its size on the disk for a while, and gives back what is not needed any more."""

from __future__ import annotations

import os
from collections.abc import Callable

import apsw
import pytest

from desktopmail.domain.errors import MailError, StoreFailed
from desktopmail.engine.large import Coming
from desktopmail.store.connection import Writer
from tests.unit.store.desk import Desk

SIZE = 12_000_000


def used(desk: Desk) -> float:
    """Bytes in the profile, as a multiple of the message."""
    return sum(path.stat().st_size for path in desk.folder.rglob("*") if path.is_file()) / SIZE


def coming(desk: Desk, raw: bytes) -> Coming:
    made = Coming(desk.store)
    for start in range(0, len(raw), 500_000):
        made.add(raw[start : start + 500_000])
    return made


@pytest.fixture
def watched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How much is used before and after the log is written back."""
    found: list[float] = []
    real: Callable[..., None] = Writer._shorten_log

    def shorten(writer: Writer, db: object) -> None:
        found.append(used(desk))
        real(writer, db)
        found.append(used(desk))

    monkeypatch.setattr(Writer, "_shorten_log", shorten)
    monkeypatch.setattr("desktopmail.store.database.WAL_PAGES", 100)
    return found


def test_twice_its_size_and_not_three_times(desk: Desk, watched: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktopmail.store.database.LOG_LIMIT", 1 << 20)
    raw = os.urandom(SIZE)
    one = coming(desk, raw)
    assert 1.0 <= used(desk) < 1.1
    before: list[float] = []
    spool = one._spool
    assert spool is not None
    real = spool.discard

    def discard() -> None:
        before.append(used(desk))
        real()

    monkeypatch.setattr(spool, "discard", discard)
    sha = desk.run(one.store())
    assert len(before) == 1 and 2.0 <= before[0] < 2.1, "the file and the log"
    assert 1.0 <= watched[0] < 1.1, "the log alone"
    assert 1.0 <= watched[1] < 1.1, "the database alone: the log was cut"
    assert desk.run(desk.store.raw(sha)) == raw == desk.run(one.whole())
    one.discard()


def test_a_log_that_somebody_reads_is_cut_later_and_nobody_waits(
    desk: Desk, watched: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopmail.store.database.LOG_LIMIT", 1 << 20)
    monkeypatch.setattr("desktopmail.store.database.BUSY_MILLISECONDS", 3_600_000)
    first, second = os.urandom(SIZE), os.urandom(SIZE)
    desk.run(desk.store.content(lambda content: content.put(b"x")))
    db = desk.store._content_reader
    db.execute("BEGIN")
    assert db.execute("SELECT count(*) FROM content").get == 1
    sha = desk.run(coming(desk, first).store())
    assert used(desk) < 2.2
    db.execute("COMMIT")
    assert desk.run(desk.store.raw(sha)) == first
    other = desk.run(coming(desk, second).store())
    assert used(desk) < 2.3, "both, and no log"
    assert desk.run(desk.store.raw(other)) == second


def test_what_was_not_stored_keeps_its_file_until_it_is_discarded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one = coming(desk, os.urandom(1_000_000))
    spool = one._spool
    assert spool is not None
    monkeypatch.setattr(type(spool), "sha", property(lambda _: b"another" * 4))
    with pytest.raises(StoreFailed):
        desk.run(one.store())
    assert spool._path.exists() and len(desk.run(one.whole())) == 1_000_000
    one.discard()
    assert not spool._path.exists()


def test_a_commit_that_fails_leaves_the_file(desk: Desk) -> None:
    one = coming(desk, os.urandom(1_000_000))
    db = desk.store._content._db
    assert db is not None and one._spool is not None
    db.set_commit_hook(lambda: True)
    with pytest.raises((MailError, apsw.Error)):
        desk.run(one.store())
    assert one._spool._path.exists()
    db.set_commit_hook(None)
    sha = desk.run(one.store())
    assert not one._spool._path.exists() and len(desk.run(desk.store.raw(sha)) or b"") == 1_000_000
