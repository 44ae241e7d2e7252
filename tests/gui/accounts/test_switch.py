"""The protocol is switched from the account's page, and taken back there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktopmail.domain.account import ImapServer, NewAccount, Pop3Server
from desktopmail.gui.accounts.switch import SwitchProtocol
from tests.gui.accounts.conftest import button, desk, press, type_into, until, words
from tests.servers.dovecot import Dovecot, User
from tests.servers.two_sides import letter

Run = Callable[[Coroutine[Any, Any, None]], None]


def test_to_pop3_and_back(tmp_path: Path, run: Run, new: NewAccount, dovecot: Dovecot, dovecot_user: User) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(3)])

    async def story() -> None:
        async with desk(tmp_path, new, dovecot_user.password) as one:
            await one.engine.sync([one.account.id])
            press(button(one.page, "Protocol: Switch to POP3"))
            dialog = one.dialog(SwitchProtocol)
            assert "server keeps all it has" in words(dialog) and not dialog.password.isVisible()
            await until(lambda: "Looking for the server" not in dialog.said.text())
            assert dialog.fields.user.text() == dovecot_user.name
            type_into(dialog.fields.host, "localhost")
            type_into(dialog.fields.port, str(dovecot.ports["imaps"]))
            press(dialog.button)
            await until(lambda: dialog.trouble is not None)
            assert isinstance(one.account.incoming, ImapServer)
            type_into(dialog.fields.port, str(dovecot.ports["pop3s"]))
            press(dialog.button)
            await until(lambda: "3 messages kept: 3 also on the server" in dialog.said.text())
            assert isinstance(one.account.incoming, Pop3Server) and len(dovecot.messages(dovecot_user)) == 3
            press(dialog.leave)
            await until(lambda: not one.page.server_rows.undo.isHidden())
            assert "Protocol: POP3" in words(one.page)
            press(one.page.server_rows.undo)
            press(button(one.window, "Take the switch back"))
            await until(lambda: isinstance(one.account.incoming, ImapServer))
            await until(lambda: one.page.server_rows.undo.isHidden())

    run(story())


def test_to_imap(tmp_path: Path, run: Run, new: NewAccount, dovecot: Dovecot, dovecot_user: User) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(3)])
    box = replace(new, incoming=Pop3Server(dovecot.endpoint("pop3s", dovecot_user)))

    async def story() -> None:
        async with desk(tmp_path, box, dovecot_user.password) as one:
            await one.engine.sync([one.account.id])
            press(button(one.page, "Protocol: Switch to IMAP"))
            dialog = one.dialog(SwitchProtocol)
            assert dialog.upload.isVisible() and not dialog.upload.isChecked()
            await until(lambda: "Looking for the server" not in dialog.said.text())
            type_into(dialog.fields.host, "localhost")
            type_into(dialog.fields.port, str(dovecot.ports["imaps"]))
            press(dialog.button)
            await until(lambda: "3 messages kept" in dialog.said.text())
            assert isinstance(one.account.incoming, ImapServer)
            press(dialog.leave)

    run(story())
