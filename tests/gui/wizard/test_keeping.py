"""Setting up an account where no key store is: passwords go into an encrypted file, by the person's choice."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import keyring
import keyring.backends.fail
import pytest

from desktopmail.gui.passphrase import Passphrase
from desktopmail.gui.wizard.advice import Way
from desktopmail.store.secrets import sealed
from desktopmail.store.secrets.chosen import Chosen
from tests.gui.wizard.conftest import Person, person, until
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

PASSPHRASE = "correct horse battery"


def test_into_a_file_with_a_passphrase(
    tmp_path: Path,
    run: Callable[[Coroutine[Any, Any, None]], None],
    dovecot: Dovecot,
    postfix: Postfix,
    dovecot_user: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # T39
    monkeypatch.setattr(sealed, "COST", 2**10)
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    profile = tmp_path / "profile"
    profile.mkdir(mode=0o700)

    async def asked(ada: Person) -> Passphrase:
        await until(lambda: [each for each in ada.wizard.findChildren(Passphrase) if each.isVisible()])
        return next(each for each in ada.wizard.findChildren(Passphrase) if each.isVisible())

    async def work() -> None:
        async with person(tmp_path, Chosen(profile)) as ada:
            ada.introduce(dovecot_user)
            await ada.enter(dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user))
            assert "key store" in await ada.trouble()
            ada.wizard.trying.press(Way.FILE)
            dialog = await asked(ada)
            for field in (dialog.field, dialog.again):
                ada.type(PASSPHRASE, field)
            dialog.button.click()
            await ada.done()
            assert dovecot_user.password.encode() not in (profile / "passwords.vault").read_bytes()
            [account] = await ada.engine.accounts.all()
            assert await ada.engine._keys.get(account, "outgoing") == dovecot_user.password

    async def later() -> None:
        async with person(tmp_path, Chosen(profile)) as ada:
            other = dovecot.add_user()
            ada.introduce(other)
            await ada.enter(dovecot.endpoint("imaps", other), postfix.endpoint("smtps", other))
            assert "passphrase" in await ada.trouble()
            ada.wizard.trying.go()
            dialog = await asked(ada)
            ada.type(PASSPHRASE, dialog.field)
            dialog.button.click()
            await ada.done()

    try:
        run(work())
        run(later())
    finally:
        keyring.set_keyring(before)
