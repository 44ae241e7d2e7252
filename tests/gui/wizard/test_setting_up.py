"""Accounts set up through the dialog, against real servers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktopmail.app.window import wizard as over
from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.folder import Role
from desktopmail.domain.found import FoundServers
from desktopmail.engine.engine import Engine
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.window import MainWindow, Parts
from desktopmail.gui.wizard.steps import How
from desktopmail.gui.wizard.window import AccountWizard
from desktopmail.store.secrets import Memory
from desktopmail.store.secrets.keystore import Keyring
from tests.fakes.unplugged import unplugged
from tests.gui.desk import PlainComposer, PlainReader
from tests.gui.wizard.conftest import Known, Person, dispose, person, until
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.mark.parametrize(("incoming", "outgoing"), [("imaps", "smtps"), ("imap", "submission")])
def test_by_hand_with_tls_and_with_starttls(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User, incoming: str, outgoing: str
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.introduce(dovecot_user)
            await ada.enter(dovecot.endpoint(incoming, dovecot_user), postfix.endpoint(outgoing, dovecot_user))
            await ada.done()
            assert {how for _, how in ada.wizard.trying.steps.states()} <= {How.DONE, How.NOW}
            [account] = await ada.engine.accounts.all()
            assert ada.made == [account.id]
            assert account.identities[0].name == "Ada Lovelace"
            assert account.incoming is not None and account.outgoing is not None
            assert account.incoming.endpoint == dovecot.endpoint(incoming, dovecot_user)
            assert account.outgoing.endpoint == postfix.endpoint(outgoing, dovecot_user)
            assert ada.wizard.you.password.secret == ""
            ada.press(Qt.Key.Key_Return)
            assert not ada.wizard.isVisible()

    run(work())


def test_six_actions_when_the_servers_are_found(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    own, out = dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user)
    known = Known(FoundServers(dovecot_user.address, "Example", "bundled facts", (own,), (), (out,), "Help."))

    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.engine.discovery = known  # type: ignore[assignment]
            ada.introduce(dovecot_user)
            await until(lambda: ada.wizard.page is ada.wizard.found)
            assert ada.wizard.found.imap.isChecked()
            assert not ada.wizard.found.pop3.isEnabled()
            assert "not found to offer POP3" in ada.wizard.found.pop3.accessibleDescription()
            ada.press(Qt.Key.Key_Return)
            await ada.done()
            ada.press(Qt.Key.Key_Return)
            assert not ada.wizard.isVisible()
            assert ada.actions <= 6

    run(work())


def test_what_a_provider_says_of_passwords_is_shown_before(tmp_path: Path, run: Run) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.type("ada@gmail.com", ada.wizard.you.address.line)
            ada.press(Qt.Key.Key_Tab)
            await until(lambda: not ada.wizard.you.help.isHidden())
            ada.type("ada@example.org", ada.wizard.you.address.line)
            ada.press(Qt.Key.Key_Tab)
            await until(lambda: ada.wizard.you.help.isHidden())

    run(work())


def test_bundled_servers_are_offered_and_others_can_be_typed(tmp_path: Path, run: Run) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ada.introduce(User("ada", "secret"), "secret")
            await until(lambda: ada.wizard.page is ada.wizard.hand)
            said = " ".join(label.text() for label in ada.wizard.hand.findChildren(QLabel))
            assert "Nothing could be looked up about" in said and "Look whether this computer is online" in said
            ada.wizard.back()
            ada.type("ada@gmx.de", ada.wizard.you.address.line)
            ada.press(Qt.Key.Key_Return)
            await until(lambda: ada.wizard.page is ada.wizard.found)
            assert "imap.gmx.net" in ada.wizard.found.incoming.text()
            ada.wizard.found.hand.click()
            assert ada.wizard.page is ada.wizard.hand
            assert ada.wizard.hand.incoming.value() == Endpoint("imap.gmx.net", 993, Security.TLS, "ada@gmx.de")
            ada.wizard.hand.incoming.kind.setCurrentIndex(1)
            assert ada.wizard.hand.incoming.port.text == "143"
            ada.wizard.back()
            assert ada.wizard.pages.currentWidget() is ada.wizard.found
            ada.wizard.back()
            assert ada.wizard.pages.currentWidget() is ada.wizard.you
            assert ada.wizard.you.password.secret == "secret"

    run(work())


def test_without_a_key_store_the_password_can_be_kept_for_now(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        passwords = Keyring()
        async with person(tmp_path, passwords) as ada:
            ada.introduce(dovecot_user)
            await ada.enter(dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user))
            assert "key store" in await ada.trouble()
            assert await ada.engine.accounts.all() == ()
            assert ada.wizard.main_button.accessibleName() == "Keep it until the program ends"
            ada.press(Qt.Key.Key_Return)
            await ada.done()
            assert "until the program ends" in ada.wizard.done_page.lead.text()
            [account] = await ada.engine.accounts.all()
            assert await passwords.get(account, "incoming") == dovecot_user.password

    run(work())


def test_the_same_mailbox_is_not_made_twice(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            ends = dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user)
            ada.introduce(dovecot_user)
            await ada.enter(*ends)
            await ada.done()
            again = AccountWizard(ada.engine)
            again.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
            again.open()
            bob = Person(ada.engine, again, [])
            assert again.you.name.text == "Ada Lovelace"
            assert again.focusWidget() is again.you.address.line
            bob.introduce(dovecot_user)
            await bob.enter(*ends)
            assert await bob.trouble() == "This mailbox is here already"
            bob.press(Qt.Key.Key_Return)
            assert not again.isVisible()
            assert len(await ada.engine.accounts.all()) == 1
            await dispose(again)

    run(work())


def test_the_window_shows_the_new_mail(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    dovecot.seed(dovecot_user, "INBOX", [b"From: bob@example.org\r\nSubject: Welcome aboard\r\n\r\nHello\r\n"])

    async def work() -> None:
        engine = await Engine.open(tmp_path / "profile", passwords=Memory())
        engine.discovery = unplugged()
        opened: list[AccountWizard] = []

        def make(engine: Engine) -> Any:
            opened.append(over(engine, window))  # type: ignore[arg-type]
            return opened[-1]

        window = MainWindow(engine, Parts(PlainReader, PlainComposer, make))  # type: ignore[arg-type]
        window.show()
        try:
            await engine.start()
            window.welcome.button.click()
            ada = Person(engine, opened[-1], [])
            ada.introduce(dovecot_user)
            await ada.enter(dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user))
            await ada.done()
            ada.press(Qt.Key.Key_Return)
            assert window.panes.isVisible() and not window.welcome.isVisible()
            await until(lambda: len(window.messages.model.vector.ids) == 1)
            inbox = next(each for each in engine.library.folders() if each.role is Role.INBOX)
            assert window.places.place == inbox.id
        finally:
            window.close()
            window.deleteLater()
            await close_tasks()
            await engine.close()

    run(work())
