"""An account that is removed while its mail is fetched: it ends quietly, nothing is left over or goes there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktopmail.domain.account import Account, Keep, Leave
from desktopmail.domain.activity import State
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.lanes import Lanes
from desktopmail.store.transaction import Transaction
from tests.unit.pop3_engine.desk import PopDesk, letters
from tests.unit.pop3_engine.test_going_on import lanes_of, until_said

Desks = Callable[..., PopDesk]
NO = Leave(Keep.NO)
STEPS = ["CAPA", "UIDL", "LIST", "TOP 3 0", "RETR 40", "RETR 2", "DELE 7"]


def remaining(tx: Transaction) -> list[int]:
    """Lines of the ledger, messages and accounts."""
    return [tx._db.execute(f"SELECT count(*) FROM {table}").get for table in ("pop3_copy", "message", "account")]


async def until_stopped(lanes: Lanes, account: Account) -> None:
    """Wait for the account's lane to be over."""
    line = lanes._lines.get(account.id)
    if line is not None and line.task is not None:
        await asyncio.wait([line.task])


@pytest.mark.parametrize("keep_mail", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_it_ends_with_the_right_words_and_removes_nothing_there(desks: Desks, step: str, keep_mail: bool) -> None:
    desk = desks(letters(40), NO, uidl=not step.startswith("TOP"))
    removing: list[asyncio.Future[None]] = []

    def before(line: str) -> None:
        if line == step and not removing:
            gone = desk.store.write(lambda tx: tx.accounts.remove(desk.account.id, keep_mail=keep_mail), durable=True)
            removing.append(asyncio.ensure_future(gone))

    desk.box.before = before
    (problem,) = desk.sync().problems
    assert removing and problem.kind == "account-gone"
    assert problem.title == "ada@example.org does not receive mail in this way any more"
    assert len(desk.box.left) == 40 and "QUIT" not in desk.box.commands
    ledger, messages, accounts = desk.read(remaining)
    assert (ledger, accounts) == (0, int(keep_mail)) and (keep_mail or messages == 0)


def test_in_the_window_it_ends_without_a_word(desks: Desks) -> None:
    desk = desks(letters(40), NO)

    async def live() -> None:
        lanes = lanes_of(desk)
        accounts = Accounts(desk.store, desk.passwords)
        removing: list[asyncio.Future[None]] = []

        def before(line: str) -> None:
            if line == "RETR 20" and not removing:
                removing.append(asyncio.ensure_future(accounts.remove(desk.account.id)))

        desk.box.before = before
        lanes.start()
        runner = lanes.runner(desk.account)
        assert runner is not None
        await until_said(lanes, lambda: bool(removing))
        await removing[0]
        await until_stopped(lanes, desk.account)
        await lanes.close()

    desk.run(live())
    assert {each.problem for each in desk.said} == {None} and State.PROBLEM not in {each.state for each in desk.said}
    assert len(desk.box.left) == 40 and desk.read(remaining) == [0, 0, 0]
