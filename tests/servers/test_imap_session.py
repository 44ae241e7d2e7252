"""The IMAP session against a real Dovecot: rich, and with most capabilities taken away."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from desktopmail.domain.errors import ContentMissing, NotFound, SignInRefused
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap.changing import Change
from desktopmail.protocols.imap.request import Refusal
from desktopmail.protocols.imap.responses import FetchedHeader, RawFetch, tokenize
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.imap.uids import UidSet
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User

T = TypeVar("T")
POOR = "IMAP4rev1 SASL-IR AUTH=PLAIN IDLE"


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(limited())


def message(number: int, filling: bytes = b"") -> bytes:
    return (
        b"From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nDate: Tue, 1 Jul 2003 10:52:37 +0200\r\n"
        b"Message-ID: <%d@example.org>\r\nSubject: number %d :-(\r\n\r\nHello\r\n" % (number, number) + filling
    )


@pytest.fixture(scope="module")
def poor(certificates: Certificates) -> Iterator[Dovecot]:
    """A server that says it can do next to nothing, and has no special folders."""
    server = Dovecot(certificates=certificates, capabilities=POOR, special={})
    server.start()
    yield server
    server.stop()


def told(server: Dovecot, user: User, act: Callable[[ImapSession], Awaitable[T]], kind: str = "imaps") -> T:
    """The result of something done in an open INBOX."""

    async def attempt() -> T:
        session = await ImapSession.open(server.endpoint(kind, user), user.password)
        try:
            await session.select("INBOX")
            return await act(session)
        finally:
            await session.logout()

    return run(attempt())


async def listed(session: ImapSession, uids: str = "1:*", structure: bool = False) -> list[FetchedHeader]:
    rows: list[FetchedHeader] = []

    async def take(batch: list[RawFetch]) -> None:
        rows.extend(tokenize(batch))

    await session.fetch_headers(uids, take, structure=structure)
    return rows


async def present(session: ImapSession) -> str:
    return (await session.search_all()).wire


@pytest.fixture(params=["rich", "poor"])
def place(request: pytest.FixtureRequest, dovecot: Dovecot, poor: Dovecot) -> tuple[Dovecot, User]:
    """A server and somebody with ten messages."""
    server = dovecot if request.param == "rich" else poor
    user = server.add_user()
    server.seed(user, "INBOX", (message(number) for number in range(1, 11)), flags="S")
    return server, user


@pytest.mark.parametrize("kind", ["imap", "imaps"])
def test_headers_and_bodies(place: tuple[Dovecot, User], kind: str) -> None:
    async def attempt(session: ImapSession) -> None:
        rows = await listed(session, structure=True)
        assert [row.uid for row in rows] == list(range(1, 11))
        assert all(row.flags == Flags.SEEN and row.size == len(message(row.uid)) for row in rows)
        assert b"Subject: number 3 :-(" in rows[2].header
        assert rows[0].structure.lower().startswith(b'("text" "plain"')
        bodies: dict[int, bytes] = {}

        async def keep(uid: int, raw: bytes) -> None:
            bodies[uid] = raw

        await session.fetch_bodies([2, 5, 99], keep)
        assert bodies == {2: message(2), 5: message(5)}
        assert await session.fetch_section(4, "TEXT") == b"Hello\r\n"
        with pytest.raises(ContentMissing):
            await session.fetch_section(99, "")

    told(*place, attempt, kind)


def test_marks_come_back(place: tuple[Dovecot, User]) -> None:
    async def attempt(session: ImapSession) -> None:
        change = Change(Flags.STARRED | Flags.FORWARDED | Flags.JUNK, frozenset({"Zwei Wörter", "R&D"}))
        assert not await session.store([1, 2], change, Change(Flags.SEEN))
        news = await session.fetch_flags("1:3")
        assert [(row.flags, row.tags) for row in news.rows] == [change, change, (Flags.SEEN, frozenset())]
        assert not await session.store([1, 2], Change(), change)
        assert [(row.flags, row.tags) for row in (await session.fetch_flags([1, 2])).rows] == [(0, frozenset())] * 2

    told(*place, attempt)


def test_moves_leave_no_doubt(place: tuple[Dovecot, User]) -> None:
    server, user = place

    async def attempt(session: ImapSession) -> None:
        await session.create("Ordner/Größe & mehr")
        moved = await session.move([2, 4, 99], "Ordner/Größe & mehr")
        assert moved in ({2: 1, 4: 2}, {})
        assert await present(session) == "1,3,5:10"
        assert await session.copy([1], "Ordner/Größe & mehr") in ({1: 3}, {})
        await session.expunge([10, 99])
        assert await present(session) == "1,3,5:9"
        with pytest.raises(Refusal):
            await session.move([1], "nowhere")
        assert await present(session) == "1,3,5:9"

    told(server, user, attempt)
    assert sorted(server.messages(user, "Ordner/Größe & mehr")) == [message(1), message(2), message(4)]


def test_foreign_marks_survive_an_expunge(poor: Dovecot) -> None:  # D30
    user = poor.add_user()
    poor.seed(user, "INBOX", [message(1), message(2)])
    poor.seed(user, "INBOX", [message(3)], flags="T")

    async def attempt(session: ImapSession) -> None:
        assert await session.expunge([1]) == UidSet()
        assert await present(session) == "1:3"
        assert [row.deleted for row in (await session.fetch_flags("1:*")).rows] == [True, False, True]

    told(poor, user, attempt)
    assert len(poor.messages(user)) == 3


def test_append_keeps_every_byte(place: tuple[Dovecot, User]) -> None:  # D43
    server, user = place
    raw = message(
        77, os.urandom(3_000_000).hex().encode() + b"\r\n" + b"x" * 2_000 + b"\r\n.\r\nFrom x\r\n\xff\xfe\r\n"
    )

    async def attempt(session: ImapSession) -> str:
        await session.append("INBOX", raw, Flags.SEEN | Flags.STARRED, ["t"], 1_000_000_000)
        uid = list(await session.search_all())[-1]
        row = (await listed(session, str(uid)))[0]
        assert (row.flags, row.tags, row.internal_date) == (Flags.SEEN | Flags.STARRED, frozenset({"t"}), 1_000_000_000)
        pieces: list[bytes] = []

        async def keep(piece: bytes) -> None:
            pieces.append(piece)

        assert await session.fetch_in_pieces(uid, keep) == len(raw)
        assert b"".join(pieces) == raw
        return hashlib.sha256(await session.fetch_section(uid, "")).hexdigest()

    assert told(server, user, attempt) == hashlib.sha256(raw).hexdigest()


def test_folders(place: tuple[Dovecot, User]) -> None:
    server, user = place

    async def attempt(session: ImapSession) -> None:
        await session.create('Ein "Ordner"')
        await session.subscribe('Ein "Ordner"')
        await session.create("Gesendete Objekte")
        folders = {each.name: each for each in await session.list_folders(status=True)}
        assert folders["INBOX"].role is Role.INBOX
        status = folders["INBOX"].status
        assert status is not None and (status.messages, status.uid_next) == (10, 11)
        assert folders['Ein "Ordner"'].subscribed and not folders["Gesendete Objekte"].subscribed
        guessed = "Sent" not in folders
        assert folders["Gesendete Objekte"].role is (Role.SENT if guessed else Role.NONE)
        await session.rename('Ein "Ordner"', "Umbenannt/tief")
        assert (await session.status("Umbenannt/tief")).messages == 0
        await session.delete("Umbenannt/tief")
        for gone in (session.status("Umbenannt/tief"), session.select("Umbenannt/tief")):
            with pytest.raises((NotFound, Refusal)):
                await gone

    told(server, user, attempt)


def test_what_changed_since(dovecot: Dovecot, dovecot_user: User) -> None:
    dovecot.seed(dovecot_user, "INBOX", (message(number) for number in range(1, 11)))

    async def attempt(session: ImapSession) -> None:
        await listed(session)
        before = (await session.select("INBOX")).highest_mod_seq
        assert (await session.fetch_flags("1:*", before)).rows == []
        dovecot.doveadm("flags", "add", "-u", dovecot_user.name, "\\Seen", "mailbox", "INBOX", "uid", "3")
        dovecot.doveadm("expunge", "-u", dovecot_user.name, "mailbox", "INBOX", "uid", "5:6")
        await session.noop()
        news = await session.fetch_flags("1:*", before)
        assert [(row.uid, row.flags) for row in news.rows] == [(3, Flags.SEEN)]
        assert news.vanished == UidSet.of([5, 6])
        assert session.exists == 8

    told(dovecot, dovecot_user, attempt)


def test_news_while_waiting(dovecot: Dovecot, dovecot_user: User) -> None:
    dovecot.seed(dovecot_user, "INBOX", [message(1)])

    async def attempt(session: ImapSession) -> None:
        other = await ImapSession.open(dovecot.endpoint("imaps", dovecot_user), dovecot_user.password)
        waiting = asyncio.ensure_future(session.idle(30))
        await asyncio.sleep(0)
        await other.append("INBOX", message(2))
        assert (await waiting).arrived
        waiting = asyncio.ensure_future(session.idle(30))
        await other.select("INBOX")
        await other.expunge([1])
        assert (await waiting).gone
        await other.logout()

    told(dovecot, dovecot_user, attempt)


def test_a_wrong_password(dovecot: Dovecot, dovecot_user: User) -> None:
    with pytest.raises(SignInRefused) as caught:
        run(ImapSession.open(dovecot.endpoint("imaps", dovecot_user), "wrong"))
    assert dovecot_user.name in caught.value.title and "wrong" not in caught.value.log
