"""Before a password goes anywhere: servers of other names, servers that do not encrypt, accounts of one way only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.found import FoundServers
from desktopmail.gui.wizard.servers import Servers
from tests.gui.wizard.conftest import Known, Person, person, until
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

Run = Callable[[Coroutine[Any, Any, None]], None]


def in_clear(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, security=Security.NONE)


async def warned(ada: Person) -> None:
    await until(lambda: ada.wizard.page is ada.wizard.risk)


def test_without_encryption_nothing_is_sent_before_the_person_insists(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:  # T34
    async def work() -> None:
        async with person(tmp_path) as ada:
            risk = ada.wizard.risk
            ada.introduce(dovecot_user)
            await ada.enter(in_clear(dovecot.endpoint("imap", dovecot_user)), postfix.endpoint("smtps", dovecot_user))
            await warned(ada)
            # The way that the main button and Return take leads away from it; the other one is not even open.
            assert ada.wizard.main_button.accessibleName() == "Enter other servers"
            assert ada.wizard.main_button.isDefault() and not risk.tick.isChecked()
            assert not risk.go_on.isEnabled() and not risk.go_on.autoDefault()
            assert f"port {dovecot.ports['imap']}" in risk.where.text()
            ada.press(Qt.Key.Key_Return)
            assert ada.wizard.page is ada.wizard.hand
            assert ada.wizard.hand.incoming.port.number == dovecot.ports["imap"]
            assert dovecot_user.name not in dovecot.log()
            ada.press(Qt.Key.Key_Return)
            await warned(ada)
            ada.click(risk.tick)
            ada.click(risk.go_on)
            await ada.done()
            account = await ada.account()
            assert account.incoming is not None and account.incoming.endpoint.security is Security.NONE

    run(work())


def test_agreeing_to_one_server_is_not_agreeing_to_another(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:  # T34
    async def work() -> None:
        async with person(tmp_path) as ada:
            ends = in_clear(dovecot.endpoint("imap", dovecot_user)), postfix.endpoint("smtps", dovecot_user)
            ada.introduce(dovecot_user, "wrong")
            await ada.enter(*ends)
            await warned(ada)
            ada.click(ada.wizard.risk.tick)
            ada.click(ada.wizard.risk.go_on)
            await until(lambda: ada.wizard.page is ada.wizard.you)
            ada.click(ada.wizard.you.servers.button)
            await ada.enter(replace(ends[0], port=dovecot.ports["pop3"]), ends[1])
            await warned(ada)
            assert not ada.wizard.risk.tick.isChecked()

    run(work())


def test_only_servers_in_clear_were_found(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:  # T34
    ends = Endpoint("localhost", 143, Security.NONE, "ada"), Endpoint("localhost", 587, Security.NONE, "ada")

    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.engine.discovery = Known(  # type: ignore[assignment]
                FoundServers(dovecot_user.address, "", "found by trying", cleartext=ends)
            )
            ada.introduce(dovecot_user)
            await warned(ada)
            assert ada.wizard.risk.servers == Servers(*ends)
            ada.press(Qt.Key.Key_Escape)
            assert await ada.engine.accounts.all() == ()

    run(work())


def test_servers_of_other_names_are_agreed_to_first(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    own, out = dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user)
    sentence = "The server localhost is not under mail.test."
    found = FoundServers(dovecot_user.address, "Example", "DNS", (own,), (), (out,), confirm=(sentence,))

    async def work() -> None:
        async with person(tmp_path) as ada:
            agree = ada.wizard.agree
            ada.engine.discovery = Known(found)  # type: ignore[assignment]
            ada.introduce(dovecot_user)
            await until(lambda: ada.wizard.page is agree)
            assert ada.wizard.focusWidget() is agree.hand
            said = [each.accessibleName() for each in agree.notes.children() if hasattr(each, "accessibleName")]
            assert sentence in said
            assert dovecot_user.name not in dovecot.log()
            ada.click(ada.wizard.main_button)
            await ada.found()
            ada.press(Qt.Key.Key_Return)
            await ada.done()

    run(work())


@pytest.mark.parametrize("receives", [True, False])
def test_accounts_that_only_send_or_only_receive(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User, receives: bool
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            hand = ada.wizard.hand
            ada.introduce(dovecot_user)
            await until(lambda: ada.wizard.page is hand)
            without = hand.outgoing if receives else hand.incoming
            without.choose("")
            assert not without.host.isVisible() and not hand.password.isVisible()
            if receives:
                ada._server(hand.incoming, dovecot.endpoint("imaps", dovecot_user))
            else:
                ada._server(hand.outgoing, postfix.endpoint("smtps", dovecot_user))
            ada.press(Qt.Key.Key_Return)
            await ada.done()
            account = await ada.account()
            assert (account.incoming is not None, account.outgoing is not None) == (receives, not receives)
            assert ("only receives" if receives else "ready to send") in ada.wizard.done_page.lead.text()

    run(work())


def test_an_account_without_any_server_cannot_be_made(tmp_path: Path, run: Run, dovecot_user: User) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.introduce(dovecot_user)
            await until(lambda: ada.wizard.page is ada.wizard.hand)
            ada.wizard.hand.incoming.choose("")
            ada.wizard.hand.outgoing.choose("")
            assert not ada.wizard.main_button.isVisible()

    run(work())


def test_a_wrong_password_of_an_account_that_only_sends(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.introduce(dovecot_user, "wrong")
            await until(lambda: ada.wizard.page is ada.wizard.hand)
            ada.wizard.hand.incoming.choose("")
            ada._server(ada.wizard.hand.outgoing, postfix.endpoint("smtps", dovecot_user))
            ada.press(Qt.Key.Key_Return)
            await until(lambda: ada.wizard.page is ada.wizard.you)
            assert "did not accept the password" in ada.wizard.you.password.wrong

    run(work())


def test_a_better_answer_replaces_what_is_shown_but_not_what_was_chosen(tmp_path: Path, run: Run) -> None:
    first = Endpoint("imap.example.org", 993, Security.TLS, "ada")
    pop3 = replace(first, host="pop.example.org", port=995)
    quick = FoundServers("ada@example.org", "Example", "bundled facts", (first,), (pop3,), ())
    slow = replace(quick, imap=(replace(first, host="better.example.org"),))
    go = asyncio.Event()

    class Two:
        async def find(
            self, address: str, *, offline: bool = False, better: Callable[[FoundServers], None] | None = None
        ) -> FoundServers:
            if better is not None:
                better(quick)
                await go.wait()
            return slow

    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.engine.discovery = Two()  # type: ignore[assignment]
            ada.introduce(User("ada", "secret"), address="ada@example.org")
            await ada.found()
            assert "imap.example.org" in ada.wizard.found.incoming.text()
            ada.click(ada.wizard.found.pop3)
            go.set()
            await until(lambda: ada.wizard.found.found is slow)
            assert ada.wizard.found.pop3.isChecked() and ada.wizard.page is ada.wizard.found
            ada.click(ada.wizard.found.imap)
            assert "better.example.org" in ada.wizard.found.incoming.text()

    run(work())


@pytest.mark.parametrize("way", ["imap", "pop3"])
def test_an_unknown_host(tmp_path: Path, run: Run, dovecot_user: User, way: str) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.introduce(dovecot_user)
            await until(lambda: ada.wizard.page is ada.wizard.hand)
            ada.wizard.hand.incoming.choose(way)
            nowhere = Endpoint("nowhere.invalid", 995, Security.TLS, "ada")
            await ada.enter(nowhere, nowhere)
            assert "could not be found" in await ada.trouble()
            assert await ada.engine.accounts.all() == ()

    run(work())


def test_a_better_answer_that_needs_consent_is_asked_about(tmp_path: Path, run: Run) -> None:
    guess = FoundServers("ada@example.org", "Example", "found by trying", (server("mail.example.org"),))
    sentence = "The server mx.hosting.example is not under example.org."
    better = FoundServers("ada@example.org", "Example", "DNS", (server("mx.hosting.example"),), confirm=(sentence,))

    async def work() -> None:
        async with person(tmp_path) as ada:
            late = Late(guess, better)
            ada.engine.discovery = late  # type: ignore[assignment]
            ada.type("ada@example.org", ada.wizard.you.address.line)
            ada.type("secret", ada.wizard.you.password.line)
            ada.press(Qt.Key.Key_Return)
            await ada.found()
            late.come.set()
            await until(lambda: ada.wizard.page is ada.wizard.agree)
            ada.click(ada.wizard.main_button)
            await ada.found()
            servers = ada.wizard.found.servers
            assert servers is not None and servers.incoming == better.imap[0]

    run(work())


def server(host: str) -> Endpoint:
    return Endpoint(host, 993, Security.TLS, "ada")


class Late:
    """Knows one answer at once and a better one when told so."""

    def __init__(self, first: FoundServers, better: FoundServers) -> None:
        self._first = first
        self._better = better
        self.come = asyncio.Event()

    async def find(self, address: str, *, offline: bool = False, better: Any = None) -> FoundServers:
        """The first is heard, the other is the answer."""
        if offline:
            return FoundServers(address, "", "nothing found")
        better(self._first)
        await self.come.wait()
        return self._better


def test_the_provider_s_help_is_offered_only_over_https(tmp_path: Path, run: Run) -> None:
    first = Endpoint("imap.example.org", 993, Security.TLS, "ada")
    found = FoundServers("ada@example.org", "Example", "DNS", (first,), confirm=("Other.",))

    async def work() -> None:
        async with person(tmp_path) as ada:
            for address, shown in (("https://example.org/mail", True), ("http://example.org", False), ("", False)):
                ada.wizard.agree.ask(replace(found, documentation=address))
                assert ada.wizard.agree.help.isHidden() is not shown

    run(work())


def test_a_sending_server_in_clear_is_named_and_not_used(tmp_path: Path, run: Run) -> None:  # T34
    first = Endpoint("imap.example.org", 993, Security.TLS, "ada")
    clear = Endpoint("smtp.example.org", 587, Security.NONE, "ada")
    found = FoundServers("ada@example.org", "Example", "found by trying", (first,), cleartext=(clear,))

    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.engine.discovery = Known(found)  # type: ignore[assignment]
            ada.introduce(User("ada", "secret"), address="ada@example.org")
            await ada.found()
            assert "smtp.example.org does not encrypt" in ada.wizard.found.outgoing.text()
            assert ada.wizard.found.servers is not None and ada.wizard.found.servers.outgoing is None

    run(work())


def test_a_provider_that_only_takes_mail_is_said_to_be_one(tmp_path: Path, run: Run) -> None:
    out = Endpoint("smtp.example.org", 465, Security.TLS, "ada")
    found = FoundServers("ada@example.org", "Example", "found by trying", smtp=(out,))

    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.engine.discovery = Known(found)  # type: ignore[assignment]
            ada.introduce(User("ada", "secret"), address="ada@example.org")
            await ada.found()
            assert "would only send" in ada.wizard.found.incoming.text()
            assert not ada.wizard.found.imap.isEnabled() and not ada.wizard.found.pop3.isEnabled()

    run(work())
