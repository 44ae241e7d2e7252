"""Servers are changed in the settings: tried out first, with what stands in the way said in place. T30"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktopmail.domain.account import Endpoint, NewAccount, Pop3Server, Security
from desktopmail.engine import accounts as verbs
from desktopmail.gui.accounts.adding import AddServer
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.accounts.sign_in import SignIn
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.confirm import Confirm
from desktopmail.gui.wizard.advice import Way
from tests.gui.accounts.conftest import Desk, desk, press, type_into, until, words
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

Run = Callable[[Coroutine[Any, Any, None]], None]


def choose(box: ComboBox, security: Security) -> None:
    """Choose a protection as the keyboard does."""
    box.setFocus(Qt.FocusReason.TabFocusReason)
    box.setCurrentIndex(box.findData(security.value))
    box.activated.emit(box.currentIndex())


def incoming(desk: Desk) -> Endpoint:
    server = desk.account.incoming
    assert server is not None
    return server.endpoint


@pytest.mark.parametrize("kind", ["imap", "pop3"])
def test_to_starttls(
    tmp_path: Path, run: Run, new: NewAccount, dovecot: Dovecot, dovecot_user: User, kind: str
) -> None:
    box = new if kind == "imap" else replace(new, incoming=Pop3Server(dovecot.endpoint("pop3s", dovecot_user)))

    async def story() -> None:
        async with desk(tmp_path, box, dovecot_user.password) as one:
            dialog = one.servers()
            assert dialog.incoming is not None
            choose(dialog.incoming.security, Security.STARTTLS)
            type_into(dialog.incoming.port, str(dovecot.ports[kind]))
            gone = []
            dialog.accepted.connect(lambda: gone.append(True))
            press(dialog.button)
            await until(lambda: gone)
            assert incoming(one) == dovecot.endpoint(kind, dovecot_user)
            assert "STARTTLS" in words(one.page.server_rows.incoming)

    run(story())


def test_sending_to_starttls_and_a_word_it_does_not_take(
    tmp_path: Path, run: Run, new: NewAccount, postfix: Postfix, dovecot_user: User
) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, dovecot_user.password) as one:
            control = one.page.server_rows.outgoing.control
            assert control is not None
            press(control)
            dialog = one.dialog(Servers)
            assert dialog.outgoing is not None
            assert dialog.focusWidget() is dialog.outgoing.host
            choose(dialog.outgoing.security, Security.STARTTLS)
            type_into(dialog.outgoing.port, str(postfix.ports["submission"]))
            type_into(dialog.outgoing.user, "nobody")
            press(dialog.button)
            await until(lambda: "did not accept the password for nobody" in words(dialog).replace("\u200b", ""))
            assert "Incoming mail works" in words(dialog).replace("\u200b", "")
            type_into(dialog.outgoing.user, dovecot_user.name)
            press(dialog.button)
            await until(lambda: one.account.outgoing is not None and one.account.outgoing.endpoint.port
                        == postfix.ports["submission"])  # fmt: skip
            assert one.account.outgoing is not None
            assert one.account.outgoing.endpoint.security is Security.STARTTLS

    run(story())


def test_the_usual_port_follows_the_protection(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            dialog = one.servers()
            fields = dialog.incoming
            assert fields is not None
            choose(fields.security, Security.STARTTLS)
            assert fields.port.number != 143
            fields.port.set_number(143)
            choose(fields.security, Security.TLS)
            assert fields.port.number == 993
            QTest.keyClick(fields.port, Qt.Key.Key_Up)
            assert fields.port.number == 994
            press(dialog.leave)
            assert not dialog.isVisible()

    run(story())


def test_a_wrong_password_is_said_in_place_and_mended_there(
    tmp_path: Path, run: Run, new: NewAccount, dovecot: Dovecot, dovecot_user: User
) -> None:
    other = dovecot.add_user()

    async def story() -> None:
        async with desk(tmp_path, new, dovecot_user.password) as one:
            dialog = one.servers()
            assert dialog.incoming is not None
            type_into(dialog.incoming.user, other.name)
            press(dialog.button)
            await until(lambda: "did not accept the password" in words(dialog).replace("\u200b", ""))
            assert dialog.trouble is not None
            assert incoming(one).user == dovecot_user.name
            press(dialog.trouble.buttons[Way.PASSWORD])
            sign_in = dialog.findChild(SignIn)
            assert sign_in is not None
            type_into(sign_in.field, other.password)
            closed = []
            sign_in.accepted.connect(lambda: closed.append(True))
            press(sign_in.button)
            await until(lambda: closed)
            press(dialog.button)
            await until(lambda: incoming(one).user == other.name)

    run(story())


def test_an_expired_certificate_is_never_trusted_by_return(
    tmp_path: Path, run: Run, new: NewAccount, worn_dovecot: Dovecot, dovecot_user: User
) -> None:  # T30
    user = worn_dovecot.add_user(dovecot_user.name, dovecot_user.password)

    async def story() -> None:
        async with desk(tmp_path, new, user.password) as one:
            dialog = one.servers()
            assert dialog.incoming is not None
            type_into(dialog.incoming.port, str(worn_dovecot.ports["imaps"]))
            QTest.keyClick(dialog.incoming.port, Qt.Key.Key_Return)
            await until(lambda: dialog.trouble is not None)
            assert dialog.trouble is not None and dialog.trouble.advice.certificate is not None
            fingerprint = worn_dovecot.certificates.good.fingerprint
            assert dialog.trouble.advice.certificate.fingerprint == fingerprint
            first = dialog.trouble
            QTest.keyClick(dialog.incoming.port, Qt.Key.Key_Return)
            await until(lambda: dialog.trouble not in (None, first))
            assert not incoming(one).pins and incoming(one).port != worn_dovecot.ports["imaps"]
            press(dialog.trouble.buttons[Way.TRUST])
            await until(lambda: incoming(one).pins == {fingerprint})
            assert incoming(one).port == worn_dovecot.ports["imaps"]
            server = one.account.outgoing
            assert server is not None and not server.endpoint.pins
            await until(lambda: one.page.certificates.buttons)
            assert fingerprint[:4].upper() in words(one.page._trusted)
            press(one.page.certificates.buttons[0])
            confirm = one.dialog(Confirm)
            QTest.keyClick(confirm, Qt.Key.Key_Return)
            assert incoming(one).pins
            press(one.page.certificates.buttons[0])
            press(next(each for each in one.dialog(Confirm).findChildren(QPushButton) if "Revoke" in each.text()))
            await until(lambda: not incoming(one).pins)
            await until(lambda: one.page._trusted.isHidden())

    run(story())


@pytest.mark.parametrize("where", ["unknown", "silent"])
def test_a_host_that_is_not_there(
    tmp_path: Path, run: Run, new: NewAccount, dovecot_user: User, silent: int, where: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(verbs, "SECONDS", 0.5)

    async def story() -> None:
        async with desk(tmp_path, new, dovecot_user.password) as one:
            before = incoming(one)
            dialog = one.servers()
            assert dialog.incoming is not None
            if where == "unknown":
                type_into(dialog.incoming.host, "nowhere.invalid")
            else:
                type_into(dialog.incoming.port, str(silent))
            press(dialog.button)
            says = "could not be found" if where == "unknown" else "took too long"
            await until(lambda: says in words(dialog).replace("\u200b", ""))
            assert incoming(one) == before
            assert dialog.anyway.isVisible() and not dialog.anyway.isDefault()
            press(dialog.anyway)
            await until(lambda: incoming(one) != before)

    run(story())


def test_trying_can_be_stopped(tmp_path: Path, run: Run, new: NewAccount, dovecot_user: User, silent: int) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, dovecot_user.password) as one:
            dialog = one.servers()
            assert dialog.incoming is not None
            type_into(dialog.incoming.port, str(silent))
            press(dialog.button)
            await until(lambda: "Looking for" in dialog.said.text() or "Signing" in dialog.said.text())
            assert not dialog.incoming.isEnabled()
            press(dialog.leave)
            await until(dialog.incoming.isEnabled)
            assert dialog.isVisible() and "Nothing was changed" in dialog.said.text()
            press(dialog.leave)
            assert not dialog.isVisible()
            assert incoming(one).port != silent

    run(story())


def test_closing_ends_what_is_being_tried(
    tmp_path: Path, run: Run, new: NewAccount, dovecot_user: User, silent: int
) -> None:
    faults: list[object] = []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
        async with desk(tmp_path, new, dovecot_user.password) as one:
            dialog = one.servers()
            assert dialog.incoming is not None
            type_into(dialog.incoming.port, str(silent))
            press(dialog.button)
            await until(lambda: dialog.said.text())
            work, gone = dialog._work, []
            dialog.destroyed.connect(lambda: gone.append(True))
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await until(lambda: gone and work is not None and work.done())
            assert incoming(one).port != silent
            adding = AddServer(one.engine, one.account, ("imap",), one.window)
            adding.open()
            type_into(adding.fields.host, "localhost")
            type_into(adding.fields.port, str(silent))
            press(adding.button)
            await until(lambda: "Looking for localhost" in adding.said.text())
            work, gone = adding._work, []
            adding.destroyed.connect(lambda: gone.append(True))
            QTest.keyClick(adding, Qt.Key.Key_Escape)
            await until(lambda: gone and work is not None and work.done())

    run(story())
    assert faults == []


def test_no_encryption_takes_a_step_that_says_what_it_means(
    tmp_path: Path, run: Run, new: NewAccount, dovecot_user: User
) -> None:  # T34
    async def story() -> None:
        async with desk(tmp_path, new, dovecot_user.password) as one:
            dialog = one.servers()
            fields = dialog.incoming
            assert fields is not None
            offered = [fields.security.itemData(row) for row in range(fields.security.count())]
            assert offered == ["tls", "starttls"]
            press(fields.naked)
            confirm = one_confirm(dialog)
            assert "readable for everybody" in words(confirm)
            QTest.keyClick(confirm, Qt.Key.Key_Return)
            assert fields.security.findData("none") < 0
            press(fields.naked)
            press(next(each for each in one_confirm(dialog).findChildren(QPushButton) if "without" in each.text()))
            assert fields.value().security is Security.NONE
            assert not fields.naked.isVisible()

    run(story())


def one_confirm(dialog: Servers) -> Confirm:
    return next(each for each in dialog.findChildren(Confirm) if each.isVisible())


def test_a_proxy_and_a_client_certificate(tmp_path: Path, run: Run, new: NewAccount, dovecot_user: User) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, dovecot_user.password) as one:
            dialog = one.servers()
            fields = dialog.incoming
            assert fields is not None
            assert not fields.proxy.isVisible()
            press(fields.more)
            assert fields.proxy.isVisible() and not fields.proxy.host.isVisible()
            fields.proxy.kind.setCurrentIndex(1)
            fields.proxy.kind.activated.emit(1)
            press(dialog.button)
            assert "proxy" in dialog.said.text()
            type_into(fields.proxy.host, "::1")
            assert fields.value().proxy == "socks5://[::1]:1080"
            type_into(fields.proxy.host, "proxy.example.org")
            fields.proxy.kind.setCurrentIndex(2)
            fields.proxy.kind.activated.emit(2)
            assert fields.value().proxy == "http://proxy.example.org:3128"
            type_into(fields.certificate.path, str(tmp_path / "none.pem"))
            press(dialog.button)
            assert "is not there" in dialog.said.text()
            (tmp_path / "own.pem").write_text("x")
            type_into(fields.certificate.path, str(tmp_path / "own.pem"))
            assert fields.complaint() == "" and fields.value().certificate == str(tmp_path / "own.pem")
            press(dialog.leave)

    run(story())
