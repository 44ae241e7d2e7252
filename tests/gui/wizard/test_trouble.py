"""What stands in the way of an account, said in words, with a way on; and nothing is left behind."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit

from desktopmail.domain.account import Account, Endpoint, Security
from desktopmail.engine.engine import Engine
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.wizard.advice import Way
from desktopmail.gui.wizard.steps import How
from desktopmail.gui.wizard.window import AccountWizard
from desktopmail.gui.wizard.words import breakable
from desktopmail.store.secrets import Memory, What
from tests.gui.wizard.conftest import person, until
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.process import free_ports

Run = Callable[[Coroutine[Any, Any, None]], None]


def test_a_wrong_password_leads_back_to_its_field(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            wizard = ada.wizard
            ada.introduce(dovecot_user, "wrong")
            await ada.enter(dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user))
            await until(lambda: wizard.page is wizard.you)
            assert "did not accept the password" in wizard.you.password.wrong
            assert wizard.focusWidget() is wizard.you.password.line
            assert (wizard.you.name.text, wizard.you.address.text) == ("Ada Lovelace", dovecot_user.address)
            ada.type(dovecot_user.password)
            assert wizard.you.password.wrong == ""
            ada.press(Qt.Key.Key_Return)
            await ada.done()

    run(work())


def test_another_password_for_sending(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    sender = dovecot.add_user()

    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.introduce(dovecot_user)
            await ada.enter(dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", sender))
            assert "did not accept" in await ada.trouble()
            ada.press(Qt.Key.Key_Return)
            assert ada.wizard.page is ada.wizard.hand
            ada.type(sender.password, ada.wizard.hand.password.line)
            ada.press(Qt.Key.Key_Return)
            await ada.done()

    run(work())


def test_an_expired_certificate_is_trusted_for_one_server_only(
    tmp_path: Path, run: Run, certificates: Certificates, worn_dovecot: Dovecot, postfix: Postfix
) -> None:
    user = worn_dovecot.add_user()

    async def work() -> None:
        async with person(tmp_path) as ada:
            wizard = ada.wizard
            ada.introduce(user)
            own = worn_dovecot.endpoint("imaps", user)
            await ada.enter(own, postfix.endpoint("smtps", user))
            assert "ended on" in await ada.trouble()
            assert wizard.trying.trouble is not None
            labels = wizard.trying.trouble.findChildren(QLabel)
            shown = " ".join(each.text().replace(":", "").replace("\n", "").lower() for each in labels)
            assert certificates.expired.fingerprint in shown
            assert f"localhost, port {own.port}" in shown
            assert wizard.main_button.isDefault() and wizard.main_button.accessibleName() == "Try again"
            assert not wizard.trying.trouble.buttons[Way.TRUST].autoDefault()
            wizard.trying.press(Way.TRUST)
            # The right user is unknown to the outgoing server; that server's certificate is judged as ever.
            await until(lambda: wizard.trying.trouble is not None and wizard.trying.trouble.advice.certificate is None)
            assert [how for _, how in wizard.trying.steps.states()][:3] == [How.DONE] * 3
            servers = wizard.journey.servers
            assert servers is not None and servers.incoming is not None and servers.outgoing is not None
            assert servers.incoming.pins == {certificates.expired.fingerprint}
            assert servers.outgoing.pins == frozenset()

    run(work())


def test_a_refused_port_and_an_unknown_host(tmp_path: Path, run: Run, dovecot: Dovecot, dovecot_user: User) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            nobody = Endpoint("localhost", free_ports(1)[0], Security.TLS, dovecot_user.name)
            ada.introduce(dovecot_user)
            await ada.enter(nobody, replace(nobody, port=free_ports(1)[0]))
            assert "does not answer" in await ada.trouble()
            assert ada.wizard.trying.steps.states()[0][1] is How.FAILED
            ada.wizard.trying.press(Way.SERVERS)
            assert ada.wizard.page is ada.wizard.hand
            assert ada.wizard.hand.incoming.port.number == nobody.port
            await ada.enter(replace(nobody, host="nowhere.invalid"), nobody)
            assert "could not be found" in await ada.trouble()
            ada.press(Qt.Key.Key_Return)
            assert ada.wizard.focusWidget() is ada.wizard.hand.incoming.host.line
            assert await ada.engine.accounts.all() == ()

    run(work())


def test_another_service_at_the_port_leads_to_the_servers(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.introduce(dovecot_user)
            wrong = replace(dovecot.endpoint("imaps", dovecot_user), port=postfix.ports["smtps"])
            await ada.enter(wrong, postfix.endpoint("smtps", dovecot_user))
            await ada.trouble()
            shown = ada.wizard.trying.trouble
            assert shown is not None
            assert shown.advice.detail == "Nothing was stored. Another service may answer at this port."
            assert shown.advice.ways[0] is Way.SERVERS

    run(work())


def test_a_silent_server_can_be_left_at_once(tmp_path: Path, run: Run, dovecot_user: User) -> None:
    async def work() -> None:
        reached, gone = asyncio.Event(), asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            reached.set()
            while await reader.read(1000):
                pass
            writer.close()
            gone.set()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, person(tmp_path) as ada:
            mute = Endpoint("127.0.0.1", port, Security.TLS, "ada")
            ada.introduce(dovecot_user)
            await ada.enter(mute, mute)
            await reached.wait()
            assert not ada.wizard.main_button.isVisible()
            ada.wizard.back()
            assert ada.wizard.page is ada.wizard.hand
            await gone.wait()
            reached.clear()
            ada.press(Qt.Key.Key_Return)
            await reached.wait()
            ada.press(Qt.Key.Key_Escape)
            assert not ada.wizard.isVisible()
            assert ada.wizard.you.password.secret == ""
            assert await ada.engine.accounts.all() == ()

    run(work())


class Slow(Memory):
    """Keeps nothing before `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        self.asked.set()
        await self.go.wait()


def test_leaving_while_the_password_is_being_kept_leaves_nothing(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        passwords = Slow()
        async with person(tmp_path, passwords) as ada:
            ada.introduce(dovecot_user)
            await ada.enter(dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user))
            await passwords.asked.wait()
            assert len(ada.engine.library.accounts()) == 1
            ada.press(Qt.Key.Key_Escape)
            await until(lambda: not ada.engine.library.accounts())
            assert ada.made == []
        with sqlite3.connect(tmp_path / "profile" / "mail.db") as db:
            assert dovecot_user.password not in "".join(db.iterdump())

    run(work())


def test_missing_words_are_asked_for_beside_their_fields(tmp_path: Path, run: Run) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            you = ada.wizard.you
            ada.press(Qt.Key.Key_Return)
            assert you.address.wrong and ada.wizard.focusWidget() is you.address.line
            ada.type("nobody")
            ada.press(Qt.Key.Key_Return)
            assert "@" in you.address.wrong
            ada.type("ada@example")
            ada.press(Qt.Key.Key_Return)
            assert you.password.wrong and ada.wizard.focusWidget() is you.password.line
            ada.type("x")
            ada.press(Qt.Key.Key_Return)
            await until(lambda: ada.wizard.page is ada.wizard.hand)
            ada.press(Qt.Key.Key_Return)
            assert ada.wizard.hand.incoming.host.wrong

    run(work())


def test_leaving_in_the_middle_of_an_address(tmp_path: Path, run: Run) -> None:
    async def work() -> None:
        engine = await Engine.open(tmp_path / "profile", passwords=Memory())
        wizard = AccountWizard(engine)
        gone = asyncio.Event()
        wizard.destroyed.connect(gone.set)
        wizard.open()
        QTest.keyClicks(wizard.you.address.line, "ada@gmail.com")
        QTest.keyClick(wizard, Qt.Key.Key_Escape)
        await gone.wait()
        await close_tasks()
        await engine.close()

    run(work())


def test_long_words_can_break_and_stay_what_they_are() -> None:
    host = "a" * 60 + ".example.org"
    assert breakable(host).replace("\u200b", "") == host
    assert max(len(each) for each in breakable(host).split("\u200b")) < 33
    assert breakable("mail.example.org, port 993") == "mail.example.org, port 993"


def test_every_control_has_a_name(tmp_path: Path, run: Run) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            controls = [
                each
                for kind in (QAbstractButton, QLineEdit, QComboBox)
                for each in ada.wizard.findChildren(kind)
                if each.focusPolicy() != Qt.FocusPolicy.NoFocus
            ]
            assert len(controls) > 15
            nameless = [each for each in controls if not each.accessibleName() and each is not ada.wizard.main_button]
            assert nameless == []

    run(work())
