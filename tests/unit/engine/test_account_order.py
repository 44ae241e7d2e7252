"""Accounts stand in the order the person gave them, everywhere and after a restart, and that can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.account import Endpoint, NewAccount, Pop3Server, Security
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import AccountId
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store

Story = Callable[[Store, Accounts, list[AccountId]], Awaitable[None]]


async def make(accounts: Accounts, name: str) -> AccountId:
    place = Endpoint(f"pop.{name}.example", 995, Security.TLS, name)
    return await accounts.add(NewAccount(f"{name}@example.org", name, name, Pop3Server(place), None), "secret")


def play(folder: Path, story: Story) -> None:
    async def playing() -> None:
        store = Store.open(folder / "profile")
        try:
            accounts = Accounts(store, Memory())
            await story(store, accounts, [await make(accounts, name) for name in ("ada", "bob", "eve")])
        finally:
            await store.close()

    asyncio.run(playing())


def listed(store: Store) -> list[str]:
    """As the window reads them."""
    reader = store.reader()
    try:
        return [each.name for each in reader.accounts()]
    finally:
        reader.close()


def test_in_any_order_and_after_a_restart(tmp_path: Path) -> None:
    async def story(store: Store, accounts: Accounts, ids: list[AccountId]) -> None:
        ada, bob, eve = ids
        heard: list[ChangeSet] = []
        store.subscribe(heard.append)
        await accounts.arrange([eve, ada, bob])
        assert listed(store) == [each.name for each in await accounts.all()] == ["eve", "ada", "bob"]
        assert any(ada in news.accounts for news in heard)
        await accounts.arrange([bob])
        assert listed(store) == ["bob", "eve", "ada"]
        await accounts.change(replace((await accounts.all())[0], name="robert"))
        assert listed(store) == ["robert", "eve", "ada"]

    play(tmp_path, story)
    store = Store.open(tmp_path / "profile")
    try:
        assert listed(store) == ["robert", "eve", "ada"]
    finally:
        asyncio.run(store.close())


def test_new_ones_come_last_and_the_others_close_the_gap(tmp_path: Path) -> None:
    async def story(store: Store, accounts: Accounts, ids: list[AccountId]) -> None:
        ada, bob, eve = ids
        await accounts.arrange([eve, ada, bob])
        await make(accounts, "kim")
        assert listed(store) == ["eve", "ada", "bob", "kim"]
        await accounts.remove(ada)
        assert listed(store) == ["eve", "bob", "kim"]

    play(tmp_path, story)


def test_it_is_taken_back(tmp_path: Path) -> None:
    async def story(store: Store, accounts: Accounts, ids: list[AccountId]) -> None:
        ada, bob, eve = ids
        verbs = SettingsVerbs(store)
        await accounts.arrange([eve, bob, ada])
        await accounts.arrange([eve, bob, ada])
        await accounts.remove(bob)
        assert (await verbs.undo()).name == "account-order"
        assert listed(store) == ["ada", "eve"]
        with pytest.raises(NotFound):
            await verbs.undo()

    play(tmp_path, story)


def test_one_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    async def story(store: Store, accounts: Accounts, ids: list[AccountId]) -> None:
        with pytest.raises(NotFound):
            await accounts.arrange([ids[2], AccountId(99)])
        assert listed(store) == ["ada", "bob", "eve"]

    play(tmp_path, story)


@pytest.mark.parametrize("nonsense", ["", "{", "7", '{"a": 1}', '["x", null, 2]', "[99, 2, 2]"])
def test_an_order_that_makes_no_sense_hides_nobody(tmp_path: Path, nonsense: str) -> None:
    async def story(store: Store, accounts: Accounts, ids: list[AccountId]) -> None:
        def work(tx: object) -> None:
            tx.settings._db.execute(  # type: ignore[attr-defined]
                "INSERT INTO setting (name, value) VALUES ('accounts.order', ?)", (nonsense,)
            )

        await store.write(work)
        assert sorted(listed(store)) == ["ada", "bob", "eve"]

    play(tmp_path, story)
