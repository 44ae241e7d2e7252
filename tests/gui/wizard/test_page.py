"""Signing in at the provider's page from the dialog: no password is typed, and what is granted goes to the servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktopmail.domain.account import SignIn
from desktopmail.domain.errors import SignInRefused
from desktopmail.domain.found import FoundServers
from desktopmail.engine import providers
from desktopmail.gui.wizard.steps import How
from desktopmail.store.secrets import Memory
from tests.fakes.authorization import CLIENT, Authorization, visit
from tests.gui.wizard.conftest import Known, Person, person, until
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

Run = Callable[[Coroutine[Any, Any, None]], None]


def before_page(ada: Person, found: FoundServers) -> None:
    """Type name and address, leave the password empty, go on."""
    ada.engine.discovery = Known(found)  # type: ignore[assignment]
    ada.type("Ada Lovelace", ada.wizard.you.name.line)
    ada.type(found.address, ada.wizard.you.address.line)
    ada.press(Qt.Key.Key_Tab)


def browsing(server: Authorization, visits: list[asyncio.Task[str]]) -> Callable[[str], None]:
    """A browser whose person agrees at once."""

    def browse(address: str) -> None:
        fields = server.authorize(address)
        back = next(iter(server.codes.values()))["redirect_uri"]
        visits.append(asyncio.ensure_future(visit(back, fields)))

    return browse


def servers(dovecot: Dovecot, postfix: Postfix, user: User) -> FoundServers:
    ends = (dovecot.endpoint("imaps", user),), (), (postfix.endpoint("smtps", user),)
    return FoundServers(user.address, "Fake Mail", "bundled facts", *ends, "Take an app password.", oauth="fake")


def test_no_password_is_typed_at_a_provider_with_a_page(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:  # T38
    async def work() -> None:
        async with Authorization() as server, person(tmp_path) as ada:
            provider = server.provider(domains=("localhost",))
            monkeypatch.setattr(providers, "known", lambda: {"fake": provider})
            await ada.engine.oauth.set_client("fake", CLIENT)
            visits: list[asyncio.Task[str]] = []
            ada.wizard.journey.browse = browsing(server, visits)
            before_page(ada, servers(dovecot, postfix, dovecot_user))
            await until(lambda: not ada.wizard.you.help.isHidden())
            ada.press(Qt.Key.Key_Return)
            await until(lambda: ada.wizard.page is ada.wizard.found)
            assert ada.wizard.main_button.accessibleName() == "Sign in at the page of Fake Mail"
            ada.press(Qt.Key.Key_Return)
            # This server takes passwords only: what was granted is shown to it, and refused.
            await ada.trouble()
            assert server.asked == ["authorization_code"]
            states = ada.wizard.trying.steps.states()
            assert "in your browser" in states[0][0] and states[0][1] is How.DONE
            assert ada.wizard.main_button.accessibleName() == "Try again"
            assert await ada.engine.accounts.all() == ()
            await asyncio.gather(*visits)

    run(work())


@asynccontextmanager
async def introspection(token: str, owner: str) -> AsyncIterator[int]:
    """Says whose a token is, as an authorization server does (RFC 7662); its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        good = f"Bearer {token}\r\n".encode() in head
        body = json.dumps({"active": good, "username": owner} if good else {"active": False}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def test_what_was_granted_opens_the_mailbox_and_is_kept(
    tmp_path: Path, run: Run, certificates: Certificates, dovecot_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:  # T38
    passwords = Memory()

    async def work() -> None:
        async with (
            introspection("access-1", dovecot_user.name) as port,
            Authorization() as server,
            person(tmp_path, passwords) as ada,
        ):
            bearing = Dovecot(
                certificates=certificates, mechanisms="plain oauthbearer", bearer=f"http://127.0.0.1:{port}/whose"
            )
            bearing.start()
            try:
                provider = server.provider(domains=("localhost",))
                monkeypatch.setattr(providers, "known", lambda: {"fake": provider})
                await ada.engine.oauth.set_client("fake", CLIENT)
                visits: list[asyncio.Task[str]] = []
                ada.wizard.journey.browse = browsing(server, visits)
                own = bearing.endpoint("imaps", dovecot_user)
                found = FoundServers(dovecot_user.address, "Fake Mail", "bundled facts", (own,), oauth="fake")
                before_page(ada, found)
                await until(lambda: not ada.wizard.you.help.isHidden())
                ada.press(Qt.Key.Key_Return)
                await ada.found()
                ada.press(Qt.Key.Key_Return)
                await ada.done()
                account = await ada.account()
                assert account.incoming is not None and account.incoming.endpoint.sign_in is SignIn.OAUTH2
                assert "refresh-1" in await passwords.get(account, "token")
                await asyncio.gather(*visits)
            finally:
                bearing.stop()

    run(work())


def test_saying_no_at_the_page_stores_nothing(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            provider = Authorization().provider(domains=("localhost",))
            monkeypatch.setattr(providers, "known", lambda: {"fake": provider})
            await ada.engine.oauth.set_client("fake", CLIENT)

            async def refused(*args: Any, **named: Any) -> None:
                raise SignInRefused("Fake Mail did not let this program in")

            monkeypatch.setattr(ada.engine.oauth, "sign_in", refused)
            before_page(ada, servers(dovecot, postfix, dovecot_user))
            await until(lambda: not ada.wizard.you.help.isHidden())
            ada.press(Qt.Key.Key_Return)
            await until(lambda: ada.wizard.page is ada.wizard.found)
            ada.press(Qt.Key.Key_Return)
            assert "did not let" in await ada.trouble()
            ada.wizard.trying.rest()
            assert await ada.engine.accounts.all() == ()

    run(work())


def test_without_a_client_id_the_provider_s_words_are_said(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            provider = Authorization().provider(client="", help="Make an app password at https://example.org/app.")
            monkeypatch.setattr(providers, "known", lambda: {"fake": provider})
            found = replace(servers(dovecot, postfix, dovecot_user), password_help="")
            before_page(ada, found)
            await until(lambda: not ada.wizard.you.help.isHidden())
            ada.press(Qt.Key.Key_Return)
            assert ada.wizard.you.password.wrong
            ada.type(dovecot_user.password, ada.wizard.you.password.line)
            ada.press(Qt.Key.Key_Return)
            await until(lambda: ada.wizard.page is ada.wizard.found)
            assert ada.wizard.found.page.isHidden()
            assert ada.wizard.main_button.accessibleName() == "Sign in"

    run(work())
