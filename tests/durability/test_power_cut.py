"""The power goes at any moment, and the disk holds any part of what was not synced: the profile opens, is sound, has
everything that was promised, and the program goes on as if nothing had happened. D09"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopmail.domain.account import Keep
from tests.durability.moving import moving
from tests.durability.plays import Play, cut
from tests.durability.receiving import cleaning, receiving
from tests.durability.server import Server
from tests.durability.upgrading import upgrading
from tests.durability.writing import drafting, sending
from tests.servers.dovecot import Dovecot, User

PLAYS: dict[str, Callable[[Path, Server], Play]] = {
    "receive": lambda place, server: receiving(place, server, Keep.NO),
    "receive-days": lambda place, server: receiving(place, server, Keep.DAYS),
    "receive-until-deleted": lambda place, server: receiving(place, server, Keep.UNTIL_DELETED),
    "receive-forever": lambda place, server: receiving(place, server, Keep.FOREVER),
    "receive-fresh": lambda place, server: receiving(place, server, Keep.NO, fresh=True),
    "send": lambda place, _: sending(place),
    "clean": lambda place, server: cleaning(place, server),
    "draft": lambda place, _: drafting(place),
    "upgrade": lambda place, _: upgrading(place),
}

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as one:
        yield one


@pytest.mark.parametrize("name", ["receive", "receive-fresh", "send", "draft", "clean", "upgrade"])
def test_after_some_power_cuts(server: Server, place: Path, name: str) -> None:
    verdict = cut(PLAYS[name](place, server), place, 45)
    assert verdict.wrong == ()
    assert verdict.states > 25 and verdict.gone_on > 2


def test_a_program_that_does_not_sync_is_found_out(server: Server, place: Path) -> None:
    verdict = cut(receiving(place, server, Keep.NO, careless=True), place, 60)
    assert verdict.wrong


def test_after_some_power_cuts_while_messages_move(dovecot: Dovecot, dovecot_user: User, place: Path) -> None:
    verdict = cut(moving(place, dovecot, dovecot_user), place, 45)
    assert verdict.wrong == ()
    assert verdict.states > 25


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_after_any_power_cut_while_messages_move(
    dovecot: Dovecot, dovecot_user: User, place: Path, figures: list[str]
) -> None:
    verdict = cut(moving(place, dovecot, dovecot_user), place)
    figures.append(f"power cut, move: {verdict.states} states, {len(verdict.wrong)} wrong")
    assert verdict.wrong == ()


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", PLAYS)
def test_after_any_power_cut(server: Server, place: Path, figures: list[str], name: str) -> None:
    verdict = cut(PLAYS[name](place, server), place)
    figures.append(
        f"power cut, {name}: {verdict.states} states, {verdict.gone_on} gone on from, {len(verdict.wrong)} wrong"
    )
    assert verdict.wrong == ()
