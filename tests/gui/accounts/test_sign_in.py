"""Signing in again in the window: at the provider's page, without a key store, with an encrypted file."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import keyring
import keyring.backends.fail
import pytest
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security
from desktopmail.domain.account import SignIn as Kind
from desktopmail.domain.activity import Problem, Remedy
from desktopmail.domain.ids import AccountId
from desktopmail.domain.keeping import Keeping
from desktopmail.domain.oauth import Grant
from desktopmail.engine import providers
from desktopmail.engine.engine import Engine
from desktopmail.gui.accounts import sign_in
from desktopmail.gui.accounts.sign_in import SignIn
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.passphrase import Passphrase, unlock
from desktopmail.gui.settings.clientid import ClientId
from desktopmail.gui.settings.signing_in import OtherPassphrase, SigningInPage
from desktopmail.gui.trouble import Trouble
from desktopmail.store.secrets import Memory, PasswordSource, sealed
from desktopmail.store.secrets.chosen import Chosen
from tests.fakes.authorization import Authorization, visit
from tests.gui.accounts.conftest import press, type_into, words
from tests.gui.wizard.conftest import dispose, until

PASSPHRASE = "correct horse battery"


@pytest.fixture
def no_key_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sealed, "COST", 2**10)
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@asynccontextmanager
async def opened(profile: Path, source: PasswordSource) -> AsyncIterator[tuple[Engine, QWidget]]:
    engine = await Engine.open(profile, passwords=source, offline=True)
    window = QWidget()
    window.show()
    try:
        yield engine, window
    finally:
        await close_tasks()
        await engine.close()
        await dispose(window)


def account(kind: Kind = Kind.WORD) -> NewAccount:
    server = ImapServer(Endpoint("imap.example.org", 993, Security.TLS, "ada", sign_in=kind))
    return NewAccount("ada@example.org", "Work", "Ada", server, None)


async def dialog_for(engine: Engine, window: QWidget, number: AccountId) -> SignIn:
    made = next(each for each in await engine.accounts.all() if each.id == number)
    dialog = SignIn(engine, made, "The server did not accept it", window)
    dialog.open()
    return dialog


def the_passphrase(window: QWidget) -> Passphrase:
    return next(each for each in window.findChildren(Passphrase) if each.isVisible())


def test_at_the_providers_page(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # T38
    async def work() -> None:
        source = Memory()
        async with Authorization() as server, opened(tmp_path, source) as (engine, window):
            monkeypatch.setattr(providers, "known", lambda: {"fake": server.provider()})
            await engine.oauth.set_client("fake", "our-client")
            grant = Grant("fake", f"{server.root}/token", "our-client", ("imap.example.org",), "over")
            number = await engine.accounts.add(account(Kind.OAUTH2), grant)
            came: list[asyncio.Task[str]] = []

            def browse(address: str) -> bool:
                fields = server.authorize(address)
                redirect = server.codes[fields["code"]]["redirect_uri"]
                came.append(asyncio.ensure_future(visit(redirect, fields)))
                return False

            monkeypatch.setattr(sign_in, "browse", browse)
            dialog = await dialog_for(engine, window, number)
            closed: list[int] = []
            dialog.finished.connect(closed.append)
            assert not dialog.field.isVisible() and "browser" in words(dialog)
            press(dialog.button)
            await until(lambda: "Open this address yourself" in words(dialog))
            await until(lambda: closed == [1])
            assert "200" in await came[0]
            made = (await engine.accounts.all())[0]
            kept = Grant.read(await source.get(made, "token"))
            assert kept is not None and kept.refresh == "refresh-1"

    run(work())


def test_from_a_password_to_the_page(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # T38
    """Offered where a client id is there; the servers have to take the token before anything is changed."""

    async def work() -> None:
        async with Authorization() as server, opened(tmp_path, Memory()) as (engine, window):
            monkeypatch.setattr(providers, "known", lambda: {"fake": server.provider()})
            await engine.oauth.set_client("fake", "our-client")
            number = await engine.accounts.add(account(), "old")
            tried: list[NewAccount] = []

            async def check(new: NewAccount, *_: Any, **__: Any) -> None:
                tried.append(new)

            monkeypatch.setattr(engine.accounts, "check", check)
            monkeypatch.setattr(
                sign_in,
                "browse",
                lambda address: bool(
                    asyncio.ensure_future(
                        visit(parse_qs(urlsplit(address).query)["redirect_uri"][0], server.authorize(address))
                    )
                ),
            )
            dialog = await dialog_for(engine, window, number)
            closed: list[int] = []
            dialog.finished.connect(closed.append)
            await until(dialog.page.isVisible)
            assert "Fake Mail" in dialog.page.text()
            press(dialog.page)
            await until(lambda: closed == [1])
            made = (await engine.accounts.all())[0]
            assert made.incoming is not None and made.incoming.endpoint.sign_in is Kind.OAUTH2
            assert tried[0].incoming == made.incoming
            assert await engine._keys.get(made, "incoming") == "access-2"

    run(work())


def test_the_page_without_a_client_id_says_what_to_do(run: Any, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, Memory()) as (engine, window):
            server = ImapServer(Endpoint("imap.gmail.com", 993, Security.TLS, "ada", sign_in=Kind.OAUTH2))
            grant = Grant("google", "https://x.example/", "c", ("imap.gmail.com",), "r")
            number = await engine.accounts.add(NewAccount("a@gmail.com", "", "", server, None), grant)
            dialog = await dialog_for(engine, window, number)
            press(dialog.button)
            await until(lambda: "no client id" in words(dialog))
            assert "https://myaccount.google.com/apppasswords" in words(dialog)

    run(work())


def test_without_a_key_store_into_a_file(run: Any, tmp_path: Path, no_key_store: None) -> None:  # T39
    async def work() -> None:
        async with opened(tmp_path, Chosen(tmp_path)) as (engine, window):
            number = await engine.accounts.add(account(), "old", keep=False)
            dialog = await dialog_for(engine, window, number)
            closed: list[int] = []
            dialog.finished.connect(closed.append)
            type_into(dialog.field, "the new secret")
            press(dialog.button)
            await until(lambda: dialog.file.isVisible() and dialog.session.isVisible())
            assert "key store" in words(dialog) and not (tmp_path / "passwords.vault").exists()
            press(dialog.file)
            asked = the_passphrase(window)
            for first, second, complaint in (("short", "short", "at least"), (PASSPHRASE, "other one", "not the same")):
                type_into(asked.field, first)
                type_into(asked.again, second)
                press(asked.button)
                await until(lambda complaint=complaint: complaint in words(asked))
            type_into(asked.again, PASSPHRASE)
            press(asked.button)
            await until(lambda: closed == [1])
            file = tmp_path / "passwords.vault"
            if sys.platform != "win32":
                assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert b"the new secret" not in file.read_bytes()
        async with opened(tmp_path, Chosen(tmp_path)) as (engine, window):
            said: list[tuple[Any, ...]] = []
            trouble = Trouble(engine, lambda *a, **_: said.append(a), lambda _: None, window)
            problem = Problem(number, "passwords-locked", "Locked", "Safe.", Remedy.SIGN_IN)
            trouble.tell(problem)
            assert "passphrase" in said[0][1]
            said[0][2]()
            asked = the_passphrase(window)
            type_into(asked.field, "not the passphrase")
            press(asked.button)
            await until(lambda: "not the passphrase" in words(asked))
            type_into(asked.field, PASSPHRASE)
            closed = []
            asked.finished.connect(closed.append)
            press(asked.button)
            await until(lambda: closed == [1])
            made = (await engine.accounts.all())[0]
            assert await engine._keys.get(made, "incoming") == "the new secret"
            assert (await engine.safekeeping.kept()).kind is Keeping.VAULT

    run(work())


def test_without_a_key_store_in_memory(run: Any, tmp_path: Path, no_key_store: None) -> None:  # T39
    async def work() -> None:
        async with opened(tmp_path, Chosen(tmp_path)) as (engine, window):
            number = await engine.accounts.add(account(), "old", keep=False)
            dialog = await dialog_for(engine, window, number)
            closed: list[int] = []
            dialog.finished.connect(closed.append)
            type_into(dialog.field, "only for now")
            press(dialog.button)
            await until(dialog.session.isVisible)
            press(dialog.session)
            await until(lambda: closed == [1])
            assert await engine._keys.get((await engine.accounts.all())[0], "incoming") == "only for now"

    run(work())
    assert all(b"only for now" not in each.read_bytes() for each in tmp_path.iterdir() if each.is_file())


def test_a_file_that_is_locked_is_opened_from_the_dialog(run: Any, tmp_path: Path, no_key_store: None) -> None:
    async def work() -> None:
        async with opened(tmp_path, Chosen(tmp_path)) as (engine, window):
            await engine.safekeeping.use_file(PASSPHRASE)
            number = await engine.accounts.add(account(), "old")
        async with opened(tmp_path, Chosen(tmp_path)) as (engine, window):
            dialog = await dialog_for(engine, window, number)
            closed: list[int] = []
            dialog.finished.connect(closed.append)
            type_into(dialog.field, "newer")
            press(dialog.button)
            await until(dialog.file.isVisible)
            assert "Open" in dialog.file.text()
            press(dialog.file)
            asked = the_passphrase(window)
            type_into(asked.field, PASSPHRASE)
            press(asked.button)
            await until(lambda: closed == [1])
            assert unlock(engine, window).again.isHidden()

    run(work())


def test_the_page_of_the_settings(run: Any, tmp_path: Path, no_key_store: None) -> None:  # T39
    """Another place for passwords, another passphrase, a client id of one's own: by the buttons of the page."""

    async def work() -> None:
        async with opened(tmp_path, Chosen(tmp_path)) as (engine, window):
            page = SigningInPage(engine)
            page.setParent(window)
            page.show()
            await until(lambda: "no key store" in words(page))
            press(page.buttons[Keeping.MEMORY])
            await until(lambda: page.buttons[Keeping.MEMORY].text() == "In use")
            press(page.buttons[Keeping.KEY_STORE])
            await until(lambda: "no key store" in words(page))
            assert (await engine.safekeeping.kept()).kind is Keeping.MEMORY
            press(page.buttons[Keeping.VAULT])
            await until(lambda: window.findChildren(Passphrase))
            asked = the_passphrase(window)
            for field in (asked.field, asked.again):
                type_into(field, PASSPHRASE)
            press(asked.button)
            await until(lambda: "encrypted file" in page.problem.title.text())
            await until(lambda: "passphrase" in page.buttons[Keeping.VAULT].text())
            await until(lambda: not window.findChildren(Passphrase))
            press(page.buttons[Keeping.VAULT])
            await until(lambda: window.findChildren(OtherPassphrase))
            other = window.findChildren(OtherPassphrase)[0]
            closed: list[int] = []
            other.finished.connect(closed.append)
            for field, text in ((other.old, PASSPHRASE), (other.field, "another one"), (other.again, "another one")):
                type_into(field, text)
            press(other.button)
            await until(lambda: closed == [1])
            await engine.safekeeping.unlock("another one")

    run(work())


def test_a_client_id_of_ones_own(run: Any, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, Memory()) as (engine, window):
            page = SigningInPage(engine)
            page.setParent(window)
            page.show()
            await until(lambda: "google" in page.clients)
            assert "No client id is configured" in words(page) and "set from outside" in words(page)
            press(page.clients["google"])
            dialog = window.findChildren(ClientId)[0]
            closed: list[int] = []
            dialog.finished.connect(closed.append)
            dialog.client.setText("ü")
            press(dialog.button)
            await until(lambda: "no client id" in words(dialog))
            type_into(dialog.client, "mine.apps.example")
            press(dialog.button)
            await until(lambda: closed == [1])
            await until(lambda: "mine.apps.example" in words(page))
            assert await engine.oauth.available("google")

    run(work())
