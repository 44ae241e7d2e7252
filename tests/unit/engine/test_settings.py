"""Preferences: typed, changed at once, taken back also after a restart; and what the person trusts, taken back too."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import Account
from desktopmail.domain.errors import NotFound
from desktopmail.domain.hosts import PICTURES, RECEIVING
from desktopmail.domain.preferences import PREFERENCES
from desktopmail.domain.settings import (
    KEPT,
    Settings,
    accounts_in,
    is_quiet,
    keys_by_command,
    stored_keys,
)
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.store.store import Store
from tests.unit.engine.profile import profile


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that awaits, run to its end."""

    @functools.wraps(test)
    def run(**given: Any) -> None:
        asyncio.run(test(**given))

    return run


def test_every_preference_is_explained_and_has_its_default_among_its_values() -> None:
    for each in PREFERENCES:
        usual = Settings.default(each.name)
        assert each.title, each.name
        assert each.sentence.endswith("."), each.name
        assert usual in [value for value, _ in each.values] if each.values else type(usual) is bool
        assert {type(value) for value, _ in each.values} <= {type(usual)}


def test_every_preference_has_a_line_of_its_own_or_is_known_to_have_none() -> None:
    elsewhere = {"letter_keys", "shortcut_keys", "silent_accounts"}
    assert {each.name for each in PREFERENCES} | elsewhere | KEPT == set(Settings.__slots__)


@on_a_loop
async def test_changes_are_taken_back_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    async with profile(folder) as one:
        verbs = SettingsVerbs(one.store)
        await verbs.change(theme="dark")
        await verbs.change(theme="light", window_geometry="wide")
        await verbs.change(theme=3, unknown="x")
        assert (await one.store.read(lambda tx: tx.settings.all())).theme == "light"
    store = Store.open(folder)
    verbs = SettingsVerbs(store)
    done = await verbs.undo()
    assert (done.name, done.old, done.new) == ("theme", "dark", "light")
    assert (await store.read(lambda tx: tx.settings.all())).theme == "dark"
    done = await verbs.undo()
    assert (done.old, done.new) == (None, "dark")
    now = await store.read(lambda tx: tx.settings.all())
    assert (now.theme, now.window_geometry) == ("system", "wide")
    with pytest.raises(NotFound):
        await verbs.undo()
    await store.close()


@on_a_loop
async def test_a_trusted_certificate_is_revoked_for_its_host_and_port_alone(tmp_path: Path) -> None:  # T30
    async with profile(tmp_path / "profile") as one:
        account: Account = await one.store.read(lambda tx: tx.accounts.all()[0])
        assert account.incoming is not None
        host, port = account.incoming.endpoint.host, account.incoming.endpoint.port
        await one.store.write(lambda tx: [tx.trust.pin(host, port, "aa"), tx.trust.pin("other.example", 993, "bb")])
        news: list[frozenset[int]] = []
        one.store.subscribe(lambda changes: news.append(frozenset(changes.accounts)))
        verbs = SettingsVerbs(one.store)
        await verbs.distrust(host, port)
        assert news[-1] == {account.id}, "its connections are made anew"
        account = (await one.store.read(lambda tx: tx.accounts.all()))[0]
        assert account.incoming is not None and not account.incoming.endpoint.pins
        assert await one.store.read(lambda tx: tx.trust.pins("other.example", 993)) == {"bb"}
        await verbs.undo()
        assert await one.store.read(lambda tx: tx.trust.pins(host, port)) == {"aa"}


@on_a_loop
async def test_senders_of_images_are_forgotten_and_taken_back(tmp_path: Path) -> None:
    async with profile(tmp_path / "profile") as one:
        await one.store.write(lambda tx: tx.trust.allow_images("news@example.net"))
        verbs = SettingsVerbs(one.store)
        await verbs.forbid_images("news@example.net")
        assert not await one.store.read(lambda tx: tx.trust.images_allowed("news@example.net"))
        await verbs.undo()
        assert await one.store.read(lambda tx: tx.trust.images_allowed("news@example.net"))


@on_a_loop
async def test_hosts_are_written_along_with_the_next_transaction(tmp_path: Path) -> None:
    async with profile(tmp_path / "profile") as one:
        for _ in range(3):
            one.store.hosts.note("IMAP.example.org", 993, RECEIVING)
        one.store.hosts.note("pictures.example.net", 443, PICTURES)
        await one.store.write(lambda tx: None)
        assert not one.store.hosts.waiting
        one.store.hosts.note("imap.example.org", 993, RECEIVING)
        found = {each.host: each for each in await one.store.write(lambda tx: tx.hosts.all())}
        assert found["imap.example.org"].times == 3, "what waits is written at the end of a transaction"
        found = {each.host: each for each in await one.store.read(lambda tx: tx.hosts.all())}
        assert (found["imap.example.org"].times, found["imap.example.org"].purpose) == (4, RECEIVING)
        assert found["pictures.example.net"].port == 443
        await SettingsVerbs(one.store).forget_hosts()
        assert await one.store.read(lambda tx: tx.hosts.all()) == ()


@on_a_loop
async def test_no_list_of_hosts_is_kept_by_who_wants_none(tmp_path: Path) -> None:
    async with profile(tmp_path / "profile") as one:
        await SettingsVerbs(one.store).change(note_hosts=False)
        one.store.hosts.note("imap.example.org", 993, RECEIVING)
        await one.store.write(lambda tx: None)
        assert await one.store.read(lambda tx: tx.hosts.all()) == ()


@on_a_loop
async def test_hosts_that_wait_are_written_when_the_profile_closes(tmp_path: Path) -> None:
    async with profile(tmp_path / "profile") as one:
        one.store.hosts.note("imap.example.org", 993, RECEIVING)
    store = Store.open(tmp_path / "profile")
    assert [each.host for each in await store.read(lambda tx: tx.hosts.all())] == ["imap.example.org"]
    await store.close()


@pytest.mark.parametrize(
    ("clock", "quiet"), [("21:59", False), ("22:00", True), ("03:00", True), ("06:59", True), ("07:00", False)]
)
def test_quiet_hours_reach_over_midnight(clock: str, quiet: bool) -> None:
    assert is_quiet(Settings(quiet_hours=True), clock) is quiet
    assert not is_quiet(Settings(), clock)


def test_quiet_hours_within_a_day() -> None:
    now = Settings(quiet_hours=True, quiet_from="12:00", quiet_until="14:00")
    assert [is_quiet(now, clock) for clock in ("11:59", "12:00", "13:59", "14:00")] == [False, True, True, False]


def test_keys_and_accounts_survive_being_stored_and_odd_values_are_left_out() -> None:
    assert keys_by_command(stored_keys({"archive": ("Ctrl+B", "Y"), "forward": ()})) == {
        "archive": ("Ctrl+B", "Y"),
        "forward": (),
    }
    assert stored_keys({}) == ""
    assert keys_by_command("[1]") == keys_by_command("{") == keys_by_command('{"a": [1], "b": "x"}') == {}
    assert accounts_in("1 3 x ²") == {1, 3}
