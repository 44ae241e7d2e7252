"""What stands in the way of an account that fetches its mail by POP3, typed by hand, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktopmail.domain.account import Endpoint, Keep, Leave, Pop3Server, Security
from desktopmail.domain.errors import MailboxBusy, MailError, TooSoon
from desktopmail.gui.wizard.advice import Way, advise
from tests.gui.wizard.conftest import Person, person, until
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

Run = Callable[[Coroutine[Any, Any, None]], None]


async def by_pop3(ada: Person, user: User, incoming: Endpoint, outgoing: Endpoint, password: str = "") -> None:
    """From the first page to signing in by POP3."""
    ada.introduce(user, password or user.password)
    await until(lambda: ada.wizard.page is ada.wizard.hand)
    ada.wizard.hand.incoming.choose("pop3")
    await ada.enter(incoming, outgoing)


@pytest.mark.parametrize("kind", ["pop3s", "pop3"])
def test_with_tls_and_with_starttls(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User, kind: str
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            own = dovecot.endpoint(kind, dovecot_user)
            await by_pop3(ada, dovecot_user, own, postfix.endpoint("submission", dovecot_user))
            await ada.done()
            account = await ada.account()
            assert account.incoming == Pop3Server(own, Leave(Keep.FOREVER))

    run(work())


def test_a_wrong_password(tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ends = dovecot.endpoint("pop3s", dovecot_user), postfix.endpoint("smtps", dovecot_user)
            await by_pop3(ada, dovecot_user, *ends, password="wrong")
            await until(lambda: ada.wizard.page is ada.wizard.you)
            assert "did not accept the password" in ada.wizard.you.password.wrong
            ada.type(dovecot_user.password)
            ada.press(Qt.Key.Key_Return)
            await ada.done()

    run(work())


def test_an_expired_certificate(
    tmp_path: Path, run: Run, certificates: Certificates, worn_dovecot: Dovecot, postfix: Postfix
) -> None:
    user = worn_dovecot.add_user()

    async def work() -> None:
        async with person(tmp_path) as ada:
            await by_pop3(ada, user, worn_dovecot.endpoint("pop3s", user), postfix.endpoint("smtps", user))
            assert "ended on" in await ada.trouble()
            assert user.name not in worn_dovecot.log()
            ada.wizard.trying.press(Way.TRUST)
            await until(
                lambda: ada.wizard.journey.servers is not None and ada.wizard.journey.servers.incoming is not None
            )
            servers = ada.wizard.journey.servers
            assert servers is not None and servers.incoming is not None
            assert servers.incoming.pins == {certificates.expired.fingerprint} and servers.protocol == "pop3"

    run(work())


def test_a_silent_server(tmp_path: Path, run: Run, dovecot_user: User) -> None:
    async def work() -> None:
        reached, gone = asyncio.Event(), asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            reached.set()
            while await reader.read(1000):
                pass
            writer.close()
            gone.set()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        mute = Endpoint("127.0.0.1", server.sockets[0].getsockname()[1], Security.STARTTLS, "ada")
        async with server, person(tmp_path) as ada:
            await by_pop3(ada, dovecot_user, mute, mute)
            await reached.wait()
            ada.wizard.back()
            assert ada.wizard.page is ada.wizard.hand and ada.wizard.hand.incoming.way == "pop3"
            await gone.wait()
            assert await ada.engine.accounts.all() == ()

    run(work())


@pytest.mark.parametrize(
    ("error", "said"),
    [(MailboxBusy("Another program has the mailbox open"), "the other one is done"), (TooSoon(90), "in 90 seconds")],
)
def test_a_server_that_wants_us_later(error: MailError, said: str) -> None:
    advice = advise(error, None)
    assert said in advice.detail and advice.detail.startswith("Nothing was stored.")
    assert advice.ways == (Way.AGAIN, Way.SERVERS)
