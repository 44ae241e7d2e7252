"""What goes wrong is said in the window in words that name what happened and what to do; mail stays readable, other
accounts go on, and there is a way out of each. T28 T30 T39 T40
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QMessageBox, QWidget

from desktopmail.app.options import WindowOptions
from desktopmail.app.window import _main
from desktopmail.domain.account import Account, ImapServer, NewAccount
from desktopmail.domain.activity import Problem, State
from desktopmail.domain.ids import AccountId
from desktopmail.gui.accounts.certificate import RefusedCertificate
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.window import MainWindow
from desktopmail.gui.wizard.advice import Way
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.secrets import Memory
from desktopmail.store.secrets.keystore import Keyring
from desktopmail.store.store import Store
from tests.journeys.harm import BODY, clean, harm, outdate, written
from tests.journeys.house import House, house, move_in, until
from tests.journeys.test_cli_mail import letter
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.process import free_ports


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made.getsockname()[1]


def words(widget: QWidget) -> str:
    """Everything that is written on a widget and can be seen when it is shown."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


async def panel(home: House) -> str:
    """What the activity panel says."""
    if not home.window.panel.isVisible():
        home.run("activity")
    await until(home.window.panel.isVisible)
    home.window.standings.show()
    return words(home.window.panel)


def account(home: House, address: str) -> Account:
    return next(each for each in home.engine.library.accounts() if each.address == address)


async def trouble_of(home: House, one: AccountId) -> Problem:
    """The problem of an account, as soon as it has one."""
    await until(lambda: one in home.engine.activities and home.engine.activities[one].problem)
    problem = home.engine.activities[one].problem
    assert problem is not None
    return problem


async def settles(home: House, one: AccountId, *states: State) -> None:
    await until(lambda: one in home.engine.activities and home.engine.activities[one].state in states)


@pytest.mark.webengine
def test_five_accounts_in_trouble_and_one_that_is_not(
    run: Any, tmp_path: Path, dovecot: Dovecot, certificates: Certificates, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Each says its own sentence and has a way out; mail keeps coming to the sound one."""
    monkeypatch.setitem(ImapSession.open.__func__.__kwdefaults__, "timeout", 1.5)  # type: ignore[attr-defined]
    good, locked = dovecot.add_user(), dovecot.add_user()
    dovecot.seed(good, "INBOX", [letter("One", BODY)])
    real = dovecot.endpoint("imaps", good)
    strange = Dovecot(certificates=Certificates(tmp_path / "strange"))
    strange.start()
    servers = {
        "wrong@mail.test": dovecot.endpoint("imaps", locked),
        "unknown@mail.test": replace(real, host="nowhere.invalid"),
        "refused@mail.test": replace(real, port=free_ports(1)[0]),
        "strange@mail.test": strange.endpoint("imaps", good),
        "silent@mail.test": replace(real, port=silent),
    }
    expected = {
        "wrong@mail.test": ("sign-in-refused", State.PROBLEM, f"did not accept the password for {locked.name}"),
        "unknown@mail.test": ("unknown-host", State.OFFLINE, "nowhere.invalid could not be found"),
        "refused@mail.test": ("unreachable", State.OFFLINE, "does not answer"),
        "strange@mail.test": ("bad-certificate", State.PROBLEM, "could not prove that it is localhost"),
        "silent@mail.test": ("stalled", State.OFFLINE, "took too long"),
    }
    secret = "Wröng pass/word+2"

    async def story() -> None:
        async with house(tmp_path / "profile") as home:
            await move_in(home, good, real)
            await home.sees("One")
            for address, endpoint in servers.items():
                await home.engine.accounts.add(NewAccount(address, address, "Ada", ImapServer(endpoint), None), secret)
            for address, (kind, state, says) in expected.items():
                one = account(home, address).id
                problem = await trouble_of(home, one)
                assert (problem.kind, home.engine.activities[one].state) == (kind, state)
                said = await panel(home)
                assert says in said
                assert problem.detail in said
                clean(said, secret, good.password)
            assert home.window.bar.standing.text() == "2 accounts need attention"
            dovecot.seed(good, "INBOX", [letter("Two", BODY)])
            await home.chooses("Two")
            assert home.engine.activities[account(home, good.address).id].problem is None

    try:
        with written(tmp_path / "profile") as log:
            run(story())
        clean(log.read_text() if log.exists() else "", secret, good.password, BODY)
    finally:
        strange.stop()


@pytest.mark.webengine
def test_a_changed_password_is_mended_in_the_window(run: Any, tmp_path: Path, dovecot: Dovecot) -> None:
    """The mail that is here stays readable; the status line leads to a field for the new password; then all is well."""
    user = dovecot.add_user()
    dovecot.seed(user, "INBOX", [letter("One", BODY)])

    async def story() -> None:
        passwords = Memory()
        async with house(tmp_path / "profile", passwords) as home:
            await move_in(home, user, dovecot.endpoint("imaps", user))
            await home.sees("One")
            await until(lambda: home.rows()[0].fetched.value == "full")
        changed = await asyncio.to_thread(dovecot.set_password, user, "anöther one/+")
        async with house(tmp_path / "profile", passwords) as home:
            one = account(home, user.address).id
            await settles(home, one, State.PROBLEM)
            await until(lambda: "did not accept the password" in home.window.bar.standing.text())
            await home.chooses("One")
            dovecot.seed(user, "INBOX", [letter("Two", BODY)])
            problem = home.engine.activities[one].problem
            home.window.panel.remedy_wanted.emit(problem)
            dialog: Any = next(each for each in home.window.findChildren(QDialog) if type(each).__name__ == "SignIn")
            assert dialog.findChild(QLineEdit).echoMode() is QLineEdit.EchoMode.Password
            dialog.field.setText(changed.password)
            dialog.button.click()
            await home.sees("Two")
            await settles(home, one, State.IDLE)

    with written(tmp_path / "profile") as log:
        run(asyncio.wait_for(story(), 30))
    clean(log.read_text() if log.exists() else "", user.password, "anöther one/+", BODY)


@pytest.mark.webengine
def test_no_key_store_in_the_window(run: Any, tmp_path: Path, dovecot: Dovecot) -> None:
    """Signing in works for this session, by a choice that says so; nothing is written anywhere."""
    user = dovecot.add_user()
    dovecot.seed(user, "INBOX", [letter("One", BODY)])

    async def story() -> None:
        async with house(tmp_path / "profile") as home:
            await move_in(home, user, dovecot.endpoint("imaps", user))
            await home.sees("One")
        async with house(tmp_path / "profile", Keyring()) as home:  # type: ignore[arg-type]
            one = account(home, user.address).id
            await settles(home, one, State.PROBLEM)
            assert "no key store" in await panel(home)
            await home.chooses("One")
            home.window.panel.remedy_wanted.emit(home.engine.activities[one].problem)
            dialog: Any = next(each for each in home.window.findChildren(QDialog) if type(each).__name__ == "SignIn")
            dialog.field.setText(user.password)
            dialog.button.click()
            await until(lambda: "no key store" in words(dialog))
            dialog.session.click()
            await settles(home, one, State.IDLE)

    run(asyncio.wait_for(story(), 30))
    assert not [path for path in (tmp_path / "profile").rglob("*") if user.password.encode() in path.read_bytes()]


@pytest.mark.parametrize("what", ["in use", "damaged", "newer", "unreadable"])
def test_a_window_that_cannot_open_says_why(run: Any, tmp_path: Path, what: str) -> None:
    profile = tmp_path / "profile"
    store: Store | None = Store.open(profile)
    if what != "in use":
        assert store is not None
        store.close_now()
        store = None
    if what == "damaged":
        harm(profile)
    elif what == "newer":
        outdate(profile)
    elif what == "unreadable":
        (profile / "mail.db").unlink()
        (profile / "mail.db").mkdir()
    says = {
        "in use": ("in use", "Close it"),
        "damaged": ("mail.db is damaged", "Repair"),
        "newer": ("newer version", "Nothing was changed"),
        "unreadable": ("cannot be opened", str(profile)),
    }[what]

    async def story() -> None:
        life = asyncio.ensure_future(_main(WindowOptions(profile=str(profile)), None))
        await until(lambda: box() or life.done())
        shown = box()
        assert shown is not None
        assert says[0] in shown.text()
        assert says[1] in shown.informativeText()
        shown.close()
        assert await life == 1

    with written(tmp_path):
        run(story())
    if store is not None:
        store.close_now()


def box() -> QMessageBox | None:
    """The box that is shown."""
    found = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()]
    return found[0] if found else None


def offers(verb: str) -> list[QAbstractButton]:
    """The button of the box that says this."""
    shown = box()
    return [each for each in shown.buttons() if each.text() == verb] if shown is not None else []


def main_windows() -> list[MainWindow]:
    """Main windows that are shown."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible()]


@pytest.mark.webengine
def test_a_damaged_profile_is_repaired_from_the_box(run: Any, tmp_path: Path) -> None:
    """Repair, a word about what became of it, and the window opens; the damaged file is still there."""
    profile = tmp_path / "profile"
    Store.open(profile).close_now()
    harm(profile)

    async def story() -> None:
        life = asyncio.ensure_future(_main(WindowOptions(profile=str(profile)), None))
        for verb in ("Repair", "Open"):
            await until(partial(offers, verb))
            offers(verb)[0].click()
        await until(main_windows)
        main_windows()[0].close()
        assert await life == 0

    with written(tmp_path):
        run(story())
    assert list(profile.glob("mail.db.damaged-*"))


@pytest.mark.webengine
def test_a_strange_certificate_is_looked_at_trusted_and_distrusted(run: Any, tmp_path: Path) -> None:
    """T30: its facts are shown, trusting is a choice of its own, holds for this one alone, and can be taken back."""
    strange = Dovecot(certificates=Certificates(tmp_path / "strange"))
    strange.start()
    user = strange.add_user()
    strange.seed(user, "INBOX", [letter("One", BODY)])

    async def story() -> None:
        async with house(tmp_path / "profile") as home:
            await move_in(home, user, strange.endpoint("imaps", user))
            one = account(home, user.address).id
            await settles(home, one, State.PROBLEM)
            await until(lambda: "could not prove" in home.window.bar.standing.text())
            home.window.panel.remedy_wanted.emit(home.engine.activities[one].problem)
            dialog = home.window.findChild(RefusedCertificate)
            assert dialog is not None
            await until(lambda: dialog.trouble)
            assert dialog.trouble is not None
            fingerprint = strange.certificates.good.fingerprint
            assert fingerprint[:8].upper() in words(dialog).replace(":", "")
            assert dialog.again.isDefault()
            assert not dialog.trouble.buttons[Way.TRUST].isDefault()
            dialog.trouble.buttons[Way.TRUST].click()
            await home.sees("One")
            incoming = account(home, user.address).incoming
            assert incoming is not None
            assert incoming.endpoint.pins == {fingerprint}
            servers = Servers(home.engine, account(home, user.address), home.window)
            servers.open()
            assert servers.incoming is not None
            servers.incoming.distrust.click()
            servers.button.click()
            await until(lambda: servers.trouble is not None)
            assert not servers.trouble.buttons[Way.TRUST].isDefault()
            servers.anyway.click()
            await settles(home, one, State.PROBLEM)

    try:
        run(story())
    finally:
        strange.stop()
