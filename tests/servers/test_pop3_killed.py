"""Killed at any system call that writes, under every leave rule: what the server had is on the server or here, byte
for byte, the profile is sound, and the next visit ends where it would have ended. And the order, proven by trace:
nothing is asked to go before the store was synced."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.account import Endpoint, Keep, Leave, Security
from desktopmail.store.content import read_content
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.servers.doomed_pop3 import visit

ROOT = Path(__file__).resolve().parents[2]
RULES = [Leave(), Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED), Leave(Keep.NO)]
WRITES = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,sendto"
LETTERS = [
    f"Message-ID: <{number}@kill>\r\nSubject: {number}\r\n\r\n.dot {number}\r\n{'x' * (number * 7)}\r\n".encode()
    for number in range(1, 51)
]
OLD = 25

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")


class Server:
    """A mailbox on loopback, on a thread and a loop of its own."""

    def __init__(self) -> None:
        self.box = Pop3Mailbox()
        self.refill()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def refill(self, mails: int = len(LETTERS)) -> None:
        self.box.mails = [Mail(f"u{number}", raw) for number, raw in enumerate(LETTERS[:mails], 1)]
        self.box.asked_gone.clear()
        self.box.fetches.clear()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self.box.serve():
            self._ready.set()
            await self._over.wait()

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as one:
        yield one


def endpoint_of(server: Server) -> Endpoint:
    return Endpoint("127.0.0.1", server.box.port, Security.NONE, "ada")


def traced(server: Server, folder: Path, leave: Leave, *options: str) -> int:
    """A visit by a process of its own, under strace; its exit code."""
    visit_words = [sys.executable, "-m", "tests.servers.doomed_pop3", str(folder), "127.0.0.1", str(server.box.port)]
    return subprocess.run(
        ["strace", "-f", "-qq", *options, *visit_words, "ada", "none", leave.keep.value, str(leave.days)],
        cwd=ROOT,
        env={**os.environ, "DOOMED_PASSWORD": "secret", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
        check=False,
        stderr=subprocess.DEVNULL,
    ).returncode


def prepared(server: Server, folder: Path) -> set[bytes]:
    """A profile to which half of the mail came long ago, and of which some was removed; what was removed."""
    server.refill(OLD)
    asyncio.run(visit(folder, endpoint_of(server), Leave(), "secret"))
    with contextlib.closing(apsw.Connection(str(folder / "mail.db"))) as db:
        db.execute("UPDATE pop3_copy SET stored_at = stored_at - 20 * 86400")
        db.execute("UPDATE message SET hidden = 1 WHERE subject IN ('3', '4')")
        db.execute("UPDATE folder SET total = total - 2, unread = unread - 2 WHERE role = 'inbox'")
    return {LETTERS[2], LETTERS[3]}


def here(folder: Path) -> list[bytes]:
    """The bytes of every message that is shown, past all code but the reading of contents; the file is sound."""
    with (
        contextlib.closing(apsw.Connection(str(folder / "mail.db"))) as db,
        contextlib.closing(apsw.Connection(str(folder / "content.db"))) as content,
    ):
        assert db.pragma("integrity_check") == content.pragma("integrity_check") == "ok"
        shas = [sha for (sha,) in db.execute("SELECT content FROM message WHERE hidden = 0")]
        return [read_content(content, sha) or b"" for sha in shas]


def kill(server: Server, scene: Path, folder: Path, leave: Leave, call: int, file: str = "") -> bool:
    """One visit that dies at the `call`th writing system call of one of its threads, counting only those on one `file`
    of the profile when that is named, and the next visit. Whether it died."""
    shutil.rmtree(folder, ignore_errors=True)
    if scene.exists():
        shutil.copytree(scene, folder)
    server.refill()
    only = [f"-P{folder / file}"] if file else []
    death = f"-einject={WRITES}:signal=KILL:when={call}"
    code = traced(server, folder, leave, *only, death, f"-etrace={WRITES}", "-o/dev/null")
    died = code in (-signal.SIGKILL, 128 + signal.SIGKILL)
    assert died or code == 0
    removed = {LETTERS[2], LETTERS[3]}
    stored = here(folder) if (folder / "content.db").exists() and (folder / "mail.db").exists() else []
    assert set(stored) | set(server.box.left) | removed == set(LETTERS), call
    assert len(stored) == len(set(stored)), call
    report = asyncio.run(visit(folder, endpoint_of(server), leave, "secret"))
    assert report.problems == (), call
    assert sorted(here(folder)) == sorted(set(LETTERS) - removed), call
    expected = {
        Keep.FOREVER: LETTERS,
        Keep.DAYS: LETTERS[OLD:],
        Keep.UNTIL_DELETED: [raw for raw in LETTERS if raw not in removed],
        Keep.NO: [],
    }
    assert server.box.left == expected[leave.keep], call
    assert max(server.box.fetches.values(), default=0) <= 2, call
    return died


@pytest.fixture(scope="module")
def scene(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scene") / "profile"
    prepared(server, folder)
    return folder


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("leave", "calls"), [(RULES[3], (9, 24, 41)), (RULES[1], (15, 33)), (RULES[2], (20,))])
def test_killed_at_some_writes(
    server: Server, scene: Path, tmp_path: Path, leave: Leave, calls: tuple[int, ...]
) -> None:
    for call in calls:  # D02
        assert kill(server, scene, tmp_path / "profile", leave, call)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("leave", RULES, ids=lambda leave: leave.keep.value)
def test_killed_at_every_write(server: Server, scene: Path, tmp_path: Path, leave: Leave) -> None:  # D02
    call = 1
    while kill(server, scene, tmp_path / "profile", leave, call):
        call += 1
    assert call > 40


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("file", ["mail.db-wal", "content.db-wal", "search.db-wal", "mail.db", "content.db"])
def test_killed_at_every_write_to_a_file(server: Server, scene: Path, tmp_path: Path, file: str) -> None:  # D02
    call = 1
    while kill(server, scene, tmp_path / "profile", RULES[3], call, file):
        call += 1
    assert call > 1


def fault(server: Server, scene: Path, folder: Path, fault: str) -> bool:
    """One visit during which calls of the system fail, and the next one, when they do not. Whether the first one was
    told of it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(scene, folder)
    server.refill()
    calls = fault.partition(":")[0]
    files = [f"-P{folder / name}" for name in ("mail.db-wal", "content.db-wal", "mail.db", "content.db")]
    code = traced(server, folder, RULES[3], *files, f"-einject={fault}", f"-etrace={calls}", "-o/dev/null")
    removed = {LETTERS[2], LETTERS[3]}
    assert set(here(folder)) | set(server.box.left) | removed == set(LETTERS), fault
    report = asyncio.run(visit(folder, endpoint_of(server), RULES[3], "secret"))
    assert report.problems == () and server.box.left == [], fault
    assert sorted(here(folder)) == sorted(set(LETTERS) - removed), fault
    return code != 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "failing",
    [
        "pwrite64:error=ENOSPC:when=4+",
        "pwrite64:error=ENOSPC:when=12+",
        "fdatasync:error=EIO:when=2+",
        "pwrite64:error=EIO:when=9",
    ],
)
def test_a_disk_that_fails_loses_nothing(server: Server, scene: Path, tmp_path: Path, failing: str) -> None:  # D07 D08
    assert fault(server, scene, tmp_path / "profile", failing)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("failing", ["pwrite64:error=ENOSPC", "pwrite64:error=EIO", "fdatasync:error=EIO"])
@pytest.mark.parametrize("lasting", ["", "+"])
def test_a_disk_that_fails_at_any_call(
    server: Server, scene: Path, tmp_path: Path, failing: str, lasting: str
) -> None:  # D07 D08
    told = [fault(server, scene, tmp_path / "profile", f"{failing}:when={call}{lasting}") for call in range(1, 40)]
    assert any(told)


SYNC = re.compile(r"(?:fdatasync|fsync)\(\d+<(.*?)>")
WRITE = re.compile(r"pwrite64\(\d+<(.*?)>")
SENT = re.compile(r"(?:sendto|write)\(\d+<(?:socket|TCP)[^>]*>+, \"(.*?)\"")


def test_everything_is_synced_before_anything_is_asked_to_go(server: Server, tmp_path: Path) -> None:  # D03
    server.refill()
    trace = tmp_path / "trace"
    assert traced(server, tmp_path / "profile", RULES[3], f"-etrace={WRITES}", "-y", "-s100000", "-o", str(trace)) == 0
    unsynced: set[str] = set()
    asked = 0
    for line in trace.read_text(errors="replace").splitlines():
        if "resumed" in line and ("fdatasync" in line or "fsync" in line):
            continue
        if found := WRITE.search(line):
            unsynced.add(found[1])
        elif found := SYNC.search(line):
            unsynced.discard(found[1])
        elif (found := SENT.search(line)) and "DELE " in found[1]:
            asked += found[1].count("DELE ")
            dirty = {Path(name).name for name in unsynced}
            assert not dirty & {"mail.db-wal", "content.db-wal", "mail.db", "content.db"}, dirty
    assert asked == len(LETTERS) and server.box.left == []
    assert len(here(tmp_path / "profile")) == len(LETTERS)
