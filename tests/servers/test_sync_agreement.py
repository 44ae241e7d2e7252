"""Whatever both sides do and wherever the line breaks, in the end they agree and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.message import Flags
from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import CuttingProxy
from tests.servers.two_sides import OtherProgram, Ours, World, letter


async def agree(server: Dovecot, user: User, folder: Path, *, seed: int, rounds: int, cuts: int) -> int:
    """Edit both sides for `rounds`, breaking the line about `cuts` times; how often it broke."""
    chance = random.Random(seed)
    async with CuttingProxy(server.ports["imaps"]) as proxy:
        endpoint = replace(server.endpoint("imaps", user), port=proxy.port)
        ours = await Ours.open(folder, endpoint, user.password)
        other = OtherProgram(server, user)
        other.create("Projects/Bridge")
        world = World(ours, other, chance)
        left = cuts

        def disturb(attempt: int) -> None:
            nonlocal left
            proxy.cut_after()
            if left > 0 and attempt < 4 and chance.random() < cuts / rounds:
                left -= 1
                if chance.random() < 0.5:
                    proxy.cut_after(up=int(600 * 2 ** (chance.random() * 5)))
                else:
                    proxy.cut_after(down=int(4_000 * 2 ** (chance.random() * 4)))

        try:
            for _ in range(rounds):
                await world.edit_here(chance.randint(0, 5))
                world.edit_there(chance.randint(0, 5))
                await world.settle(disturb)
                proxy.cut_after()
                await world.check()
        finally:
            other.close()
            await ours.store.close()
        return proxy.cuts


@pytest.mark.parametrize("seed", [1, 2])
def test_both_sides_agree_after_random_edits(dovecot: Dovecot, dovecot_user: User, tmp_path: Path, seed: int) -> None:
    asyncio.run(agree(dovecot, dovecot_user, tmp_path, seed=seed, rounds=10, cuts=0))


def test_both_sides_agree_though_the_line_breaks(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    assert asyncio.run(agree(dovecot, dovecot_user, tmp_path, seed=3, rounds=10, cuts=12)) > 3


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_long_agreement(dovecot: Dovecot, dovecot_user: User, tmp_path: Path, seed: int) -> None:
    asyncio.run(agree(dovecot, dovecot_user, tmp_path, seed=seed, rounds=60, cuts=60))


async def cut_once(server: Dovecot, folder: Path, up: int | None, down: int | None) -> int:
    """A fixed story whose one decisive round is cut after so many bytes; how many cuts there were."""
    user = server.add_user()
    server.seed(user, "INBOX", [letter(number) for number in range(1, 9)])
    async with CuttingProxy(server.ports["imaps"]) as proxy:
        endpoint = replace(server.endpoint("imaps", user), port=proxy.port)
        ours = await Ours.open(folder, endpoint, user.password)
        other = OtherProgram(server, user)
        try:
            assert (await ours.sync()).problems == ()
            inbox, archive = await ours.folder("Inbox"), await ours.folder("Archive")
            ids = await ours.ids(inbox)
            await ours.actions.star(ids[:2], True)
            await ours.actions.move(ids[2:4], archive.id)
            await ours.actions.copy(ids[4:5], archive.id)
            await ours.actions.remove(ids[5:6])
            await ours.write(await ours.folder("Sent"), letter(50), Flags.SEEN)
            other.append("INBOX", letter(60))
            other.open("INBOX")
            other.verb("MOVE", "1", '"Trash"')
            proxy.cut_after(up, down)
            await ours.sync()
            proxy.cut_after()
            for _ in range(2):
                assert (await ours.sync()).problems == ()
            assert await ours.waiting() == 0
            here, there = await ours.contents(), other.contents()
            assert {name: rows for name, rows in here.items() if rows} == {n: rows for n, rows in there.items() if rows}
            assert sum(sum(rows.values()) for rows in there.values()) == 8 + 1 - 1 + 1 + 1
        finally:
            other.close()
            await ours.store.close()
        return proxy.cuts


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("direction", ["up", "down"])
def test_cut_at_every_place(dovecot: Dovecot, tmp_path: Path, direction: str) -> None:
    start, end, step = (600, 3_400, 37) if direction == "up" else (2_500, 14_000, 151)
    cuts = 0
    for offset in range(start, end, step):
        place = tmp_path / str(offset)
        up, down = (offset, None) if direction == "up" else (None, offset)
        cuts += asyncio.run(cut_once(dovecot, place, up, down))
    assert cuts > 20
