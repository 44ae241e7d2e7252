"""The disk is full or broken at any call, while POP3 mail comes that is removed from its server afterwards: nothing is
asked to go that is not safe, nothing is here in part, it is said, and it goes on when the disk is well. D07 D08"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.errors import DiskFull, MailError, StoreFailed
from desktopmail.engine.activity import SyncReport
from desktopmail.store.store import Store
from tests.durability.faulty import BROKEN, FULL, Fault, failing
from tests.durability.receiving import lead_to
from tests.durability.server import LETTERS, OLD, REMOVED, Server, endpoint_of, grown_old, here, prepared
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.servers.doomed_pop3 import visit
from tests.unit.pop3_engine.desk import PopDesk

ROOT = Path(__file__).resolve().parents[2]
NO = Leave(Keep.NO)
DATABASES = ("mail.db", "content.db")
KINDS = {FULL: "disk-full", BROKEN: "store"}
CASES = [
    (call, ending, kind, lasting)
    for call, kind in (("write", FULL), ("write", BROKEN), ("sync", BROKEN))
    for ending in ("-wal", ".db")
    for lasting in (True, False)
]


def mailbox(count: int = len(LETTERS)) -> Pop3Mailbox:
    return Pop3Mailbox([Mail(f"u{number}", raw) for number, raw in enumerate(LETTERS[:count], 1)])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of the mail came long ago."""
    folder = tmp_path_factory.mktemp("faults") / "profile"
    desk = PopDesk(folder, mailbox(OLD))
    with pytest.MonkeyPatch.context() as patch:
        lead_to(patch, desk)
        desk.clean_sync()
    desk.leave(NO)
    desk.close()
    grown_old(folder)
    return folder


def visited(desk: PopDesk) -> SyncReport:
    with pytest.MonkeyPatch.context() as patch:
        lead_to(patch, desk)
        return desk.sync()


def trial(scene: Path, folder: Path, fault: Fault) -> bool:
    """One visit with a fault, and one after the disk was mended, by the same program. Whether there was a fault."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(scene, folder)
    with pytest.MonkeyPatch.context() as patch, failing(fault):
        patch.setattr("desktopmail.store.database.WAL_PAGES", 8)  # so that the log is emptied during the visit
        try:
            desk = PopDesk(folder, mailbox(), NO)
        except MailError as error:
            assert fault.happened and isinstance(error, (DiskFull, StoreFailed))
            fault.mend()
            desk = PopDesk(folder, mailbox(), NO)
        try:
            _go_wrong(desk, folder, fault)
            if visited(desk).problems:  # the last thing that failed is told to whoever comes next
                assert visited(desk).problems == ()
            assert desk.box.left == []
        finally:
            desk.close()
    assert sorted(here(folder)) == sorted(set(LETTERS) - REMOVED)
    not_retried(fault)
    return fault.happened > 0


def _go_wrong(desk: PopDesk, folder: Path, fault: Fault) -> None:
    after: list[str] = []
    desk.box.before = lambda line: after.append(line) if fault.happened and line.startswith("DELE") else None
    report = visited(desk)
    fault.visit = fault.came
    fault.mend()
    stored = here(folder)
    assert set(stored) <= set(LETTERS), "a message is here in part"
    assert set(desk.box.asked_gone) <= set(stored) | REMOVED, "something was asked to go that is not here"
    assert set(stored) | set(desk.box.left) | REMOVED == set(LETTERS), "something is neither here nor there"
    if fault.happened and report.problems:
        assert report.problems[0].kind == KINDS[fault.kind]
        assert report.problems[0].title
    if fault.call == "sync":
        assert after == [], "something was asked to go after a sync had failed"
    desk.box.before = lambda line: None


def not_retried(fault: Fault) -> None:
    """After a sync that failed, the file was opened anew before it was synced again."""
    failed: set[str] = set()
    for call, name, fails in fault.calls:
        if call == "open":
            failed -= {each for each in failed if each.startswith(name.removesuffix("-wal"))}
        elif call == "sync" and not name.endswith("-journal"):
            assert name not in failed, f"{name} was synced again"
            if fails:
                failed.add(name)


def calls(scene: Path, folder: Path, call: str, ending: str) -> int:
    """How many of these calls there are in a visit without a fault."""
    counted = Fault(call, ending)
    trial(scene, folder, counted)
    return counted.visit


@pytest.mark.parametrize(("call", "ending", "kind", "lasting"), CASES)
def test_the_disk_fails_at_some_call(
    scene: Path, place: Path, call: str, ending: str, kind: str, lasting: bool
) -> None:
    total = calls(scene, place / "profile", call, ending)
    for at in sorted({1, total // 2 + 1}):
        assert trial(scene, place / "profile", Fault(call, ending, kind, at, lasting))


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(("call", "ending", "kind", "lasting"), CASES)
def test_the_disk_fails_at_any_call(
    scene: Path, place: Path, figures: list[str], call: str, ending: str, kind: str, lasting: bool
) -> None:
    total = calls(scene, place / "profile", call, ending)
    failed = sum(trial(scene, place / "profile", Fault(call, ending, kind, at, lasting)) for at in range(1, total + 1))
    figures.append(
        f"{kind} disk, {call} of {ending}{' and all later' if lasting else ''}: {failed} of {total} calls failed"
    )
    assert failed == total


@pytest.mark.parametrize("call", ["write", "sync"])
def test_the_disk_fails_while_a_profile_is_made(place: Path, call: str) -> None:
    """Among these calls are those that turn a new file into one with a log."""
    for kind in (FULL, BROKEN) if call == "write" else (BROKEN,):
        for at in (1, 2, 3, 5, 8, 13):
            with failing(Fault(call, kind=kind, at=at, lasting=False)) as fault:
                with pytest.raises(DiskFull if kind == FULL else StoreFailed):
                    Store.open(place / "profile")
                assert fault.happened
                fault.mend()
                Store.open(place / "profile").close_now()
            shutil.rmtree(place / "profile")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")
@pytest.mark.parametrize(
    ("where", "failing", "kind"),
    [
        ("content.db-wal", "pwrite64:error=ENOSPC:when=3+", "disk-full"),
        ("content.db-wal", "fdatasync:error=ENOSPC", "disk-full"),
        ("content.db-wal", "fdatasync:error=EIO", "store"),
        (".", "fsync:error=EIO", "store"),
    ],
    ids=["no-room-to-write", "no-room-at-a-sync", "a-sync", "the-sync-of-the-folder"],
)
def test_the_system_says_no(place: Path, where: str, failing: str, kind: str) -> None:
    """The same with calls of the system that fail. SQLite passes over errors when it syncs a folder; nothing is asked
    to go all the same."""
    profile = place / "profile"
    with Server() as server:
        prepared(server, profile)
        server.refill()
        program = [sys.executable, "-m", "tests.servers.doomed_pop3", str(profile), "127.0.0.1", str(server.box.port)]
        done = subprocess.run(
            ["strace", "-f", "-qq", f"-P{(profile / where).resolve()}", f"-einject={failing}",
             f"-etrace={failing.partition(':')[0]}", "-o/dev/null", *program, "ada", "none", "no", "0"],
            cwd=ROOT,
            env={**os.environ, "DOOMED_PASSWORD": "secret", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )  # fmt: skip
        assert done.stdout.split() == [kind], done.stderr
        assert server.box.asked_gone == []
        assert asyncio.run(visit(profile, endpoint_of(server), NO, "secret")).problems == ()
        assert server.box.left == []
        assert sorted(here(profile)) == sorted(set(LETTERS) - REMOVED)
