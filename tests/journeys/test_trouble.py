"""What goes wrong is said in words that name what happened and what to do, in the window and on the command line; no
secret is in them, and everything else goes on. T28 T39 T40 D02
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMessageBox, QWidget

from desktopmail.app import logs
from desktopmail.app.options import WindowOptions
from desktopmail.app.window import _main
from desktopmail.domain.account import Account, ImapServer, NewAccount
from desktopmail.domain.activity import State
from desktopmail.domain.ids import AccountId
from desktopmail.gui.window import MainWindow
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.secrets import Keyring, Memory
from desktopmail.store.store import Store
from tests.gui.conftest import qloop, run  # noqa: F401 - fixtures
from tests.journeys.conftest import Person
from tests.journeys.house import House, house, move_in, until
from tests.journeys.terminal import Answer, Terminal
from tests.journeys.test_cli_mail import letter
from tests.journeys.watch import spellings
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.process import free_ports

BODY = "Kallisto-Pfefferkuchen-2209"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made.getsockname()[1]


@contextlib.contextmanager
def written(profile: Path) -> Iterator[Path]:
    """The program's log, at its most talkative; checked for secrets by who asks."""
    before = logging.getLogger().handlers[:]
    levels = logging.getLogger().level, logging.getLogger("desktopmail").level
    logs.start(profile, logging.DEBUG)
    try:
        yield profile / logs.LOG_NAME
    finally:
        for each in logging.getLogger().handlers[:]:
            if each not in before:
                logging.getLogger().removeHandler(each)
                each.close()
        logging.getLogger().setLevel(levels[0])
        logging.getLogger("desktopmail").setLevel(levels[1])
        logging.raiseExceptions = True


def clean(text: str, *secrets: str) -> None:
    """No secret in any spelling, and nothing that only a programmer would read."""
    for secret in secrets:
        assert not [form for form in spellings(secret) if form in text]
    assert "Traceback" not in text


# The command line.


@pytest.fixture
def desk(person: Person) -> Terminal:
    """A terminal with one account that has been synchronised."""
    person.dovecot.seed(person.user, "INBOX", [letter("One", BODY), letter("Two", BODY)])
    person.terminal.ask("account", "add", person.user.address, "--imap", person.dovecot.url("imaps", person.user))
    person.terminal.run("sync")
    return person.terminal


def error(answer: Answer) -> dict[str, Any]:
    """The error document; the same words stand on stderr."""
    found: dict[str, Any] = answer.json["error"]
    assert found["title"] in answer.err
    assert found["detail"]
    assert found["detail"] in answer.err
    return found


def test_a_wrong_password_on_the_command_line(person: Person, desk: Terminal) -> None:
    desk.variables["MAIL_SECRET"] = "wröng pass/word+1"
    answer = desk.run("--json", "sync", codes=(1,))
    (problem,) = answer.json["accounts"][0]["problems"]
    assert problem["kind"] == "sign-in-refused"
    assert person.user.name in problem["title"]
    assert "password" in problem["detail"]
    assert problem["title"] in answer.err
    clean(answer.text + answer.err, "wröng pass/word+1")
    assert len(desk.ask("list", "inbox")) == 2


@pytest.mark.parametrize(
    ("url", "code", "kind", "says"),
    [
        ("imaps://x@nowhere.invalid", 1, "unknown-host", "nowhere.invalid"),
        ("imaps://x@127.0.0.1:{refused}", 1, "unreachable", "127.0.0.1"),
        ("imaps://x@localhost:{imaps}", 4, "bad-certificate", "localhost"),
    ],
)
def test_a_server_that_cannot_be_used(person: Person, url: str, code: int, kind: str, says: str) -> None:
    desk = person.terminal
    if kind == "bad-certificate":
        desk.variables["SSL_CERT_FILE"] = ""
    url = url.format(refused=free_ports(1)[0], **person.dovecot.ports)
    answer = desk.run("--json", "account", "add", "x@mail.test", "--imap", url, codes=(code,))
    found = error(answer)
    assert found["kind"] == kind
    assert says in found["title"]
    if kind == "bad-certificate":
        assert found["fingerprint"] == person.dovecot.certificates.good.fingerprint
        assert f"--pin-certificate {found['fingerprint']}" in answer.err
    clean(answer.text + answer.err, person.user.password)
    assert desk.ask("account", "list") == []


def test_one_account_in_trouble_leaves_the_other_alone(person: Person, desk: Terminal) -> None:
    bad = f"imaps://x@127.0.0.1:{free_ports(1)[0]}"
    desk.ask("account", "add", "x@mail.test", "--imap", bad, "--no-check")
    person.dovecot.seed(person.user, "INBOX", [letter("Three")])
    answer = desk.run("--json", "sync", codes=(1,))
    good, broken = answer.json["accounts"]
    assert (good["new"], good["problems"]) == (1, [])
    assert broken["problems"][0]["kind"] == "unreachable"
    assert len(desk.ask("list", 1)) == 3


def test_no_key_store(person: Person, desk: Terminal) -> None:
    del desk.variables["DESKTOPMAIL_SECRETS"]
    answer = desk.run("--json", "sync", codes=(1,))
    (problem,) = answer.json["accounts"][0]["problems"]
    assert problem["kind"] == "no-keyring"
    assert "key store" in problem["title"]
    assert problem["detail"] in answer.err
    added = desk.run(
        "--json", "account", "add", "y@mail.test", "--imap", "imaps://y@127.0.0.1:1", "--no-check",
        "--password-env", "MAIL_SECRET", codes=(1,),
    )  # fmt: skip
    assert error(added)["kind"] == "no-keyring"
    assert "DESKTOPMAIL_SECRETS" in added.err
    clean(answer.text + answer.err + added.text + added.err, person.user.password)
    assert len(desk.ask("account", "list")) == 1
    assert not [path for path in desk.profile.rglob("*") if person.user.password.encode() in path.read_bytes()]


def test_a_second_instance(desk: Terminal) -> None:
    store = Store.open(desk.profile)
    try:
        assert error(desk.run("--json", "sync", codes=(1,)))["kind"] == "profile-in-use"
        assert error(desk.run("--json", "mark", "star", 1, codes=(1,)))["kind"] == "profile-in-use"
        assert len(desk.ask("list", "inbox")) == 2
        assert BODY in desk.ask("show", 1)["text"]
    finally:
        store.close_now()
    desk.run("mark", "star", 1)


def harm(profile: Path) -> None:
    """Overwrite the middle of the mail database."""
    path = profile / "mail.db"
    data = bytearray(path.read_bytes())
    for page in range(len(data) // 2 // 4096, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)


def outdate(profile: Path) -> None:
    """Make the profile one of a version to come."""
    db = apsw.Connection(str(profile / "mail.db"))
    db.pragma("user_version", 99_000)
    db.close()


def test_a_damaged_profile(person: Person, desk: Terminal) -> None:
    harm(desk.profile)
    answer = desk.run("--json", "list", "inbox", codes=(1,))
    found = error(answer)
    assert found["kind"] == "store-damaged"
    assert "check --repair" in answer.err
    desk.run("check", "--repair", codes=(0, 1))
    clean(answer.text + answer.err, person.user.password, BODY)
    assert desk.ask("check")["ok"] is True
    desk.ask("account", "list")


def test_a_profile_of_a_newer_version(desk: Terminal) -> None:
    outdate(desk.profile)
    before = {path.name: path.read_bytes() for path in desk.profile.iterdir()}
    found = error(desk.run("--json", "list", "inbox", codes=(1,)))
    assert found["kind"] == "store-too-new"
    assert "newer version" in found["title"]
    assert {path.name: path.read_bytes() for path in desk.profile.iterdir()} == before


# The window.


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


async def settles(home: House, one: AccountId, *states: State) -> None:
    await until(lambda: one in home.engine.activities and home.engine.activities[one].state in states)


@pytest.mark.webengine
def test_five_accounts_in_trouble_and_one_that_is_not(
    run: Any, tmp_path: Path, dovecot: Dovecot, certificates: Certificates, silent: int, monkeypatch: pytest.MonkeyPatch  # noqa: F811
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
                await until(lambda one=one: home.engine.activities.get(one) and home.engine.activities[one].problem)
                now = home.engine.activities[one]
                assert (now.problem.kind, now.state) == (kind, state)  # type: ignore[union-attr]
                said = await panel(home)
                assert says in said
                assert now.problem.detail in said  # type: ignore[union-attr]
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
def test_a_changed_password_is_mended_in_the_window(run: Any, tmp_path: Path, dovecot: Dovecot) -> None:  # noqa: F811
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
def test_no_key_store_in_the_window(run: Any, tmp_path: Path, dovecot: Dovecot) -> None:  # noqa: F811
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
def test_a_window_that_cannot_open_says_why(run: Any, tmp_path: Path, what: str) -> None:  # noqa: F811
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


@pytest.mark.webengine
def test_a_damaged_profile_is_repaired_from_the_box(run: Any, tmp_path: Path) -> None:  # noqa: F811
    """Repair, a word about what became of it, and the window opens; the damaged file is still there."""
    profile = tmp_path / "profile"
    Store.open(profile).close_now()
    harm(profile)

    async def story() -> None:
        life = asyncio.ensure_future(_main(WindowOptions(profile=str(profile)), None))
        for verb in ("Repair", "Open"):
            await until(lambda verb=verb: box() and verb in [each.text() for each in box().buttons()])
            shown = box()
            assert shown is not None
            next(each for each in shown.buttons() if each.text() == verb).click()
        windows: list[MainWindow] = []
        await until(
            lambda: (
                windows.extend(each for each in QApplication.topLevelWidgets() if type(each) is MainWindow) or windows
            )
        )
        await until(windows[0].isVisible)
        windows[0].close()
        assert await life == 0

    with written(tmp_path):
        run(story())
    assert list(profile.glob("mail.db.damaged-*"))
