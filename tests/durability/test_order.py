"""The order, read from system calls: nothing is asked to go from a server before everything that was written for it is
safe on the disk, whoever wants it gone. D03"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.account import Keep, Leave
from tests.durability.disk import Disk
from tests.durability.plays import play
from tests.durability.server import LETTERS, Server, endpoint_of, here, prepared
from tests.servers.doomed_pop3 import visit

BEFORE = {
    "as it comes": (Keep.NO, ""),
    "days later": (Keep.DAYS, "UPDATE pop3_copy SET stored_at = stored_at - 20 * 86400"),
    "removed here": (Keep.UNTIL_DELETED, "UPDATE message SET hidden = 1; UPDATE folder SET total = 0, unread = 0"),
    "the person wants it": (Keep.FOREVER, "UPDATE pop3_copy SET wanted_gone = 1"),
}

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as one:
        yield one


def unsafe_at_each_removal(disk: Disk) -> Iterator[tuple[int, set[str]]]:
    """For everything that was sent and asks for removals: how many, and the files of which something was not safe."""
    for number, event in enumerate(disk.events):
        if event.kind == "send" and b"DELE " in event.data:
            dirty = {Path(each.event.path).name for each in disk.unsafe(number)}
            yield event.data.count(b"DELE "), {each for each in dirty if not each.startswith("search.db")}


@pytest.mark.parametrize("why", BEFORE)
def test_everything_is_safe_before_anything_is_asked_to_go(server: Server, place: Path, why: str) -> None:
    keep, change = BEFORE[why]
    server.refill()
    profile = place / "profile"
    if change:
        asyncio.run(visit(profile, endpoint_of(server), Leave(), "secret"))
        with contextlib.closing(apsw.Connection(str(profile / "mail.db"))) as db:
            db.execute(change)
    disk = play("receive", profile, str(server.box.port), keep.value, base=bool(change))
    removals = list(unsafe_at_each_removal(disk))
    assert sum(count for count, _ in removals) == len(LETTERS) and server.box.left == []
    assert [dirty for _, dirty in removals if dirty] == []
    assert len(here(profile)) == (0 if why == "removed here" else len(LETTERS))


def test_a_program_that_does_not_sync_is_found_out(server: Server, place: Path) -> None:
    server.refill()
    careless = {"DURABILITY_CARELESS": "yes"}
    disk = play("receive", place / "profile", str(server.box.port), "no", base=False, environment=careless)
    assert any(dirty for _, dirty in unsafe_at_each_removal(disk))


def test_a_backup_is_safe_when_it_is_done(server: Server, place: Path) -> None:
    """The person may take the original away then."""
    prepared(server, place / "profile")
    disk = play("back up", place / "copy", str(place / "profile"), base=False)
    assert disk.events[-1].kind == "say"
    assert [Path(each.event.path).name for each in disk.unsafe(len(disk.events))] == []
