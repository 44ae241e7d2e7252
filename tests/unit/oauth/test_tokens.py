"""Access tokens of accounts: fresh, by one request, stored before used, for the account's own servers only."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Account, Endpoint, ImapServer, NewAccount, Security, SignIn, SmtpServer
from desktopmail.domain.errors import (
    AwaitsSignIn,
    MailError,
    NotFound,
    PasswordMissing,
    SecretsUnavailable,
    SignInRefused,
    Stalled,
    WrongUsage,
)
from desktopmail.domain.ids import AccountId
from desktopmail.domain.oauth import Grant
from desktopmail.engine import providers
from desktopmail.engine.engine import Engine
from desktopmail.engine.keys import Keys, signed_in
from desktopmail.engine.oauth import OAuth
from desktopmail.protocols.oauth import tokens
from desktopmail.store.secrets import Memory, What
from tests.fakes.authorization import Authorization, visit

T = TypeVar("T")
IMAP, SMTP = "imap.example.org", "smtp.example.org"


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


def account(imap: str = IMAP, smtp: str = SMTP, sign_in: SignIn = SignIn.OAUTH2) -> Account:
    return Account(
        AccountId(1),
        "Work",
        "ada@example.org",
        ImapServer(Endpoint(imap, 993, Security.TLS, "ada", sign_in=sign_in)),
        SmtpServer(Endpoint(smtp, 465, Security.TLS, "ada", sign_in=sign_in)),
        (),
    )


class Watched(Memory):
    """Notes what is stored, and may refuse to keep."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bool] = []
        self.full = False

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        if self.full and keep:
            raise SecretsUnavailable("The key store failed")
        self.kept.append(keep)
        await super().set(account, what, password, keep=keep)


async def granted(server: Authorization, source: Memory, **values: Any) -> Keys:
    server.valid.add("refresh-0")
    grant = Grant("fake", f"{server.root}/token", "c", (IMAP, SMTP), "refresh-0", **values)
    await source.set(account(), "token", str(grant))
    return Keys(source)


def test_one_request_however_many_ask() -> None:  # T38
    async def journey() -> None:
        async with Authorization() as server:
            server.hold = asyncio.Event()
            keys = await granted(server, Memory())
            asking = [asyncio.ensure_future(keys.get(account(), what)) for what in ("incoming", "outgoing") * 5]
            server.hold.set()
            assert {await each for each in asking} == {"access-1"}
            assert server.asked == ["refresh_token"]

    run(journey())


def test_renewed_before_the_end() -> None:  # T38
    async def journey() -> None:
        async with Authorization(life=60) as server:
            keys = await granted(server, Memory())
            assert [await keys.get(account(), "incoming") for _ in range(3)] == ["access-1", "access-2", "access-3"]

    run(journey())


def test_a_rotated_token_is_stored_first() -> None:  # T38
    """The old one is worth nothing any more: what is stored has to be the new one before anybody uses the access."""

    async def journey() -> None:
        async with Authorization(life=60) as server:
            source = Watched()
            keys = await granted(server, source)
            used = await keys.get(account(), "incoming")
            stored = Grant.read(await source.get(account(), "token"))
            assert used == "access-1" and stored is not None and stored.refresh == "refresh-1"
            again = Keys(source)
            assert await again.get(account(), "outgoing") == "access-2"

    run(journey())


def test_a_key_store_that_fails_while_rotating() -> None:  # T38, T39
    async def journey() -> None:
        async with Authorization(life=60) as server:
            source = Watched()
            keys = await granted(server, source)
            source.full = True
            assert await keys.get(account(), "incoming") == "access-1"
            assert source.kept == [True, False]
            assert await keys.get(account(), "incoming") == "access-2"

    run(journey())


def test_a_grant_for_this_run_stays_in_memory() -> None:
    async def journey() -> None:
        async with Authorization(life=60) as server:
            source = Watched()
            keys = await granted(server, source, lasting=False)
            await keys.get(account(), "incoming")
            assert source.kept == [True, False]

    run(journey())


def test_only_for_the_accounts_own_servers() -> None:  # T38
    async def journey() -> None:
        async with Authorization() as server:
            keys = await granted(server, Memory())
            for moved in (account(imap="imap.evil.example"), account(imap=f"{IMAP}.evil.example")):
                with pytest.raises(PasswordMissing):
                    await keys.get(moved, "incoming")
            assert server.asked == []
            assert await keys.get(account(imap=IMAP.upper()), "incoming")

    run(journey())


def test_other_servers_of_a_known_provider(monkeypatch: pytest.MonkeyPatch) -> None:  # T38
    async def journey() -> None:
        async with Authorization() as server:
            keys = await granted(server, Memory())
            monkeypatch.setattr(providers, "known", lambda: {"fake": server.provider(domains=("example.org",))})
            assert await keys.get(account(imap="pop.example.org"), "incoming") == "access-1"
            for evil in ("example.org.evil.example", "evilexample.org"):
                with pytest.raises(PasswordMissing):
                    await keys.get(account(imap=evil), "incoming")

    run(journey())


def test_a_grant_that_is_over_waits_for_the_person() -> None:  # T38
    async def journey() -> None:
        async with Authorization() as server:
            source = Memory()
            keys = await granted(server, source)
            server.valid.clear()
            with pytest.raises(SignInRefused):
                await keys.get(account(), "incoming")
            for _ in range(3):
                with pytest.raises(AwaitsSignIn):
                    await keys.get(account(), "outgoing")
            assert server.asked == ["refresh_token"]
            server.valid.add("refresh-9")
            grant = Grant("fake", f"{server.root}/token", "c", (IMAP, SMTP), "refresh-9")
            await keys.set(account(), "token", str(grant))
            assert await keys.get(account(), "incoming")

    run(journey())


def test_a_provider_that_is_down_is_asked_again() -> None:
    async def journey() -> None:
        async with Authorization(replies=[(503, {})]) as server:
            keys = await granted(server, Memory())
            with pytest.raises(Stalled):
                await keys.get(account(), "incoming")
            assert await keys.get(account(), "incoming") == "access-1"

    run(journey())


def test_a_refused_token_is_renewed_once() -> None:  # T38
    async def journey() -> None:
        async with Authorization() as server:
            keys = await granted(server, Memory())
            shown: list[str] = []

            async def attempt(secret: str) -> str:
                shown.append(secret)
                if secret != "access-2":
                    raise SignInRefused("no")
                return "in"

            assert await keys.get(account(), "incoming") == "access-1"
            assert await signed_in(keys, account(), "incoming", attempt) == "in"
            assert shown == ["access-1", "access-2"]

    run(journey())


def test_a_fresh_token_that_is_refused_is_the_end() -> None:
    async def journey() -> None:
        async with Authorization() as server:
            keys = await granted(server, Memory())
            shown: list[str] = []

            async def attempt(secret: str) -> str:
                shown.append(secret)
                raise SignInRefused("no")

            for kind in (SignInRefused, AwaitsSignIn, AwaitsSignIn):
                with pytest.raises(kind):
                    await signed_in(keys, account(), "incoming", attempt)
            assert shown == ["access-1"] and server.asked == ["refresh_token"]

    run(journey())


def test_a_refused_password_is_never_tried_again_by_itself() -> None:
    """No storm: whoever asks, and however often the network comes back, the server hears a password once."""

    async def journey() -> None:
        keys = Keys(Memory())
        here = account(sign_in=SignIn.WORD)
        await keys.set(here, "incoming", "wrong")
        shown: list[str] = []

        async def attempt(secret: str) -> str:
            shown.append(secret)
            if secret != "right":
                raise SignInRefused("The server said no", "safe", "log")
            return "in"

        with pytest.raises(SignInRefused):
            await signed_in(keys, here, "incoming", attempt)
        for _ in range(5):
            with pytest.raises(AwaitsSignIn) as caught:
                await signed_in(keys, here, "incoming", attempt)
        assert shown == ["wrong"] and caught.value.title == "The server said no"
        keys.forgive(here.id)
        with pytest.raises(SignInRefused):
            await signed_in(keys, here, "incoming", attempt)
        await keys.set(here, "incoming", "right")
        assert await signed_in(keys, here, "incoming", attempt) == "in"
        assert shown == ["wrong", "wrong", "right"]

    run(journey())


def new_account(**values: Any) -> NewAccount:
    made = account(**values)
    return NewAccount(made.address, made.name, "Ada", made.incoming, made.outgoing)


def test_signing_in_through_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # T38
    """From the button to an access token for the account's lanes; the browser is the person's own."""

    async def journey() -> None:
        async with Authorization() as server:
            known = {"fake": server.provider(client="")}
            monkeypatch.setattr(providers, "known", lambda: known)
            source = Memory()
            engine = await Engine.open(tmp_path, passwords=source, offline=True)
            oauth = engine.oauth
            assert not await oauth.available("fake")
            with pytest.raises(WrongUsage) as caught:
                await oauth.sign_in("fake", new_account(), lambda _: None)
            assert "client id" in caught.value.title
            await oauth.set_client("fake", " our-client ")
            assert await oauth.available("fake") and oauth.key_of(Endpoint(IMAP, 993, Security.TLS, "")) == "fake"
            opened: list[str] = []
            visits: list[asyncio.Task[str]] = []

            def browse(address: str) -> None:
                opened.append(address)
                fields = server.authorize(address)
                redirect = server.codes[fields["code"]]["redirect_uri"]
                visits.append(asyncio.ensure_future(visit(redirect, fields)))

            grant = await oauth.sign_in("fake", new_account(), browse)
            assert "200" in await visits[0]
            assert [(each.port, each.purpose) for each in await engine.settings.hosts()] == [(server.port, "granting")]
            assert grant.hosts == (IMAP, SMTP) and "login_hint=ada%40example.org" in opened[0]
            with pytest.raises(WrongUsage):
                await oauth.sign_in("fake", new_account(imap="imap.else.example", smtp="smtp.else.example"), browse)
            number = await engine.accounts.add(new_account(), grant)
            made = next(each for each in await engine.accounts.all() if each.id == number)
            assert Grant.read(await source.get(made, "token")) is not None
            assert await Keys(source).get(made, "outgoing") == "access-2"
            await engine.close()

    run(journey())
    raw = b"".join(each.read_bytes() for each in tmp_path.iterdir() if each.is_file())
    assert b"refresh-" not in raw and b"access-" not in raw


def test_a_token_is_not_shown_to_another_server_while_trying(tmp_path: Path) -> None:  # T38
    async def journey() -> None:
        engine = await Engine.open(tmp_path, passwords=Memory(), offline=True)
        grant = Grant("fake", "https://x.example/", "c", ("imap.else.example",), "r", access="secret", ends=time.time())
        with pytest.raises(WrongUsage):
            await engine.accounts.check(new_account(), grant)
        await engine.close()

    run(journey())


def test_where_client_ids_come_from(tmp_path: Path) -> None:
    """The environment first, then the settings; the program brings none."""

    async def journey() -> None:
        engine = await Engine.open(tmp_path, passwords=Memory(), offline=True)
        assert {each.client for each in await engine.oauth.clients()} == {""}
        await engine.oauth.set_client("google", "mine", "public")
        there = OAuth(
            engine._store, Memory(), {"DESKTOPMAIL_OAUTH_GOOGLE_ID": "theirs", "DESKTOPMAIL_OAUTH_YAHOO_ID": "y"}
        )
        found = {each.key: (each.client, each.fixed) for each in await there.clients()}
        assert found["google"] == ("theirs", True) and found["yahoo"] == ("y", True)
        assert {each.key: each.client for each in await engine.oauth.clients()}["google"] == "mine"
        await engine.oauth.set_client("google", "")
        assert not await engine.oauth.available("google")
        for key, client in (("nobody", "x"), ("google", "two\nlines")):
            with pytest.raises((NotFound, WrongUsage)):
                await engine.oauth.set_client(key, client)
        await engine.close()

    run(journey())


def test_the_known_providers() -> None:
    found = providers.known()
    assert {"google", "microsoft", "yahoo", "fastmail"} <= set(found)
    for key, provider in found.items():
        assert provider.authorise.startswith("https://") and provider.token.startswith("https://"), key
        assert provider.scopes and provider.domains and provider.help and not provider.client, key
    assert providers.of_host("imap.gmail.com") == "google"
    assert providers.of_host("outlook.office365.com") == providers.of_host("smtp-mail.outlook.com") == "microsoft"
    assert providers.of_host("imap.gmail.com.evil.example") == providers.of_host("evilgmail.com") == ""


@pytest.mark.parametrize("text", ["", "password", "[]", "{}", '{"provider": 7}', "[" * 50_000, '{"hosts": "x"}'])
def test_what_is_no_grant(text: str) -> None:
    assert Grant.read(text) is None
    assert Grant.read(str(replace(Grant("a", "b", "c", ("h",), "r"), hosts=("x",)))) is not None


def test_nothing_secret_is_written_anywhere(caplog: pytest.LogCaptureFixture) -> None:  # T40
    """Success, refusal, a lie of the server and a fault of the program, with every logger at its most talkative."""

    async def journey() -> None:
        async with Authorization(life=60) as server:
            keys = await granted(server, Memory())
            await keys.get(account(), "incoming")
            server.replies = [(400, {"error": "invalid_request"}), (200, {"access_token": "a b"})]
            for _ in range(3):
                try:
                    await keys.get(account(), "outgoing")
                except MailError as error:
                    logging.getLogger("desktopmail").error("%r", error, exc_info=error)
                    seen.append(f"{error.title} {error.detail} {error.log}")
                keys.forgive(AccountId(1))

    seen: list[str] = []
    caplog.set_level(logging.DEBUG)
    asyncio.run(journey(), debug=True)
    written = caplog.text + " ".join(seen)
    assert seen and not any(secret in written for secret in ("refresh-", "access-", "a b"))


def test_whoever_gives_up_waiting_loses_no_rotated_token() -> None:  # T38
    """The provider has taken the old one back by then, whether anybody still waits or not."""

    async def journey() -> None:
        async with Authorization(life=60) as server:
            server.hold = asyncio.Event()
            arrived = asyncio.Event()
            server.before_refresh = arrived.set
            source = Watched()
            keys = await granted(server, source)
            asking = asyncio.create_task(keys.get(account(), "incoming"))
            await server.waiting.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            server.hold.set()
            await arrived.wait()
            assert await keys.get(account(), "outgoing") in ("access-1", "access-2")
            stored = Grant.read(await source.get(account(), "token"))
            assert stored is not None and stored.refresh in server.valid

    run(journey())


@pytest.mark.parametrize("gone", [False, True])
def test_a_late_answer_does_not_replace_what_was_set_meanwhile(gone: bool) -> None:  # T38
    async def journey() -> None:
        async with Authorization(life=60) as server:
            server.hold = asyncio.Event()
            source = Watched()
            keys = await granted(server, source)
            asking = asyncio.create_task(keys.get(account(), "incoming"))
            await server.waiting.wait()
            fresh = str(Grant("fake", f"{server.root}/token", "c", (IMAP, SMTP), "signed in anew"))
            await (keys.delete(account()) if gone else keys.set(account(), "token", fresh))
            server.hold.set()
            await asyncio.wait([asking])
            if gone:
                with pytest.raises(PasswordMissing):
                    await source.get(account(), "token")
            else:
                assert await source.get(account(), "token") == fresh

    run(journey())


@pytest.mark.parametrize("life", [10**400, 10**20, -1, 1e400, "9" * 400, "٣", None, [], True])
def test_whatever_a_provider_says_of_the_time_a_token_lasts(life: Any) -> None:
    async def journey() -> None:
        async with Authorization() as server:
            keys = await granted(server, Memory())
            server.replies = [(200, {"access_token": "a", "expires_in": life})]
            assert await keys.get(account(), "incoming") == "a"

    run(journey())


@pytest.mark.parametrize("issuer", ["https://[::1", "https://", "https://a b/", "https://x@y/", "https://h:99999/"])
def test_an_issuer_that_is_no_address(issuer: str) -> None:
    with pytest.raises(WrongUsage):
        run(tokens.learn(issuer))
