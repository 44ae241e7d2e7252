"""A server that never comes to an end holds up nobody else's mail, and the program can be closed meanwhile. P29 P30"""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopmail.domain.account import NewAccount, Pop3Server, Security
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId
from desktopmail.domain.message import Copy
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.fakes.pop3_script import ENDLESS, STALL, Pop3Script, Reply
from tests.unit.pop3.test_session import plain
from tests.unit.pop3_engine.desk import letters
from tests.unit.transport_cases.judge import product_tasks, run


def account(script: Pop3Script, name: str) -> NewAccount:
    return NewAccount(f"{name}@mail.test", name, name, Pop3Server(script.endpoint(Security.NONE, name)), None)


def came(engine: Engine, number: AccountId) -> int:
    """How many messages are in an account's Inbox and on its server."""
    folders = engine.library.folders()
    inbox = next(each.id for each in folders if each.account == number and each.role is Role.INBOX)
    return engine.library.copies(inbox).get(Copy.BOTH, 0)


@pytest.mark.parametrize("how", [STALL, ENDLESS])
@pytest.mark.parametrize("step", ["greeting", "CAPA", "UIDL", "LIST", "RETR"])
def test_one_that_never_ends(tmp_path: Path, step: str, how: Reply) -> None:
    async def story() -> None:
        async with plain(mails=letters(5), answers={step: how}) as bad, plain(mails=letters(9)) as good:
            engine = await Engine.open(tmp_path / "profile", passwords=Memory())
            try:
                await engine.accounts.add(account(bad, "bad"), "secret")
                number = await engine.accounts.add(account(good, "good"), "secret")
                await engine.start()
                await bad.until(lambda: bad.open == 1)
                await good.until(lambda: came(engine, number) == 9)
                assert bad.open == 1 and good.kept == set(range(1, 10))
            finally:
                await engine.close()
            await bad.until(lambda: bad.open == 0 == good.open)
            assert product_tasks() == []

    run(story())
