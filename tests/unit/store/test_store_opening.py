"""Opening a profile: private, locked, checked, never harmed."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import struct
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.errors import DiskFull, NotFound, ProfileInUse, StoreDamaged, StoreFailed, StoreTooNew
from desktopmail.store.database import open_database, stored_version
from desktopmail.store.migrations import MAIL, Step
from desktopmail.store.store import Store
from tests.unit.store.desk import Desk

ROOT = Path(__file__).resolve().parents[3]


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {one.name: (one.read_bytes(), one.stat().st_mtime_ns) for one in folder.iterdir()}


def made(folder: Path) -> Path:
    Store.open(folder).close_now()
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Unix")
def test_nobody_else_can_read_a_profile(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "profile")
    assert stat.S_IMODE((tmp_path / "profile").stat().st_mode) == 0o700
    for one in (tmp_path / "profile").iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o600, one.name
    store.close_now()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Unix")
def test_a_profile_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    folder = made(tmp_path / "profile")
    folder.chmod(0o755)
    (folder / "mail.db").chmod(0o644)
    Store.open(folder).close_now()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "mail.db").stat().st_mode) == 0o600


def test_a_profile_is_open_once(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "profile")
    with pytest.raises(ProfileInUse):
        Store.open(tmp_path / "profile")
    store.close_now()
    Store.open(tmp_path / "profile").close_now()


def test_another_process_is_kept_out_and_let_in_after_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    code = (
        "import sys, pathlib; from desktopmail.store.store import Store\n"
        "store = Store.open(pathlib.Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert other.stdout is not None and other.stdin is not None
    assert other.stdout.readline().strip() == b"open"
    with pytest.raises(ProfileInUse):
        Store.open(folder)
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
    Store.open(folder).close_now()


def test_without_create_an_empty_place_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Store.open(tmp_path / "profile", create=False)
    assert not (tmp_path / "profile").exists()


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreFailed):
        Store.open(tmp_path / "file" / "profile")


def test_files_of_a_newer_version_keep_every_byte(tmp_path: Path) -> None:
    folder = made(tmp_path / "profile")
    db = apsw.Connection(str(folder / "mail.db"))
    db.pragma("user_version", 2000)
    db.close()
    (folder / "lock").unlink()
    before = snapshot(folder)
    with pytest.raises(StoreTooNew):
        Store.open(folder)
    assert snapshot(folder) == before


def test_a_newer_version_that_is_only_in_the_log_counts_too(tmp_path: Path) -> None:
    folder = made(tmp_path / "profile")
    copy = tmp_path / "copy"
    db = apsw.Connection(str(folder / "mail.db"))
    db.pragma("user_version", 2000)
    copy.mkdir()
    for name in ("mail.db", "mail.db-wal", "content.db", "search.db"):
        (copy / name).write_bytes((folder / name).read_bytes())
    db.close()
    assert struct.unpack_from(">i", (copy / "mail.db").read_bytes(), 60)[0] == MAIL[-1].version
    assert stored_version(copy / "mail.db") == 2000
    before = snapshot(copy)
    with pytest.raises(StoreTooNew):
        Store.open(copy)
    assert snapshot(copy) == before


def test_a_newer_minor_version_is_used(tmp_path: Path) -> None:
    folder = made(tmp_path / "profile")
    db = apsw.Connection(str(folder / "mail.db"))
    db.pragma("user_version", 1007)
    db.close()
    Store.open(folder).close_now()
    assert stored_version(folder / "mail.db") == 1007


@pytest.mark.parametrize("name", ["mail.db", "content.db"])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, name: str) -> None:
    folder = made(tmp_path / "profile")
    (folder / name).write_bytes(b"something else entirely" * 100)
    with pytest.raises(StoreDamaged):
        Store.open(folder)
    assert (folder / name).read_bytes() == b"something else entirely" * 100


def test_flipped_bytes_are_noticed_and_the_file_is_kept(tmp_path: Path, runner: asyncio.Runner) -> None:
    folder = tmp_path / "profile"
    desk = Desk(folder, runner)
    desk.put(*[desk.new(number) for number in range(1, 400)])
    desk.close()
    raw = bytearray((folder / "mail.db").read_bytes())
    for page in range(10, len(raw) // 4096):
        for offset in range(64):
            raw[page * 4096 + offset] ^= 0x5A
    (folder / "mail.db").write_bytes(raw)
    with pytest.raises(StoreDamaged) as caught:
        Store.open(folder)
    assert "mail.db" in caught.value.title
    assert (folder / "mail.db").read_bytes() == raw


def test_a_file_cut_short_is_noticed(tmp_path: Path, runner: asyncio.Runner) -> None:
    folder = tmp_path / "profile"
    desk = Desk(folder, runner)
    desk.put(*[desk.new(number) for number in range(1, 100)])
    desk.close()
    raw = (folder / "mail.db").read_bytes()
    (folder / "mail.db").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(StoreDamaged):
        Store.open(folder)


def test_a_damaged_index_is_kept_aside_and_begun_anew(tmp_path: Path) -> None:
    folder = made(tmp_path / "profile")
    (folder / "search.db").write_bytes(b"rubbish" * 1000)
    Store.open(folder).close_now()
    aside = list(folder.glob("search.db.damaged-*"))
    assert [one.read_bytes() for one in aside] == [b"rubbish" * 1000]


def test_nothing_works_on_a_closed_profile(tmp_path: Path, runner: asyncio.Runner) -> None:
    store = Store.open(tmp_path / "profile")
    runner.run(store.close())
    runner.run(store.close())
    with pytest.raises(StoreFailed):
        runner.run(store.read(lambda tx: tx.accounts.all()))


def test_an_upgrade_keeps_a_copy_of_what_was(tmp_path: Path) -> None:
    folder = made(tmp_path / "profile")
    steps = (*MAIL, Step(2000, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"))
    db = open_database(folder / "mail.db", steps, durable=False)
    assert db.pragma("user_version") == 2000
    assert db.table_exists("main", "later")
    db.close()
    copy = folder / "mail.db.before-2000"
    assert stored_version(copy) == MAIL[-1].version
    if sys.platform != "win32":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_an_upgrade_whose_copy_cannot_be_kept_does_not_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path / "profile")
    steps = (*MAIL, Step(2000, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"))

    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("desktopmail.store.database.settle", full)
    with pytest.raises(DiskFull):
        open_database(folder / "mail.db", steps, durable=False)
    assert stored_version(folder / "mail.db") == MAIL[-1].version


def test_a_failed_upgrade_changes_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path / "profile")
    steps = (*MAIL, Step(2000, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT; SELECT nonsense"))
    with pytest.raises(StoreFailed):
        open_database(folder / "mail.db", steps, durable=False)
    assert stored_version(folder / "mail.db") == MAIL[-1].version
    db = apsw.Connection(str(folder / "mail.db"))
    assert not db.table_exists("main", "later")
    db.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process")
def test_a_kill_in_the_middle_of_writing_leaves_whole_transactions(tmp_path: Path, runner: asyncio.Runner) -> None:
    """Batches of ten are written until the process is killed; afterwards there are whole batches only, the counts are
    right and the file is sound."""
    folder = tmp_path / "profile"
    Desk(folder, runner).close()
    code = (
        "import asyncio, pathlib, sys\n"
        "from tests.unit.store.desk import Desk\n"
        "with asyncio.Runner() as runner:\n"
        "    desk = Desk(pathlib.Path(sys.argv[1]), runner)\n"
        "    number = 1\n"
        "    while True:\n"
        "        desk.put(*[desk.new(one) for one in range(number, number + 10)])\n"
        "        number += 10\n"
        "        if number > 200: print(number, flush=True)\n"
    )
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, cwd=ROOT)
        assert child.stdout is not None
        child.stdout.readline()
        child.kill()
        child.wait()
        child.stdout.close()
        desk = Desk(folder, runner)
        report = runner.run(desk.store.check())
        assert report.sound, report.findings
        assert report.messages >= 200 and report.messages % 10 == 0
        desk.write(lambda tx: tx.messages.forget(desk_ids(desk)))  # noqa: B023
        desk.close()


def desk_ids(desk: Desk) -> list[int]:
    return [one for (one,) in desk.sql("SELECT id FROM message")]
