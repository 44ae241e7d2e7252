"""Transactions: all or nothing, announced once, whatever happens to whoever waits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.errors import DiskFull, StoreDamaged, StoreFailed
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.store.connection import Writer
from desktopmail.store.failures import known
from desktopmail.store.migrations import MAIL
from desktopmail.store.transaction import Transaction
from tests.unit.store.desk import Desk, counts_are_right

ROOT = Path(__file__).resolve().parents[3]


def test_one_change_set_per_commit_before_the_writer_goes_on(desk: Desk) -> None:
    inbox = desk.folder_of(Role.INBOX)
    seen: list[ChangeSet] = []

    async def work() -> int:
        desk.store.subscribe(seen.append)
        ids = await desk.store.write(lambda tx: tx.messages.insert([desk.new(1), desk.new(2)]))
        assert len(seen) == 1
        assert seen[0].added == {inbox: tuple(ids)}
        assert seen[0].folders == {inbox}
        await desk.store.write(lambda tx: tx.messages.set_flags(ids[:1], add=Flags.STARRED))
        assert len(seen) == 2
        assert seen[1].changed == {inbox: (ids[0],)}
        assert seen[1].work and not seen[1].added
        return threading.get_ident()

    assert desk.run(work()) == threading.get_ident()


def test_what_changes_nothing_is_not_announced(desk: Desk) -> None:
    (message,) = desk.put(desk.new(1))
    desk.news.clear()
    desk.write(lambda tx: tx.messages.set_flags([message], remove=Flags.STARRED))
    desk.write(lambda tx: tx.accounts.all())
    assert desk.news == []


def test_a_failure_takes_everything_back(desk: Desk) -> None:
    def fail(tx: Transaction) -> None:
        tx.messages.insert([desk.new(1)])
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        desk.write(fail)
    assert desk.news == []
    assert desk.sql("SELECT count(*) FROM message") == [(0,)]
    assert counts_are_right(desk)
    desk.put(desk.new(1))
    assert len(desk.news) == 1


def test_a_write_is_finished_and_announced_though_nobody_waits_any_more(desk: Desk) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        started.set()
        assert go_on.wait(20)
        tx.messages.insert([desk.new(1)])

    async def work() -> None:
        task = asyncio.ensure_future(desk.store.write(slow))
        await asyncio.to_thread(started.wait, 20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert desk.news == []
        go_on.set()
        await desk.store.read(lambda tx: None)
        assert len(desk.news) == 1

    desk.run(work())
    assert desk.sql("SELECT count(*) FROM message") == [(1,)]


def test_transactions_run_one_after_the_other(desk: Desk) -> None:
    inside: list[int] = []

    def work(number: int) -> None:
        inside.append(number)
        assert len(inside) == 1
        inside.pop()

    async def many() -> None:
        await asyncio.gather(*(desk.store.write(lambda tx, n=n: work(n)) for n in range(50)))

    desk.run(many())


def test_a_read_sees_all_writes_before_it_and_keeps_nothing(desk: Desk) -> None:
    async def work() -> list[int]:
        inbox = desk.folder_of(Role.INBOX)
        _, found = await asyncio.gather(
            desk.store.write(lambda tx: tx.messages.insert([desk.new(1)])),
            desk.store.read(lambda tx: list(tx.copies.uids(inbox))),
        )
        return found

    assert desk.run(work()) == [1]
    desk.read(lambda tx: tx.messages.insert([desk.new(2)]))
    assert desk.sql("SELECT count(*) FROM message") == [(1,)]


def test_unsubscribed_means_silence(desk: Desk) -> None:
    seen: list[ChangeSet] = []
    end = desk.store.subscribe(seen.append)
    end()
    end()
    desk.put(desk.new(1))
    assert seen == []


def test_one_store_serves_loops_one_after_the_other(desk: Desk) -> None:
    async def put(number: int) -> None:
        await desk.store.write(lambda tx: tx.messages.insert([desk.new(number)]))

    for number in range(3):
        asyncio.run(put(number + 1))
    assert len(desk.news) == 3


def test_a_durable_write_syncs_and_the_next_one_does_not(desk: Desk) -> None:
    levels = []
    for durable in (True, False):
        desk.write(lambda tx: levels.append(tx.accounts._db.pragma("synchronous")), durable=durable)
    assert levels == [2, 1]


def test_a_full_database_is_a_full_disk(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "mail.db", MAIL, durable=False)
    writer.transact(lambda db: db.pragma("max_page_count", db.pragma("page_count") + 5))

    def much(db: apsw.Connection) -> None:
        for number in range(1000):
            db.execute("INSERT INTO setting VALUES (?, ?)", (f"name{number}", "x" * 1000))

    with pytest.raises(DiskFull):
        writer.transact(much)
    assert writer.read(lambda db: db.execute("SELECT count(*) FROM setting").get) == 0
    writer.transact(lambda db: db.execute("INSERT INTO setting VALUES ('small', '1')"))
    assert writer.read(lambda db: db.execute("SELECT count(*) FROM setting").get) == 1
    writer.close()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are those of Unix")
def test_a_disk_without_room_is_said_so_and_harms_nothing(tmp_path: Path, runner: asyncio.Runner) -> None:
    """A limit on file sizes stands for the full disk: in a process of its own, for limits cannot be raised again."""
    folder = tmp_path / "profile"
    desk = Desk(folder, runner)
    desk.put(*[desk.new(number) for number in range(1, 50)])
    desk.close()
    code = (
        "import asyncio, pathlib, resource, signal, sys\n"
        "from desktopmail.domain.errors import DiskFull\n"
        "from tests.unit.store.desk import Desk\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with asyncio.Runner() as runner:\n"
        "    desk = Desk(pathlib.Path(sys.argv[1]), runner)\n"
        "    limit = (desk.folder / 'mail.db').stat().st_size + 100_000\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "    done = 50\n"
        "    try:\n"
        "        while True:\n"
        "            desk.put(*[desk.new(one) for one in range(done, done + 100)])\n"
        "            done += 100\n"
        "    except DiskFull:\n"
        "        print('full', done)\n"
        "        desk.library.folders()\n"
    )
    child = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, cwd=ROOT, text=True)
    assert child.stdout.startswith("full"), child.stderr
    desk = Desk(folder, runner)
    assert desk.sql("SELECT count(*) FROM message") == [(int(child.stdout.split()[1]) - 1,)]
    assert runner.run(desk.store.check()).sound
    desk.close()


def test_after_a_failed_sync_the_file_is_opened_anew(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "mail.db", MAIL, durable=False)
    connections = []

    def fail(db: apsw.Connection) -> None:
        connections.append(db)
        db.execute("INSERT INTO setting VALUES ('lost', '1')")
        raise apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)

    with pytest.raises(StoreFailed):
        writer.transact(fail)
    writer.transact(lambda db: connections.append(db))
    assert connections[0] is not connections[1]
    assert writer.read(lambda db: db.execute("SELECT count(*) FROM setting").get) == 0
    writer.close()


def test_after_damage_nothing_is_written_any_more(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "mail.db", MAIL, durable=False)

    def fail(db: apsw.Connection) -> None:
        raise apsw.exception_for(apsw.SQLITE_CORRUPT)

    with pytest.raises(StoreDamaged):
        writer.transact(fail)
    with pytest.raises(StoreDamaged):
        writer.transact(lambda db: db.execute("INSERT INTO setting VALUES ('more', '1')"))
    writer.close()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (apsw.SQLITE_FULL, DiskFull),
        (apsw.SQLITE_CORRUPT, StoreDamaged),
        (apsw.SQLITE_NOTADB, StoreDamaged),
        (apsw.SQLITE_READONLY, StoreFailed),
        (apsw.SQLITE_BUSY, StoreFailed),
        (apsw.SQLITE_CANTOPEN, StoreFailed),
    ],
)
def test_foreign_errors_become_known_ones(code: int, kind: type[Exception]) -> None:
    found = known(apsw.exception_for(code), Path("mail.db"), 0)
    assert type(found) is kind
    assert found.detail


def test_a_synced_step_that_changes_nothing_makes_what_was_before_safe(desk: Desk) -> None:  # D09
    """Only a commit that writes is synced: without one, what was committed before could be lost with the power."""
    log = desk.folder / "mail.db-wal"
    desk.put(desk.new(1))
    before = log.stat().st_size
    desk.write(lambda tx: None)
    assert log.stat().st_size == before
    desk.write(lambda tx: None, durable=True)
    assert log.stat().st_size > before
