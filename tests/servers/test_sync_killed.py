"""Killed without warning at any moment, the profile is sound and the next round ends where it would have ended."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot, User
from tests.servers.two_sides import OtherProgram, Ours, letter

ROOT = Path(__file__).resolve().parents[2]


def run_doomed(server: Dovecot, user: User, folder: Path, jobs: int, microseconds: int) -> int:
    """Synchronise in a process of its own that dies on the way; its exit code."""
    endpoint = server.endpoint("imaps", user)
    command = [sys.executable, "-m", "tests.servers.doomed_sync", str(folder), endpoint.host, str(endpoint.port)]
    return subprocess.run(
        [*command, user.name, str(jobs), str(microseconds)],
        cwd=ROOT,
        env={**os.environ, "DOOMED_PASSWORD": user.password},
        timeout=60,
        check=False,
    ).returncode


def kill_often(server: Dovecot, user: User, folder: Path, kills: int, seed: int) -> None:
    """First pull, changes on both sides, and deaths at random moments of it all."""
    chance = random.Random(seed)
    letters = [letter(number) for number in range(1, 1_201)]
    server.seed(user, "INBOX", letters[:1_000])
    server.seed(user, "Archive", letters[1_000:])
    endpoint = server.endpoint("imaps", user)

    async def change_and_check(last: bool) -> None:
        ours = await Ours.open(folder, endpoint, user.password)
        other = OtherProgram(server, user)
        try:
            inbox, archive = await ours.folder("Inbox"), await ours.folder("Archive")
            ids = await ours.ids(inbox)
            for verb in chance.sample(range(4), 2) if ids and not last else ():
                some = chance.sample(ids, min(20, len(ids)))
                if verb == 0:
                    await ours.actions.star(some, True)
                elif verb == 1:
                    await ours.actions.move(some, archive.id)
                elif verb == 2:
                    await ours.actions.mark_read(some, True)
                else:
                    await ours.write(inbox, letter(chance.randrange(10**6, 10**7)))
            if last:
                assert (await ours.sync()).problems == ()
                assert (await ours.sync()).problems == ()
                assert await ours.contents() == other.contents()
        finally:
            other.close()
            await ours.store.close()

    died = 0
    for _ in range(kills):
        code = run_doomed(server, user, folder, chance.randint(1, 40), chance.randint(0, 3_000))
        assert code in (0, -signal.SIGKILL)
        died += code != 0
        asyncio.run(change_and_check(last=False))
    assert died > kills // 3
    asyncio.run(change_and_check(last=True))


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_killed_at_random_moments(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    kill_often(dovecot, dovecot_user, tmp_path, kills=5, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_killed_many_times(dovecot: Dovecot, dovecot_user: User, tmp_path: Path, seed: int) -> None:
    kill_often(dovecot, dovecot_user, tmp_path, kills=40, seed=seed)
