"""The POP3 session against a real Dovecot: every byte comes as it was, and nothing goes without a QUIT."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Endpoint, NewAccount, Pop3Server, Security
from desktopmail.domain.errors import (
    BadCertificate,
    ConnectionLost,
    InsecureServer,
    MailError,
    Refused,
    SignInRefused,
)
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.diagnosis import Diagnosis
from desktopmail.protocols.pop3.session import Pop3Session, check
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.process import wait_until
from tests.servers.proxy import CuttingProxy

T = TypeVar("T")
WAYS = {"scram-sha-256": "SCRAM-SHA-256", "scram-sha-1 plain": "SCRAM-SHA-1", "cram-md5": "CRAM-MD5", "plain": "PLAIN"}


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(limited())


def told(server: Dovecot, user: User, act: Callable[[Pop3Session], Awaitable[T]], kind: str = "pop3s") -> T:
    """The result of something done in an open mailbox, which is then left without a QUIT."""

    async def attempt() -> T:
        session = await Pop3Session.open(server.endpoint(kind, user), user.password)
        try:
            return await act(session)
        finally:
            session.drop()

    return run(attempt())


async def everything(session: Pop3Session) -> list[bytes]:
    got: list[bytes] = []
    sizes = dict(await session.sizes())
    await session.retrieve(list(sizes), sizes, lambda _, raw: got.append(raw))
    return got


def letters(count: int) -> list[bytes]:
    """Messages that end and begin with every kind of dot and line end, small and large."""
    chance = random.Random(7)
    odd = [b".", b"..", b".\r\n.", b"\r\n..\r\n...", b"", b"x\r\n\r\n", b"\xff\xfe", b"From here\r\n.\r\n"]
    found = []
    for number in range(count):
        lines = [chance.choice(odd) for _ in range(chance.choice((0, 1, 5, 400)))]
        found.append(b"Subject: %d\r\n\r\n" % number + b"\r\n".join(lines) + b"\r\n")
    return found


@pytest.mark.parametrize("kind", ["pop3s", "pop3"])
def test_every_byte_as_it_was(dovecot: Dovecot, dovecot_user: User, kind: str) -> None:  # D43
    mails = letters(400)
    dovecot.seed(dovecot_user, "INBOX", mails)

    async def act(session: Pop3Session) -> list[bytes]:
        count, size = await session.stat()
        names, sizes = await session.uidl(), dict(await session.sizes())
        assert count == 400 == len(names) == len({name for _, name in names}) == len(sizes)
        assert size == sum(sizes.values()) and session.offered.pipelining and session.offered.uidl
        assert session.encryption.version == "TLSv1.3" and session.mechanism.startswith("SCRAM-SHA-256")
        heads: list[bytes] = []
        await session.top([1, 400], lambda _, raw: heads.append(raw))
        assert heads == [b"Subject: 0\r\n\r\n", b"Subject: 399\r\n\r\n"]
        return await everything(session)

    got = told(dovecot, dovecot_user, act, kind)
    assert [hashlib.sha256(raw).digest() for raw in got] == [hashlib.sha256(raw).digest() for raw in mails]


def test_names_stay_from_session_to_session(dovecot: Dovecot, dovecot_user: User) -> None:
    dovecot.seed(dovecot_user, "INBOX", letters(20))
    first = told(dovecot, dovecot_user, Pop3Session.uidl)

    async def remove(session: Pop3Session) -> frozenset[int]:
        marked = await session.delete([2, 5, 99])
        await session.quit()
        return marked

    assert told(dovecot, dovecot_user, remove) == {2, 5}
    left = told(dovecot, dovecot_user, Pop3Session.uidl)
    assert [name for _, name in left] == [name for number, name in first if number not in (2, 5)]
    assert len(dovecot.messages(dovecot_user)) == 18


def test_without_a_quit_everything_stays(dovecot: Dovecot, dovecot_user: User) -> None:  # D04
    dovecot.seed(dovecot_user, "INBOX", letters(20))

    async def mark(session: Pop3Session) -> None:
        assert len(await session.delete(range(1, 21))) == 20

    async def mark_and_take_back(session: Pop3Session) -> None:
        await mark(session)
        await session.reset()
        await session.noop()
        await session.quit()

    told(dovecot, dovecot_user, mark)
    told(dovecot, dovecot_user, mark_and_take_back)
    assert len(dovecot.messages(dovecot_user)) == 20


def test_a_line_that_breaks_anywhere(dovecot: Dovecot, dovecot_user: User) -> None:  # D24 T33
    """What came is whole, what did not is not handed on, and nothing is removed."""
    mails = letters(200)
    dovecot.seed(dovecot_user, "INBOX", mails)
    total = sum(map(len, mails)) + 8_000

    async def attempt() -> set[int]:
        counts = set()
        async with CuttingProxy(dovecot.ports["pop3s"]) as proxy:
            place = replace(dovecot.endpoint("pop3s", dovecot_user), port=proxy.port)
            for down in range(500, total, total // 25):
                proxy.cut_after(down=down)
                got: dict[int, bytes] = {}
                with pytest.raises(MailError) as caught:
                    session = await Pop3Session.open(place, dovecot_user.password)
                    sizes = dict(await session.sizes())
                    await session.retrieve(list(sizes), sizes, got.__setitem__)
                    await session.delete(list(sizes))
                    proxy.break_all()
                    await session.quit()
                assert isinstance(caught.value, ConnectionLost | InsecureServer)
                assert list(got.values()) == mails[: len(got)]
                counts.add(len(got))
        return counts

    assert len(run(attempt())) > 5
    assert len(dovecot.messages(dovecot_user)) == 200


def test_a_message_that_another_program_removed(dovecot: Dovecot, dovecot_user: User) -> None:
    """It is refused alone or ends the session; the others are never taken for it."""
    mails = letters(10)
    dovecot.seed(dovecot_user, "INBOX", mails)

    async def act(session: Pop3Session) -> dict[int, bytes]:
        got: dict[int, bytes] = {}
        refused: list[int] = []
        await session.sizes()
        await asyncio.to_thread(dovecot.doveadm, "expunge", "-u", dovecot_user.name, "mailbox", "INBOX", "1:3")
        with contextlib.suppress(ConnectionLost):
            await session.retrieve(range(1, 11), {}, got.__setitem__, lambda number, _: refused.append(number))
        assert not set(refused) & set(got)
        return got

    got = told(dovecot, dovecot_user, act)
    assert all(mails[number - 1] == raw for number, raw in got.items())


@pytest.fixture(scope="module", params=WAYS)
def limited(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[tuple[Dovecot, str]]:
    """A server that offers few mechanisms, and the one to take."""
    if reason := Dovecot.missing():
        pytest.skip(reason)
    server = Dovecot(certificates=certificates, mechanisms=request.param)
    server.start()
    yield server, WAYS[request.param]
    server.stop()


def test_by_password(limited: tuple[Dovecot, str]) -> None:  # T36
    server, expected = limited
    user = server.add_user(password="pass, wörd=1")
    for kind in ("pop3s", "pop3"):

        async def act(session: Pop3Session) -> str:
            return session.mechanism

        assert told(server, user, act, kind) == expected
    with pytest.raises(SignInRefused) as caught:
        run(check(server.endpoint("pop3s", user), "wrong"))
    assert "AUTH" in caught.value.log
    assert wait_until(lambda: "auth failed" in server.log(), 10)
    assert server.log().count("auth failed, 1 attempts") == 1 and "auth failed, 2 attempts" not in server.log()


@pytest.mark.parametrize("kind", ["pop3s", "pop3"])
def test_what_stands_in_the_way(dovecot: Dovecot, dovecot_user: User, kind: str) -> None:  # T28 T32
    place = dovecot.endpoint(kind, dovecot_user)
    with pytest.raises(BadCertificate):
        run(check(replace(place, pins=frozenset({"00" * 32})), dovecot_user.password))
    other = Security.STARTTLS if kind == "pop3s" else Security.TLS
    with pytest.raises(MailError):
        run(check(replace(place, security=other), dovecot_user.password, timeout=1))
    run(check(place, dovecot_user.password))


def test_tried_out_and_diagnosed_like_any_account(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    place = dovecot.endpoint("pop3s", dovecot_user)
    new = NewAccount(dovecot_user.address, "Post", "Ada", Pop3Server(place), None)
    said: list[str] = []

    async def work() -> None:
        store, passwords = Store.open(tmp_path), Memory()
        try:
            accounts = Accounts(store, passwords)
            await accounts.check(new, dovecot_user.password, said.append)
            with pytest.raises(SignInRefused):
                await accounts.check(new, "wrong")
            await accounts.add(new, dovecot_user.password)
            (found,) = await Diagnosis(store, passwords).accounts()
            (server,) = found.servers
            assert (found.password, server.protocol, server.problem) == ("readable", "pop3", "")
            assert server.heard is not None and server.heard.tls == "TLSv1.3" and server.heard.certificate is not None
        finally:
            await store.close()

    run(work())
    assert said == ["Looking for localhost…", "Signing in to localhost…", "Everything works."]


def test_nobody_at_the_other_end(dovecot: Dovecot, dovecot_user: User) -> None:
    async def gone(session: Pop3Session) -> None:
        await session.quit()
        with pytest.raises(ConnectionLost):
            await session.stat()
        assert session.closed

    told(dovecot, dovecot_user, gone)
    with pytest.raises(MailError):
        run(check(Endpoint("localhost", 1, Security.TLS, "x"), "y"))
    assert issubclass(SignInRefused, MailError) and not issubclass(SignInRefused, Refused)
