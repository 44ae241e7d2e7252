"""Servers that want to be left alone between two visits (LOGIN-DELAY), also across restarts. RFC 2449 section 6.5"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktopmail.domain.account import Account, NewAccount, Pop3Server
from desktopmail.domain.activity import State
from desktopmail.domain.errors import TooSoon
from desktopmail.domain.folder import Role
from desktopmail.domain.health import Side
from desktopmail.engine.accounts import Accounts
from tests.fakes.pop3_mailbox import OFFERED, Mail
from tests.unit.pop3_engine.desk import ENDPOINT, PopDesk, letter, letters
from tests.unit.pop3_engine.test_going_on import lanes_of, until_said

Desks = Callable[..., PopDesk]


def test_a_server_that_wants_time_between_visits_gets_it(desks: Desks) -> None:
    desk = desks(letters(2), offered=(*OFFERED, "LOGIN-DELAY 900"))

    async def visits() -> None:
        remote = desk.remote()
        await remote.pull()
        while await remote.fill():
            pass
        assert desk.box.sessions == 1
        desk.box.mails.append(Mail("u3", letter(3)))
        await remote.pull()
        assert not await remote.fill()
        assert desk.box.sessions == 1
        with pytest.raises(TooSoon):
            await remote.relink()
        assert 0 < remote.put_off <= 900
        remote._rest._until = 0.0
        await desk.store.write(lambda tx: tx._db.execute("UPDATE sighting SET at = at - 901 WHERE name = 'rest'"))
        assert await remote.watch() is None
        await remote.pull()
        while await remote.fill():
            pass
        await remote.close()

    desk.run(visits())
    assert len(desk.rows()) == 3 and desk.box.sessions == 2
    assert desk.read(lambda tx: tx.sightings.health(desk.account.id)).retention.login_delay == 900  # type: ignore[union-attr]


def pass_time(desk: PopDesk, seconds: int) -> None:
    """Let time pass for what a server asked for."""
    desk.write(lambda tx: tx._db.execute("UPDATE sighting SET at = at - ? WHERE name = 'rest'", (seconds,)))


def test_the_time_a_server_wants_outlives_the_program(desks: Desks) -> None:
    """RFC 2449 section 6.5: every `sync` is a new start here."""
    desk = desks(letters(2), offered=(*OFFERED, "LOGIN-DELAY 900"))
    assert desk.clean_sync().new == 2
    desk.box.mails.append(Mail("u3", letter(3)))
    for headers_only in (False, True):
        report = desk.sync(headers_only=headers_only)
        assert (report.new, report.problems[0].kind, desk.box.sessions) == (0, "too-soon", 1)
    assert "15 minutes" in report.problems[0].detail
    health = desk.read(lambda tx: tx.sightings.health(desk.account.id))
    assert health.next_visit > health.full_sync
    pass_time(desk, 901)
    assert desk.clean_sync().new == 1
    assert desk.read(lambda tx: tx.sightings.health(desk.account.id)).next_visit > 0
    pass_time(desk, -5_000)
    assert "15 minutes" in desk.sync().problems[0].detail
    pass_time(desk, 5_901)
    assert desk.read(lambda tx: tx.sightings.health(desk.account.id)).next_visit == 0


def test_a_refusal_because_of_time_outlives_the_program(desks: Desks) -> None:
    desk = desks(letters(2), answers={"PASS": b"-ERR [LOGIN-DELAY] too soon\r\n", "AUTH": b"-ERR [LOGIN-DELAY] x\r\n"})
    for _ in range(3):
        assert desk.sync().problems[0].kind == "too-soon"
    assert desk.box.sessions == 1
    desk.box.answers.clear()
    pass_time(desk, 61)
    assert desk.clean_sync().new == 2


def test_a_look_at_other_folders_is_not_put_off(desks: Desks) -> None:
    desk = desks(letters(2), offered=(*OFFERED, "LOGIN-DELAY 900"))

    async def visits() -> list[float]:
        remote, seen = desk.remote(), []
        await remote.pull()
        await remote.close()
        remote._unfinished = False
        for folders in (None, [other]):
            await remote.pull(folders)
            seen.append(remote.put_off)
        return seen

    other = desk.folder(Role.DRAFTS).id
    late, fine = desk.run(visits())
    assert late > 0 and fine == 0 and desk.box.sessions == 1


def test_another_server_may_be_visited_at_once(desks: Desks) -> None:
    desk = desks(letters(2), offered=(*OFFERED, "LOGIN-DELAY 900"))
    desk.clean_sync()
    desk.account = replace(desk.account, incoming=Pop3Server(replace(ENDPOINT, host="pop.other.test")))
    desk.write(lambda tx: tx.accounts.update(desk.account))
    desk.clean_sync()
    assert desk.box.sessions == 2


def test_a_window_that_was_opened_again_waits_and_says_so(desks: Desks) -> None:
    desk = desks(letters(2), offered=(*OFFERED, "LOGIN-DELAY 900"))
    desk.clean_sync()

    async def live() -> str:
        lanes = lanes_of(desk)
        lanes.start()
        runner = lanes.runner(desk.account)
        assert runner is not None
        await until_said(lanes, lambda: runner.activity.state is State.IDLE)
        lanes.wake()
        await lanes.close()
        return runner.activity.words

    assert desk.run(live()) == "The next look at the server may be in 15 minutes"
    assert desk.box.sessions == 1


def test_a_refusal_because_of_time_is_told_and_not_repeated(desks: Desks) -> None:
    desk = desks(letters(2), answers={"PASS": b"-ERR [LOGIN-DELAY] too soon\r\n", "AUTH": b"-ERR [LOGIN-DELAY] x\r\n"})

    async def visits() -> None:
        remote = desk.remote()
        for _ in range(3):
            try:
                await remote.pull()
            except TooSoon:
                continue
        await remote.close()

    desk.run(visits())
    assert desk.box.sessions == 1


@pytest.mark.parametrize("refused", [False, True])
def test_trying_an_account_out_is_a_visit(desks: Desks, refused: bool) -> None:
    """The first round after an account was made waits, and says for how long, rather than be refused; so it is when a
    trial was refused for coming too soon, and the account is made all the same."""
    desk = desks(letters(2), offered=(*OFFERED, "LOGIN-DELAY 900"))
    if refused:
        desk.box.answers = {"PASS": b"-ERR [LOGIN-DELAY] later\r\n", "AUTH": b"-ERR [LOGIN-DELAY] later\r\n"}
    new = NewAccount("ada@example.org", "Tried", "Ada", Pop3Server(replace(ENDPOINT, user="tried")), None)

    async def made() -> Account:
        accounts = Accounts(desk.store, desk.passwords)
        with pytest.raises(TooSoon) if refused else contextlib.nullcontext():
            await accounts.check(new, "secret")
        number = await accounts.add(new, "secret")
        return await desk.store.read(lambda tx: tx.accounts.get(number))

    desk.account = desk.run(made())
    assert desk.box.sessions == 1
    desk.box.answers = {}
    report = desk.sync()
    assert [each.kind for each in report.problems] == ["too-soon"] and desk.box.sessions == 1
    assert "15 minutes" in report.problems[0].detail
    pass_time(desk, 901)
    assert desk.clean_sync().new == 2 and desk.box.sessions == 2


def test_trying_an_account_out_again_makes_its_next_visit_wait(desks: Desks) -> None:
    """Also that of a remote which was there before; a server that wants no time is not waited for."""
    desk = desks(letters(1))
    accounts = Accounts(desk.store, desk.passwords)

    async def visits() -> None:
        remote = desk.remote()
        await remote.pull()
        while await remote.fill():
            pass
        await accounts.try_out(desk.account, Side.INCOMING)
        await remote.pull()
        assert remote.put_off == 0 and desk.box.sessions == 3
        while await remote.fill():
            pass
        desk.box.offered = (*OFFERED, "LOGIN-DELAY 900")
        await accounts.try_out(desk.account, Side.INCOMING)
        await remote.pull()
        assert 0 < remote.put_off <= 900 and desk.box.sessions == 4
        await remote.close()

    desk.run(visits())
