"""Messages that nobody holds in memory: into a file while they come, into the store in pieces, and read from there."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.errors import DiskFull
from desktopmail.domain.message import Copy
from desktopmail.engine.large import LARGE, Coming
from desktopmail.engine.pop3.collect import STRIKES
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.protocols.pop3 import line as lines
from desktopmail.store.check import check_profile
from desktopmail.store.store import Store
from tests.fakes.pop3_mailbox import Mail
from tests.servers.process import wait_until
from tests.unit.pop3_engine.desk import PopDesk, letter
from tests.unit.pop3_engine.huge import BLOCK, SMALL, Huge

Desks = Callable[..., PopDesk]
NO = Leave(Keep.NO)
MOST = 64 << 20
"""Bytes of memory that a message of any size may take, as the goal says."""


def film(number: int, size: int = 60_000) -> bytes:
    """A message that is large here, with lines that begin with a dot."""
    return letter(number) + b"..a line of its own\r\n.x\r\n" * (size // 25)


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is longer than a few thousand bytes is too long to be held."""
    monkeypatch.setattr(lines, "WHOLE", 4_000)
    monkeypatch.setattr(lines, "PART", 2_000)


def inching(desk: PopDesk) -> PopDesk:
    """The same desk on a line that brings a little at a time, so that there is something to hand over early."""
    desk.line = lambda: desk.box.line(size=1_000)
    return desk


def left_over(desk: PopDesk) -> list[str]:
    """Files that are still in the folder for messages on their way."""
    folder = desk.store.folder / "incoming"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


@pytest.mark.usefixtures("spooled")
@pytest.mark.parametrize("piece", [0, 100, 1_999])
def test_large_and_small_ones_come_byte_for_byte(desks: Desks, piece: int) -> None:  # P14
    mails = [letter(1), film(2), letter(3), film(4), film(5, 5_000), letter(6)]
    desk = desks(mails, NO)
    desk.line = lambda: desk.box.line(size=piece)
    assert desk.clean_sync().new == 6
    assert sorted(desk.raws()) == sorted(mails) and desk.box.left == [] and left_over(desk) == []
    assert sorted(row.size for row in desk.rows()) == sorted(map(len, mails))
    assert {row.subject.split()[1] for row in desk.rows()} == {"1", "2", "3", "4", "5", "6"}


@pytest.mark.usefixtures("spooled")
def test_what_is_here_already_is_recognised(desks: Desks) -> None:
    desk = inching(desks([film(1)]))
    desk.clean_sync()
    desk.box.mails.append(Mail("again", film(1)))
    assert desk.clean_sync().new == 0 and len(desk.rows()) == 1 and left_over(desk) == []


@pytest.mark.usefixtures("spooled")
def test_the_rest_of_one_that_was_held_back(desks: Desks) -> None:
    desk = inching(desks([film(1)], NO, max_size=2_000))
    desk.clean_sync()
    (row,) = desk.rows()
    assert row.copy is Copy.SERVER
    desk.run(desk.remote().fetch(row.id))
    assert desk.raws() == [film(1)] and desk.ids() == [row.id] and left_over(desk) == []


@pytest.mark.usefixtures("spooled")
@pytest.mark.parametrize("cut", [*range(2_000, 70_000, 3_001)])
def test_a_line_that_breaks_leaves_no_file(desks: Desks, cut: int) -> None:  # D02 T33
    mails = [letter(1), film(2), letter(3)]
    desk = desks(mails, NO)
    desk.line = lambda: desk.box.line(down=cut, size=1_000)
    desk.sync()
    assert left_over(desk) == []
    assert all(raw in desk.box.left or raw in desk.raws() for raw in mails)
    desk.line = desk.box.line
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted(mails) and desk.box.left == [] and left_over(desk) == []


@pytest.mark.usefixtures("spooled")
@pytest.mark.parametrize("room", [0, 5_000, 30_000])
def test_a_full_disk_while_it_comes(desks: Desks, monkeypatch: pytest.MonkeyPatch, room: int) -> None:  # D07
    """The line is dropped without QUIT, the file goes, a sentence says why; what came before is stored."""
    mails = [letter(1), film(2), letter(3)]
    desk = inching(desks(mails, NO))
    real = os.write
    written = 0

    def write(handle: int, data: bytes) -> int:
        nonlocal written
        if len(data) >= 1_000:
            written += len(data)
            if written > room:
                raise OSError(28, "No space left on device")
        return real(handle, data)

    monkeypatch.setattr("desktopmail.store.incoming.os.write", write)
    report = desk.sync()
    assert [each.title for each in report.problems] == ["The disk is full"]
    assert left_over(desk) == [] and "QUIT" not in desk.box.commands and desk.box.asked_gone == []
    assert desk.raws() == [letter(3)] and desk.box.left == mails
    monkeypatch.setattr("desktopmail.store.incoming.os.write", real)
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted(mails) and desk.box.left == []


@pytest.mark.usefixtures("spooled")
def test_a_full_disk_is_not_held_against_a_message(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:  # D07
    """However often there was no room for it, it is asked for again; a line that breaks at it again and again is the
    other thing."""
    desk = inching(desks([film(1)], NO))

    async def visit(remote: Pop3Remote) -> None:
        await remote.pull()
        while await remote.fill():
            pass

    async def visits() -> None:
        remote = desk.remote()
        with monkeypatch.context() as patch:
            patch.setattr("desktopmail.store.incoming.os.write", no_room)
            for _ in range(STRIKES + 1):
                with pytest.raises(DiskFull):
                    await visit(remote)
        await visit(remote)
        await remote.close()

    def no_room(handle: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    desk.run(visits())
    assert desk.raws() == [film(1)] and desk.box.left == [] and desk.folder().problem == ""


@pytest.mark.usefixtures("spooled")
def test_it_is_read_back_before_it_is_removed(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:  # D03
    monkeypatch.setattr("desktopmail.engine.large.LARGE", 10_000)
    desk = inching(desks([film(1), letter(2)], NO))

    async def pour(self: Store, sha: bytes, into: Callable[[bytes], object]) -> bool:
        return False

    with monkeypatch.context() as patch:
        patch.setattr(Store, "pour", pour)
        desk.clean_sync()
    assert desk.box.left == [film(1)]
    desk.clean_sync()
    assert desk.box.left == [] and sorted(desk.raws()) == sorted([film(1), letter(2)])


@pytest.mark.usefixtures("spooled")
def test_what_the_disk_gives_back_is_compared(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = inching(desks([film(1)], NO))
    with monkeypatch.context() as patch:
        patch.setattr("desktopmail.store.incoming._exactly", lambda handle, count: b"x" * count)
        report = desk.sync()
    assert [each.title for each in report.problems] == ["The message was not stored"]
    assert desk.rows() == [] and desk.box.asked_gone == [] and left_over(desk) == []


def test_what_a_crash_left_is_gone_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    Store.open(folder).close_now()
    (folder / "incoming").mkdir()
    (folder / "incoming" / "0123").write_bytes(b"x" * 1_000)
    Store.open(folder).close_now()
    assert list((folder / "incoming").iterdir()) == []


def test_a_file_on_its_way_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "profile")
    coming = Coming(store)
    coming.add(b"Subject: secret\r\n")
    (path,) = (tmp_path / "profile" / "incoming").iterdir()
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    del coming
    assert not path.exists()
    store.close_now()


def test_killed_while_it_comes(tmp_path: Path) -> None:  # D02
    """The server has it still, nothing of it is here, and the next start sweeps what was on its way."""
    huge, profile = Huge(8), tmp_path / "profile"
    huge.shows = huge.halting = True
    incoming = profile / "incoming"

    async def visited_by(*, to_the_end: bool) -> None:
        server = await asyncio.start_server(huge.serve, "127.0.0.1", 0)
        port = str(server.sockets[0].getsockname()[1])
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.servers.doomed_pop3", str(profile), "127.0.0.1", port, "ada", "none"),
            *("no", "0"),
            env={**os.environ, "DOOMED_PASSWORD": "secret"},
            stdout=asyncio.subprocess.DEVNULL,
        )
        if not to_the_end:
            await asyncio.wait_for(huge.halts.wait(), 60)
            assert await asyncio.to_thread(wait_until, lambda: incoming.exists() and any(incoming.iterdir()), 30)
            child.kill()
        await asyncio.wait_for(child.wait(), 60)
        server.close()
        await huge.ended()

    asyncio.run(visited_by(to_the_end=False))
    assert SMALL + 1 in huge.there() and len(list(incoming.iterdir())) == 1
    huge.halting = False
    asyncio.run(visited_by(to_the_end=True))
    assert huge.there() == {} and list(incoming.iterdir()) == []
    report = check_profile(profile)
    assert report.sound and report.messages == report.contents == SMALL + 1


def bounded(tmp_path: Path, blocks: int) -> dict[str, Any]:
    """One visit with a message of so many blocks, in a process of its own: what it says about itself."""
    huge = Huge(blocks)

    async def act() -> bytes:
        server = await asyncio.start_server(visited, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        arguments = [str(tmp_path / "profile"), str(port), str(tmp_path / "film.mp4")]
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.unit.pop3_engine.large_child", *arguments, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await child.communicate()
        server.close()
        await huge.ended()
        return out

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await huge.serve(reader, writer)
        huge.shows = True

    found: dict[str, Any] = json.loads(asyncio.run(act()))
    with (tmp_path / "film.mp4").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == huge.digest()
    assert huge.there() == {} and sorted(huge.fetched) == sorted(set(huge.fetched))
    assert found["left"] == [] and found["size"] == huge.size
    assert found["text"].rstrip() == "Here it is.\n.with a dot" and found["parts"][1][0] == "film.mp4"
    assert abs(found["parts"][1][1] - blocks * BLOCK) <= 1_000
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not say how much memory a process had at most")
def test_memory_while_one_of_40_mb_comes_is_opened_and_saved(tmp_path: Path) -> None:  # P14
    found = bounded(tmp_path, 37)
    assert found["size"] > 40_000_000 > LARGE
    assert found["came"] <= MOST and found["opened"] <= MOST, found


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == "win32", reason="the system does not say how much memory a process had at most")
@pytest.mark.parametrize("blocks", [275, 1_000])
def test_memory_while_one_of_many_mb_comes_is_opened_and_saved(tmp_path: Path, blocks: int) -> None:  # P14
    """300 MB, and more than 1 GB: beyond what SQLite keeps in one value."""
    found = bounded(tmp_path, blocks)
    assert found["size"] > 300_000_000
    assert found["came"] <= MOST and found["opened"] <= MOST, found
