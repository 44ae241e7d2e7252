"""Which secret is shown to a server that an account is to have: never one that was granted for another."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import Account, Endpoint, ImapServer, NewAccount, Security, SignIn, SmtpServer
from desktopmail.domain.errors import DiskFull, PasswordMissing
from desktopmail.domain.health import Side
from desktopmail.domain.oauth import Grant
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.keys import Keys
from desktopmail.engine.tokens import Tokens
from desktopmail.protocols.oauth.tokens import Access
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store

TOKEN = "access-canary"
IMAP = ImapServer(Endpoint("imap.provider.example", 993, Security.TLS, "ada", sign_in=SignIn.OAUTH2))
OTHER = Endpoint("mail.other.example", 465, Security.TLS, "ada")


async def at_a_provider(store: Store) -> tuple[Accounts, Account]:
    """An account whose incoming server takes tokens, with a fresh one at hand."""
    keys = Keys(Memory())
    accounts = Accounts(store, keys)
    new = NewAccount("ada@provider.example", "Ada", "Ada", IMAP, None)
    grant = Grant("fake", "https://provider.example/token", "c", (IMAP.endpoint.host,), "refresh")
    number = await accounts.add(new, grant)
    keys._tokens = Tokens(keys.source)
    keys._tokens._held[number] = Access(TOKEN, time.monotonic() + 3_000)
    return accounts, (await accounts.all())[0]


def play(folder: Path, monkeypatch: pytest.MonkeyPatch, act: Any) -> list[str]:
    """What was shown to servers while `act` went on."""
    shown: list[str] = []

    async def check(self: Accounts, new: NewAccount, password: str, *_: Any, **more: Any) -> None:
        shown.append(password)

    async def work() -> None:
        store = Store.open(folder)
        try:
            accounts, account = await at_a_provider(store)
            with pytest.raises(PasswordMissing):
                await act(accounts, account)
        finally:
            await store.close()

    monkeypatch.setattr(Accounts, "check", check)
    asyncio.run(asyncio.wait_for(work(), 20))
    return shown


def test_a_token_is_not_tried_as_the_password_of_another_server(  # T38
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(accounts: Accounts, account: Account) -> None:
        await accounts.try_out(replace(account, incoming=ImapServer(OTHER)), Side.INCOMING)

    assert play(tmp_path, monkeypatch, act) == []


def test_a_token_is_not_shown_to_a_server_that_is_added_and_takes_a_password(  # T38
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(accounts: Accounts, account: Account) -> None:
        await accounts.add_server(replace(account, outgoing=SmtpServer(OTHER)), Side.OUTGOING)

    assert play(tmp_path, monkeypatch, act) == []


class Carried(Memory):
    """Notes to which host a password belongs."""

    host = IMAP.endpoint.host

    async def carry(self, old: Account, new: Account) -> None:
        assert old.incoming is not None and new.incoming is not None
        assert self.host == old.incoming.endpoint.host
        self.host = new.incoming.endpoint.host


@pytest.mark.parametrize("fault", [DiskFull("The disk is full"), asyncio.CancelledError()])
def test_a_password_stays_where_the_account_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    async def failing(*_: object, **more: object) -> None:
        raise fault

    async def work() -> None:
        store, passwords = Store.open(tmp_path), Carried()
        try:
            accounts = Accounts(store, passwords)
            place = ImapServer(replace(IMAP.endpoint, sign_in=SignIn.WORD))
            await accounts.add(NewAccount("ada@provider.example", "Ada", "Ada", place, None), "secret")
            (account,) = await accounts.all()
            with monkeypatch.context() as patch:
                patch.setattr(store, "write", failing)
                with pytest.raises(type(fault)):
                    await accounts.change(replace(account, incoming=ImapServer(OTHER)))
            assert passwords.host == IMAP.endpoint.host
            await accounts.change(replace(account, incoming=ImapServer(OTHER)))
            assert passwords.host == OTHER.host
        finally:
            await store.close()

    asyncio.run(asyncio.wait_for(work(), 20))
