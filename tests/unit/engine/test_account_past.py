"""What a person changed about an account is taken back, as preferences are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.account import (
    Account,
    Endpoint,
    Identity,
    Keep,
    Leave,
    NewAccount,
    Pop3Server,
    Security,
)
from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import IdentityId
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store

PLACE = Endpoint("pop.example.org", 995, Security.TLS, "ada")
BOX = NewAccount("ada@example.org", "Home", "Ada", Pop3Server(PLACE), None)
Change = Callable[[Account], Account]


def people(account: Account) -> Account:
    more = Identity(IdentityId(0), "Countess", "c@example.org", "ada@example.org", "-- \nAda")
    return replace(account, identities=(more, *account.identities))


def rule(keep: Keep, days: int = 0) -> Change:
    return lambda account: replace(account, incoming=Pop3Server(PLACE, Leave(keep, days)))


async def with_account(folder: Path, story: Callable[[Accounts, SettingsVerbs, Account], Awaitable[None]]) -> None:
    store = Store.open(folder / "profile")
    try:
        accounts = Accounts(store, Memory())
        number = await accounts.add(BOX, "secret")
        await story(accounts, SettingsVerbs(store), next(each for each in await accounts.all() if each.id == number))
    finally:
        await store.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda account: replace(account, name="Letters"),
        lambda account: replace(account, colour=5),
        lambda account: replace(account, paused=True),
        people,
        rule(Keep.DAYS, 14),
    ],
)
def test_a_change_is_taken_back(tmp_path: Path, change: Change) -> None:
    async def story(accounts: Accounts, settings: SettingsVerbs, before: Account) -> None:
        await accounts.change(change(before))
        assert await accounts.all() != (before,)
        done = await settings.undo()
        assert done.name.startswith(f"account:{before.id}:")
        assert await accounts.all() == (before,)
        with pytest.raises(NotFound):
            await settings.undo()

    asyncio.run(with_account(tmp_path, story))


def test_a_removed_identity_comes_back(tmp_path: Path) -> None:
    async def story(accounts: Accounts, settings: SettingsVerbs, before: Account) -> None:
        await accounts.change(people(before))
        (both,) = await accounts.all()
        await accounts.change(replace(both, identities=both.identities[1:]))
        await settings.undo()
        (again,) = await accounts.all()
        assert [each.name for each in again.identities] == ["Countess", "Ada"]
        assert again.identities[1] == both.identities[1] and again.identities[0].signature == "-- \nAda"

    asyncio.run(with_account(tmp_path, story))


def test_a_rule_that_removes_does_not_come_back_by_undo(tmp_path: Path) -> None:
    async def story(accounts: Accounts, settings: SettingsVerbs, before: Account) -> None:
        await accounts.change(rule(Keep.NO)(before))
        await settings.undo()
        await accounts.change(rule(Keep.NO)(before))
        await accounts.change(rule(Keep.FOREVER)(before))
        done = await settings.undo()
        assert done.new == [Keep.NO.value, 0]
        (now,) = await accounts.all()
        assert isinstance(now.incoming, Pop3Server) and now.incoming.leave == Leave()
        with pytest.raises(NotFound):
            await settings.undo()

    asyncio.run(with_account(tmp_path, story))


def test_an_account_that_is_gone_is_left_alone(tmp_path: Path) -> None:
    async def story(accounts: Accounts, settings: SettingsVerbs, before: Account) -> None:
        await accounts.change(replace(before, name="Letters"))
        await accounts.remove(before.id)
        await settings.undo()
        assert await accounts.all() == ()

    asyncio.run(with_account(tmp_path, story))
