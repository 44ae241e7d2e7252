"""A signed-in session against a scripted server: cuts, nonsense, stalls, streams, floods, waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.errors import (
    ConnectionLost,
    ContentMissing,
    ProtocolViolation,
    Stalled,
    WrongUsage,
)
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap.changing import Change
from desktopmail.protocols.imap.dialogue import News, Patience
from desktopmail.protocols.imap.request import Refusal
from desktopmail.protocols.imap.responses import FetchedHeader, RawFetch, tokenize
from desktopmail.protocols.imap.session import ImapSession
from tests.fakes.imap_script import CLOSE, DROP, OFFERED, ImapScript, MemoryLine, Reply
from tests.unit.imap.lines import POOR, QUICK, SELECT, broken, ignore, run, script_of, signed_in, since, told

# One session however it is cut.

HEAD = b'Subject: :-( * 2 FETCH\r\nFrom: "A0 OK (" <a@example.org>\r\n\r\n'
HEADERS = b"".join(
    b'* %d FETCH (UID %d FLAGS (\\Seen) MODSEQ (5) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 9 '
    b"BODY[HEADER.FIELDS (SUBJECT FROM)] {%d}\r\n%s)\r\n" % (number, number, len(HEAD), HEAD)
    for number in (1, 2, 3)
)
BODIES = (
    b"* 1 FETCH (UID 1 BODY[] {26}\r\n<tag> OK done\r\n* BYE\r\n+ \r\n)\r\n* 9 EXISTS\r\n"
    b"* 2 FETCH (UID 2 BODY[] {0}\r\n)\r\n* 2 FETCH (UID 2 FLAGS (\\Deleted))\r\n"
    b'* 3 FETCH (BODY[] "short \\" one" UID 3)\r\n<tag> OK done\r\n'
).replace(b"{26}", b"{%d}" % len(b"<tag> OK done\r\n* BYE\r\n+ \r\n"))
FOLDERS = (
    b'* LIST (\\HasChildren) "/" "a * b"\r\n* LIST (\\Sent) "/" {6}\r\n{5}\r\n}\r\n'
    b'* LIST () "/" Entw&APw-rfe\r\n<tag> OK x\r\n'
)


async def whole_session(size: int, cut: int) -> tuple[list[object], int]:
    """Everything a session tells, with replies cut in pieces, and how many bytes the server said."""
    script = script_of(LIST=FOLDERS, UID_FETCH=[HEADERS + b"<tag> OK done\r\n", BODIES], IDLE=b"+ \r\n* 10 EXISTS\r\n")
    session = await signed_in(script, size, cut, Patience())
    rows: list[FetchedHeader] = []
    bodies: list[tuple[int, bytes]] = []

    async def take(batch: list[RawFetch]) -> None:
        rows.extend(tokenize(batch))

    async def keep(uid: int, raw: bytes) -> None:
        bodies.append((uid, raw[-10:]))

    folders = await session.list_folders()
    await session.fetch_headers("1:*", take)
    await session.fetch_bodies([1, 2, 3], keep)
    news = await session.idle(5), await session.idle(5)
    put = await session.append("Sent", b"x\r\n")
    line = session._wire.transport
    assert isinstance(line, MemoryLine)
    await session.logout()
    assert [len(each) for each in (folders, rows, bodies)] == [3, 3, 3]
    assert (news[0].arrived, put, session.exists) == (True, (7, 4), 10)
    return [session.capabilities, session.folder, folders, rows, bodies, news, put], line.sent


def test_one_session_however_it_is_cut() -> None:  # P31
    async def all_of_them() -> None:
        expected = await whole_session(0, 0)
        for size in range(1, 40):
            assert await whole_session(size, 0) == expected
        for cut in range(1, expected[1]):
            assert await whole_session(0, cut) == expected

    run(all_of_them())


# Nonsense.


@pytest.mark.parametrize(
    "words",
    [
        b"X1 OK what\r\n",
        b"+ go on\r\n",
        b"<tag> FINE done\r\n",
        b"<tag>\r\n",
        b"hello\r\n",
        b"*\r\n",
        b"* \r\n",
        b"\xff\xfe\r\n",
        b"* 1 FETCH (BODY[] {99999999999999}\r\n",
        b"* LIST () / {1000000}\r\n",
        b"* OK " + b"x" * 70_000,
    ],
)
def test_nonsense_ends_the_connection(words: bytes) -> None:  # T20 P19 P21
    assert isinstance(broken(script_of(NOOP=words), lambda session: session.noop()), ProtocolViolation)


def test_a_reply_given_twice() -> None:  # T20
    async def attempt(session: ImapSession) -> None:
        await session.noop()
        with pytest.raises(ProtocolViolation):
            await session.noop()
        assert session.closed

    told(script_of(NOOP=b"<tag> OK done\r\n<tag> OK done\r\n"), attempt)


def test_a_reply_to_a_command_not_yet_given() -> None:  # T20
    async def attempt() -> None:
        async with ImapScript() as script:
            session = await signed_in(script)
            wire = session._wire
            wire.data_received(f"{wire.tagpre}{wire.tagnum} OK done\r\n".encode())
            with pytest.raises(ProtocolViolation):
                await session.noop()
            await session.close()

    run(attempt())


@pytest.mark.parametrize("act", [CLOSE, DROP, b"* BYE over\r\n"])
@pytest.mark.parametrize(
    "step", ["NOOP", "SELECT", "LIST", "UID FETCH", "UID STORE", "UID MOVE", "APPEND", "IDLE", "DONE"]
)
def test_the_line_breaks_anywhere(step: str, act: Reply) -> None:  # D24
    verbs: dict[str, Callable[[ImapSession], Awaitable[object]]] = {
        "NOOP": lambda session: session.noop(),
        "SELECT": lambda session: session.select("Sent"),
        "LIST": lambda session: session.list_folders(),
        "UID FETCH": lambda session: session.fetch_bodies([1], ignore),
        "UID STORE": lambda session: session.store([1], Change(Flags.SEEN)),
        "UID MOVE": lambda session: session.move([1], "Sent"),
        "APPEND": lambda session: session.append("Sent", b"x" * 300_000),
        "IDLE": lambda session: session.idle(0.05),
        "DONE": lambda session: session.idle(0.05),
    }
    reply: Reply | list[Reply] = [SELECT, act] if step == "SELECT" else act
    script = ImapScript(answers={step: reply})
    assert isinstance(broken(script, verbs[step]), ConnectionLost)


@pytest.mark.parametrize("cut", range(0, 90, 7))
def test_a_body_that_breaks_off_is_never_handed_on(cut: int) -> None:  # D26 T33
    whole = b"* 1 FETCH (UID 1 BODY[] {60}\r\n" + b"x" * 60
    bodies: list[bytes] = []

    async def keep(uid: int, raw: bytes) -> None:
        bodies.append(raw)

    script = script_of(UID_FETCH=whole[:cut] + b"" if cut else b"")

    async def attempt() -> None:
        session = await signed_in(script)
        task = asyncio.ensure_future(session.fetch_bodies([1], keep))
        await script.until(lambda: any(line.startswith(b"UID FETCH") for line in script.lines))
        for _ in range(5):
            await asyncio.sleep(0)
        session.drop()
        with pytest.raises(ConnectionLost):
            await task
        await session.close()

    run(attempt())
    assert bodies == []


# Time.


@pytest.mark.parametrize(
    "step", ["NOOP", "SELECT", "LIST", "UID FETCH", "UID STORE", "APPEND", "literal", "IDLE", "DONE"]
)
def test_every_verb_ends(step: str) -> None:  # P30
    verbs: dict[str, Callable[[ImapSession], Awaitable[object]]] = {
        "NOOP": lambda session: session.noop(0.2),
        "SELECT": lambda session: session.select("Sent"),
        "LIST": lambda session: session.list_folders(),
        "UID FETCH": lambda session: session.fetch_bodies([1], ignore),
        "UID STORE": lambda session: session.store([1], Change(Flags.SEEN)),
        "APPEND": lambda session: session.append("Sent", b"x" * 300_000),
        "literal": lambda session: session.append("Sent", b"x"),
        "IDLE": lambda session: session.idle(0.05),
        "DONE": lambda session: session.idle(0.05),
    }
    quiet: Reply | list[Reply] = [SELECT, b""] if step == "SELECT" else b""
    offered = OFFERED.replace("LITERAL+ ", "") if step == "literal" else OFFERED
    script = ImapScript(offered=offered, answers={step: quiet})
    assert isinstance(broken(script, verbs[step]), Stalled)


def test_a_trickle_is_not_progress() -> None:  # P29
    async def attempt() -> None:
        async with ImapScript(answers={"UID FETCH": b"* 1 FETCH (UID 1 BODY[] {1000000}\r\n"}) as script:
            session = await ImapSession.open(script.endpoint(Security.NONE), "secret", patience=QUICK)
            await session.select("INBOX")
            task = asyncio.ensure_future(session.fetch_bodies([1], ignore))
            await script.until(lambda: len(script.lines) > 5)
            while not task.done():
                await script.say(b"x")
                await asyncio.sleep(0.01)
            with pytest.raises(Stalled):
                await task
            assert session.closed
            await session.close()

    run(attempt())


def test_cancelling_in_the_middle_ends_the_connection() -> None:  # P30
    async def attempt(step: str, verb: Callable[[ImapSession], Awaitable[object]]) -> None:
        script = ImapScript(answers={step: b""})
        session = await signed_in(script)
        task = asyncio.ensure_future(verb(session))
        await script.until(lambda: any(line.startswith(step.encode()) for line in script.lines))
        waiting = asyncio.ensure_future(session.noop())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert session.closed
        with pytest.raises(ConnectionLost):
            await waiting
        await session.close()
        assert len(asyncio.all_tasks()) == 1

    for _ in range(35):
        run(attempt("NOOP", lambda session: session.noop()))
        run(attempt("UID FETCH", lambda session: session.fetch_bodies([1], ignore)))
        run(attempt("IDLE", lambda session: session.idle()))


def test_cancelling_the_farewell_ends_the_connection() -> None:  # P30
    async def attempt(session: ImapSession) -> None:
        line, farewell = session._wire.transport, asyncio.Event()
        assert isinstance(line, MemoryLine)
        line.close = farewell.set  # type: ignore[method-assign] # the other side does not answer it
        task = asyncio.ensure_future(session.logout())
        await farewell.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await session._wire.gone.wait()

    told(script_of(), attempt)


def test_waiting_for_the_turn_can_be_cancelled_without_harm() -> None:
    async def attempt(session: ImapSession) -> None:
        first = asyncio.ensure_future(session.noop())
        second = asyncio.ensure_future(session.noop())
        third = asyncio.ensure_future(session.noop())
        await asyncio.sleep(0)
        second.cancel()
        await first
        await third
        with pytest.raises(asyncio.CancelledError):
            await second
        assert not session.closed

    told(script_of(), attempt)


# Streams.


def headers(count: int) -> bytes:
    one = b"* %d FETCH (UID %d FLAGS () BODY[HEADER.FIELDS (X)] {4}\r\nX: y)\r\n"
    return b"".join(one % (number, number) for number in range(1, count + 1)) + b"<tag> OK done\r\n"


def test_the_next_range_is_asked_before_the_reply() -> None:
    sent: list[bytes] = []

    async def attempt(session: ImapSession) -> None:
        uids = range(1, 12_001)
        await asyncio.wait([task := asyncio.ensure_future(session.fetch_headers(uids, ignore))], timeout=0.1)
        sent.extend(since(script))
        task.cancel()
        await asyncio.wait([task])

    script = script_of(UID_FETCH=b"")
    told(script, attempt)
    assert [line.split()[2] for line in sent] == [b"1:5000", b"5001:10000"]


def test_a_slow_sink_holds_back_the_server() -> None:
    async def attempt() -> int:
        async with ImapScript(answers={"UID FETCH": headers(60_000)}) as script:
            session = await ImapSession.open(script.endpoint(Security.NONE), "secret")
            await session.select("INBOX")
            waiting, most, total = asyncio.Event(), 0, 0

            async def take(batch: list[RawFetch]) -> None:
                nonlocal most, total
                if total == 0:
                    await asyncio.wait([asyncio.ensure_future(waiting.wait())], timeout=0.3)
                    assert session._wire.stream is not None
                    most = len(session._wire.stream._waiting)
                total += len(batch)
                assert len(batch) <= 100

            await session.fetch_headers("1:*", take)
            waiting.set()
            await session.logout()
            assert total == 60_000
            return most

    assert 2_000 < run(attempt()) < 20_000


def test_a_sink_that_refuses_ends_the_connection() -> None:
    async def take(batch: list[RawFetch]) -> None:
        raise ContentMissing("no room")

    async def attempt() -> None:
        session = await signed_in(script_of(UID_FETCH=headers(5_000)[:-20]))
        with pytest.raises(ContentMissing):
            await session.fetch_headers("1:*", take)
        assert session.closed
        await session.close()
        assert len(asyncio.all_tasks()) == 1

    run(attempt())


def test_a_refused_range_does_not_keep_the_others_from_coming() -> None:
    seen: list[int] = []

    async def keep(uid: int, raw: bytes) -> None:
        seen.append(uid)

    async def attempt(session: ImapSession) -> None:
        with pytest.raises(Refusal):
            await session.fetch_bodies(range(1, 402), keep)
        assert not session.closed

    one = b"* 1 FETCH (UID %d BODY[] {1}\r\nx)\r\n<tag> OK done\r\n"
    told(script_of(UID_FETCH=[one % 1, b"<tag> NO [SERVERBUG] cannot read\r\n", one % 401]), attempt)
    assert seen == [1, 401]


def test_floods_are_taken_in_slices() -> None:  # P22
    flood = b"".join(b"* %d EXISTS\r\n* 7 FETCH (FLAGS (\\Seen))\r\n" % number for number in range(500_000))

    async def attempt() -> float:
        session = await signed_in(script_of(NOOP=flood + b"<tag> OK done\r\n"), size=1 << 18, patience=Patience())
        late = 0.0
        task = asyncio.ensure_future(session.noop())
        await asyncio.sleep(0)
        while not task.done():
            before = time.thread_time()
            await asyncio.sleep(0)
            late = max(late, time.thread_time() - before)
        await task
        assert session.exists == 499_999
        await session.close()
        return late

    assert run(attempt()) < 0.05


def test_ten_thousand_folders_in_one_piece() -> None:  # P22
    lines = b"".join(b'* LIST () "/" "folder %d"\r\n' % number for number in range(10_000))
    found = told(script_of(LIST=lines + b"<tag> OK done\r\n"), lambda session: session.list_folders(), Patience())
    assert len(found) == 10_000
    script = script_of(LIST=lines + lines.replace(b"folder", b"more") + b'* LIST () "/" x\r\n<tag> OK done\r\n')
    with pytest.raises(WrongUsage):
        told(script, lambda session: session.list_folders(), Patience())


# Waiting.


def test_news_while_waiting_and_before() -> None:
    script = script_of(
        IDLE=[b"+ \r\n* OK Still here\r\n* 4 EXISTS\r\n", b"+ \r\n* OK [UIDVALIDITY 8] new\r\n", b"+ \r\n"]
    )

    async def attempt(session: ImapSession) -> list[News]:
        found = [await session.idle(5), await session.idle(5), await session.idle(0.05)]
        await session.noop()
        session._wire.data_received(b"* 1 EXPUNGE\r\n* 2 FETCH (FLAGS ())\r\n")
        return [*found, await session.idle(5)]

    assert told(script, attempt) == [
        News(arrived=True),
        News(renumbered=True),  # D27
        News(),
        News(gone=True, marks=True),
    ]


def test_waiting_can_be_interrupted() -> None:
    async def attempt(session: ImapSession) -> None:
        task = asyncio.ensure_future(session.idle(30))
        await script.until(lambda: b"IDLE" in script.lines)
        session.interrupt()
        assert not await task
        await session.noop()

    script = script_of()
    told(script, attempt)
    assert since(script) == [b"IDLE", b"DONE", b"NOOP"]


def test_a_server_that_does_not_wait() -> None:
    script = script_of(IDLE=b"<tag> NO not here\r\n")

    async def attempt(session: ImapSession) -> None:
        with pytest.raises(Refusal):
            await session.idle(5)
        assert not session.closed

    told(script, attempt)
    script = script_of(POOR, NOOP=b"* 9 EXISTS\r\n<tag> OK done\r\n")
    assert told(script, lambda session: session.idle(0.01)) == News(arrived=True)
    assert since(script) == [b"NOOP"]


def test_secrets_are_in_no_representation() -> None:
    async def attempt(session: ImapSession) -> None:
        assert "secret" not in repr(session) + repr(vars(session)) + repr(vars(session._wire))

    told(script_of(), attempt)


def test_stall_leaves_others_alone() -> None:  # P29
    async def attempt() -> None:
        slow, quick = await signed_in(script_of(NOOP=b"")), await signed_in(script_of())
        stuck = asyncio.ensure_future(slow.noop(0.3))
        for _ in range(50):
            await quick.noop()
        with pytest.raises(Stalled):
            await stuck
        await slow.close()
        await quick.close()

    run(attempt())
