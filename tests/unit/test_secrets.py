"""Passwords: kept in a key store, read from the environment, or remembered; never in a file, never printed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from desktopmail.domain.account import Account, Endpoint, ImapServer, Security, SmtpServer
from desktopmail.domain.errors import PasswordMissing, SecretsUnavailable, WrongUsage
from desktopmail.domain.ids import AccountId
from desktopmail.store.secrets import Environment, Memory, PasswordSource, open_secrets
from desktopmail.store.secrets.keystore import Keyring

T = TypeVar("T")
SECRET = "pass wörd"


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


def account(number: int = 1, host: str = "imap.example.org", outgoing: bool = True) -> Account:
    return Account(
        AccountId(number),
        "Work",
        "ada@example.org",
        ImapServer(Endpoint(host, 993, Security.TLS, "ada")),
        SmtpServer(Endpoint("smtp.example.org", 465, Security.TLS, "ada")) if outgoing else None,
        (),
    )


class Drawer(keyring.backend.KeyringBackend):
    """A key store in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("not there")
        del self.entries[service, username]


class PlaintextDrawer(Drawer):
    """One that must be refused by its name."""


class Forgetful(Drawer):
    """One that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Locked(Drawer):
    """One whose prompt was dismissed."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(f"locked, and {SECRET} is in it")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked(f"locked, and {password} is not in it")


class Waiting(Drawer):
    """One that waits for somebody to type."""

    def __init__(self) -> None:
        super().__init__()
        self.typed = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.typed.wait()
        return None


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before = keyring.get_keyring()
    made = Drawer()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


async def _round_trip(source: PasswordSource) -> None:
    with pytest.raises(PasswordMissing):
        await source.get(account(), "incoming")
    await source.set(account(), "incoming", SECRET)
    assert await source.get(account(), "incoming") == SECRET
    assert await source.get(account(), "outgoing") == SECRET
    await source.set(account(), "outgoing", "another")
    assert await source.get(account(), "incoming") == SECRET
    assert await source.get(account(), "outgoing") == "another"
    with pytest.raises(PasswordMissing):
        await source.get(account(2), "incoming")
    assert SECRET not in repr(source)
    await source.delete(account())
    await source.delete(account())
    with pytest.raises(PasswordMissing):
        await source.get(account(), "outgoing")


def test_in_memory() -> None:
    run(_round_trip(Memory()))


def test_in_a_key_store(drawer: Drawer) -> None:
    run(_round_trip(Keyring()))
    assert drawer.entries == {}


def test_in_the_environment() -> None:
    run(_round_trip(Environment({}, "PW")))
    source = Environment({"PW": "all", "PW_2": "second", "PW_OUTGOING": "out", "PW_3_OUTGOING": "third out"}, "PW")
    got = [run(source.get(account(number), what)) for number in (1, 2, 3) for what in ("incoming", "outgoing")]
    assert got == ["all", "out", "second", "out", "all", "third out"]


def test_entries_name_the_server_they_are_for(drawer: Drawer) -> None:
    source = Keyring()
    run(source.set(account(), "incoming", SECRET))
    assert drawer.entries == {("desktopmail", "1 incoming ada@imap.example.org"): SECRET}
    with pytest.raises(PasswordMissing):
        run(source.get(account(host="imap.elsewhere.example"), "incoming"))


def test_passwords_follow_a_renamed_server(drawer: Drawer) -> None:
    source = Keyring()
    run(source.set(account(), "incoming", SECRET))
    run(source.set(account(), "outgoing", "out"))
    run(source.carry(account(), account(host="imap.elsewhere.example", outgoing=False)))
    assert drawer.entries == {("desktopmail", "1 incoming ada@imap.elsewhere.example"): SECRET}
    run(source.carry(account(), account()))
    for memory in (Memory(), Environment({"PW": SECRET}, "PW")):
        run(memory.set(account(), "incoming", SECRET))
        run(memory.carry(account(), account(host="other.example")))
        assert run(memory.get(account(host="other.example"), "incoming")) == SECRET


def test_for_this_run_only(drawer: Drawer) -> None:
    source = Keyring()
    run(source.set(account(), "incoming", SECRET, keep=False))
    assert run(source.get(account(), "outgoing")) == SECRET
    assert drawer.entries == {}
    run(source.set(account(), "incoming", "kept"))
    assert run(source.get(account(), "incoming")) == "kept"


@pytest.mark.parametrize(
    "kind",
    [keyring.backends.fail.Keyring, keyring.backends.null.Keyring, PlaintextDrawer, Forgetful, Locked],
)
def test_what_keeps_no_secret_is_refused(drawer: Drawer, kind: type[keyring.backend.KeyringBackend]) -> None:  # T39
    backend = kind()
    keyring.set_keyring(backend)
    with pytest.raises(SecretsUnavailable) as caught:
        run(Keyring().set(account(), "incoming", SECRET))
    told = caught.value
    assert SECRET not in told.title + told.detail + told.log
    assert getattr(backend, "entries", {}) == {}


def test_of_a_chain_only_the_safe_one_is_used(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = PlaintextDrawer()
    monkeypatch.setattr(keyring.backends.chainer.ChainerBackend, "backends", [plain, drawer])
    keyring.set_keyring(keyring.backends.chainer.ChainerBackend())  # type: ignore[no-untyped-call]
    run(Keyring().set(account(), "incoming", SECRET))
    assert plain.entries == {} and len(drawer.entries) == 1
    monkeypatch.setattr(keyring.backends.chainer.ChainerBackend, "backends", [plain])
    with pytest.raises(SecretsUnavailable):
        run(Keyring().ready())


def test_a_prompt_nobody_answers(drawer: Drawer) -> None:
    waiting = Waiting()
    keyring.set_keyring(waiting)
    with pytest.raises(SecretsUnavailable):
        run(Keyring(seconds=0.05).get(account(), "incoming"))
    waiting.typed.set()


@pytest.mark.parametrize("length", [1, 999, 1_000, 1_001, 2_560, 9_000])
def test_long_tokens_lie_in_pieces(drawer: Drawer, length: int) -> None:
    source = Keyring()
    token = "é" * length
    run(source.set(account(), "token", "before " * 400))
    run(source.set(account(), "token", token))
    assert run(Keyring().get(account(), "token")) == token
    assert all(len(each) <= 1_000 for each in drawer.entries.values())
    assert len(drawer.entries) == (1 if length <= 1_000 else 1 + -(-length // 1_000))
    run(source.delete(account()))
    assert drawer.entries == {}


def test_letters_that_count_twice(drawer: Drawer) -> None:
    run(Keyring().set(account(), "incoming", "\U0001f511" * 900))
    assert run(Keyring().get(account(), "incoming")) == "\U0001f511" * 900
    assert all(len(each.encode("utf-16-le")) <= 2_000 for each in drawer.entries.values())


def test_a_piece_that_is_missing_is_no_secret(drawer: Drawer) -> None:
    source = Keyring()
    run(source.set(account(), "token", "x" * 2_500))
    del drawer.entries[next(key for key in drawer.entries if "2/3" in key[1])]
    with pytest.raises(PasswordMissing):
        run(source.get(account(), "token"))


def test_a_password_that_looks_like_a_header(drawer: Drawer) -> None:
    for odd in ("desktopmail pieces abc 3", "desktopmail pieces"):
        run(Keyring().set(account(), "incoming", odd))
        assert run(Keyring().get(account(), "incoming")) == odd


def test_a_closed_prompt_does_not_bring_the_next(drawer: Drawer) -> None:  # T39
    """Every account asks for its password at the start; the key store is asked once."""

    class Counting(Locked):
        asked = 0

        def get_password(self, service: str, username: str) -> str | None:
            self.asked += 1
            return super().get_password(service, username)

    counting = Counting()
    keyring.set_keyring(counting)
    source = Keyring()
    for number in range(1, 6):
        with pytest.raises(SecretsUnavailable):
            run(source.get(account(number), "incoming"))
    assert counting.asked == 1


def test_where_passwords_are(drawer: Drawer) -> None:
    assert "key store" in run(Keyring().ready())
    assert run(Memory().ready())
    assert "PW" in run(Environment({}, "PW").ready())


def test_choosing() -> None:
    assert isinstance(open_secrets({}), Keyring)
    assert isinstance(open_secrets({"DESKTOPMAIL_SECRETS": "keyring"}), Keyring)
    assert type(open_secrets({"DESKTOPMAIL_SECRETS": "memory"})) is Memory
    source = open_secrets({"DESKTOPMAIL_SECRETS": "env:PW", "PW": SECRET})
    assert run(source.get(account(), "incoming")) == SECRET
    for wrong in ("env:", "file:/tmp/x", "plain"):
        with pytest.raises(WrongUsage):
            open_secrets({"DESKTOPMAIL_SECRETS": wrong})
