"""Accounts against real servers: tried out first, then made, changed and removed."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from desktopmail.domain.account import (
    Account,
    Endpoint,
    ImapServer,
    NewAccount,
    Pop3Server,
    Security,
    SmtpServer,
)
from desktopmail.domain.errors import (
    BadCertificate,
    InsecureServer,
    MailError,
    NotFound,
    PasswordMissing,
    SecretsUnavailable,
    SignInRefused,
    Unreachable,
    WrongUsage,
)
from desktopmail.engine.accounts import Accounts
from desktopmail.store.secrets import Memory, PasswordSource, What
from desktopmail.store.secrets.keystore import Keyring
from desktopmail.store.store import Store
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.process import free_ports

T = TypeVar("T")
Work = Callable[[Accounts, Memory, Store], Awaitable[T]]


@pytest.fixture
def new(dovecot: Dovecot, postfix: Postfix, dovecot_user: User) -> NewAccount:
    return NewAccount(
        dovecot_user.address,
        "Work",
        "Ada",
        ImapServer(dovecot.endpoint("imaps", dovecot_user)),
        SmtpServer(postfix.endpoint("submission", dovecot_user)),
    )


def run(folder: Path, work: Work[T]) -> T:
    async def main() -> T:
        store = Store.open(folder / "profile")
        passwords = Memory()
        try:
            return await work(Accounts(store, passwords), passwords, store)
        finally:
            await store.close()

    return asyncio.run(main())


def test_everything_works(tmp_path: Path, new: NewAccount, dovecot_user: User) -> None:
    said: list[str] = []
    run(tmp_path, lambda accounts, *_: accounts.check(new, dovecot_user.password, said.append))
    assert said == [
        "Looking for localhost…",
        "Signing in to localhost…",
        "Looking for localhost…",
        "Signing in to localhost…",
        "Everything works.",
    ]


def _trouble(folder: Path, new: NewAccount, password: str, outgoing: str | None = None) -> MailError:
    with pytest.raises(MailError) as caught:
        run(folder, lambda accounts, *_: accounts.check(new, password, outgoing_password=outgoing))
    assert caught.value.title and password not in caught.value.title + caught.value.detail + caught.value.log
    return caught.value


def test_what_stands_in_the_way(
    tmp_path: Path, new: NewAccount, dovecot_user: User, dovecot: Dovecot, postfix: Postfix
) -> None:
    right = dovecot_user.password
    assert isinstance(_trouble(tmp_path, new, "not it"), SignInRefused)
    assert isinstance(_trouble(tmp_path, new, right, "not it"), SignInRefused)
    clear = dataclasses.replace(dovecot.endpoint("imap", dovecot_user), security=Security.TLS)
    assert isinstance(_trouble(tmp_path, dataclasses.replace(new, incoming=ImapServer(clear)), right), InsecureServer)
    nobody = Endpoint("localhost", free_ports(1)[0], Security.TLS, "ada")
    assert isinstance(_trouble(tmp_path, dataclasses.replace(new, outgoing=SmtpServer(nobody)), right), Unreachable)
    pinned = dataclasses.replace(postfix.endpoint("smtps", dovecot_user), pins=frozenset({"00" * 32}))
    assert isinstance(_trouble(tmp_path, dataclasses.replace(new, outgoing=SmtpServer(pinned)), right), BadCertificate)
    pop3 = Pop3Server(dovecot.endpoint("pop3s", dovecot_user))
    assert isinstance(_trouble(tmp_path, dataclasses.replace(new, incoming=pop3), "not it"), SignInRefused)
    assert isinstance(_trouble(tmp_path, dataclasses.replace(new, incoming=None, outgoing=None), right), WrongUsage)


def test_an_unproven_server_can_be_trusted_by_its_fingerprint(tmp_path: Path, certificates: Certificates) -> None:
    async def work(accounts: Accounts, *_: object) -> None:
        async with SmtpScript(certificates.self_signed.context(), implicit=True) as script:
            endpoint = script.endpoint(Security.TLS)
            with pytest.raises(BadCertificate) as caught:
                await accounts.check(NewAccount("a@x.org", "", "", None, SmtpServer(endpoint)), "secret")
            trusted = dataclasses.replace(endpoint, pins=frozenset({caught.value.fingerprint}))
            assert not script.passwords
            await accounts.check(NewAccount("a@x.org", "", "", None, SmtpServer(trusted)), "secret")

    run(tmp_path, work)


def test_made_and_removed(tmp_path: Path, new: NewAccount) -> None:
    async def work(accounts: Accounts, passwords: Memory, store: Store) -> None:
        number = await accounts.add(new, "in", outgoing_password="out")
        [account] = await accounts.all()
        assert (account.id, account.address, account.incoming) == (number, new.address, new.incoming)
        assert await _both(passwords, account) == ["in", "out"]
        with pytest.raises(WrongUsage):
            await accounts.add(new, "in")
        await accounts.set_password(number, "fresh")
        assert await _both(passwords, account) == ["fresh", "fresh"]
        await accounts.set_password(number, "other", "outgoing")
        assert await _both(passwords, account) == ["fresh", "other"]
        await accounts.remove(number)
        assert await accounts.all() == ()
        with pytest.raises(PasswordMissing):
            await passwords.get(account, "incoming")
        with pytest.raises(NotFound):
            await accounts.remove(number)

    run(tmp_path, work)


async def _both(passwords: PasswordSource, account: Account) -> list[str]:
    kinds: tuple[What, ...] = ("incoming", "outgoing")
    return [await passwords.get(account, what) for what in kinds]


def test_removed_but_the_mail_stays(tmp_path: Path, new: NewAccount) -> None:
    async def work(accounts: Accounts, *_: object) -> None:
        number = await accounts.add(new, "secret")
        await accounts.remove(number, keep_mail=True)
        [account] = await accounts.all()
        assert account.incoming is None

    run(tmp_path, work)


PIN, OTHER_PIN = "aa" * 32, "bb" * 32


def test_trust_can_be_taken_back(tmp_path: Path, new: NewAccount) -> None:
    assert new.incoming is not None

    def pinned(*pins: str) -> ImapServer:
        assert new.incoming is not None
        return ImapServer(dataclasses.replace(new.incoming.endpoint, pins=frozenset(pins)))

    async def work(accounts: Accounts, *_: object) -> None:
        await accounts.add(dataclasses.replace(new, incoming=pinned(PIN)), "secret")
        [account] = await accounts.all()
        await accounts.change(dataclasses.replace(account, name="Home", incoming=pinned(OTHER_PIN)))
        [account] = await accounts.all()
        assert account.name == "Home"
        assert account.incoming is not None and account.incoming.endpoint.pins == {OTHER_PIN}
        await accounts.change(dataclasses.replace(account, incoming=pinned()))
        [account] = await accounts.all()
        assert account.incoming is not None and not account.incoming.endpoint.pins

    run(tmp_path, work)


def test_a_certificate_another_account_needs_stays_trusted(tmp_path: Path, new: NewAccount) -> None:
    async def work(accounts: Accounts, *_: object) -> None:
        assert new.incoming is not None
        endpoint = dataclasses.replace(new.incoming.endpoint, pins=frozenset({PIN}))
        await accounts.add(dataclasses.replace(new, incoming=ImapServer(endpoint)), "secret")
        second = ImapServer(dataclasses.replace(endpoint, user="somebody"))
        await accounts.add(dataclasses.replace(new, incoming=second), "secret")
        [first, _second] = await accounts.all()
        await accounts.change(dataclasses.replace(first, incoming=None))
        [_first, other] = await accounts.all()
        assert other.incoming is not None and other.incoming.endpoint.pins == {PIN}

    run(tmp_path, work)


def test_without_a_key_store_nothing_is_made(tmp_path: Path, new: NewAccount) -> None:
    async def work(_: Accounts, memory: Memory, store: Store) -> None:
        passwords = Keyring()
        accounts = Accounts(store, passwords)
        with pytest.raises(SecretsUnavailable):
            await accounts.add(new, "secret")
        assert await accounts.all() == ()
        number = await accounts.add(new, "secret", keep=False)
        [account] = await accounts.all()
        assert await _both(passwords, account) == ["secret", "secret"]
        await accounts.remove(number)

    run(tmp_path, work)
