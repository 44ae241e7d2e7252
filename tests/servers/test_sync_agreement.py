"""Whatever both sides do and wherever the line breaks, in the end they agree and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import CuttingProxy
from tests.servers.two_sides import OtherProgram, Ours, World


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
