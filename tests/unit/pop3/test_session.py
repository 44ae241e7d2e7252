"""Whole sessions with a scripted server: what is said in which order, and what ends them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.errors import ConnectionLost, MailError, ProtocolViolation, Refused, Stalled, WrongUsage
from desktopmail.protocols.pop3.dialogue import WINDOW_BYTES, WINDOW_COUNT, Patience
from desktopmail.protocols.pop3.session import MESSAGE_LIMIT, Pop3Session
from tests.fakes.pop3_script import CLOSE, DROP, ENDLESS, OFFERED, STALL, Pop3Script, Reply, many
from tests.unit.transport_cases.judge import product_tasks, run

T = TypeVar("T")
QUICK = Patience(answer=0.3, progress=0.3, progress_bytes=100, farewell=0.3)
MAILS = [b"Subject: %d\r\n\r\n.%d\r\n" % (number, number) for number in range(1, 301)]


def told(script: Pop3Script, act: Callable[[Pop3Session], Awaitable[T]]) -> T:
    """What a verb gives, in a session of its own."""

    async def attempt() -> T:
        async with script:
            session = await Pop3Session.open(script.endpoint(Security.NONE), "secret", patience=QUICK)
            try:
                return await act(session)
            finally:
                session.drop()
                await script.until(lambda: script.open == 0)
                assert product_tasks() == []

    return run(attempt())


def broken(script: Pop3Script, act: Callable[[Pop3Session], Awaitable[object]]) -> MailError:
    """The error of a verb that ends the session, and of the next one."""

    async def both(session: Pop3Session) -> MailError:
        with pytest.raises(MailError) as caught:
            await act(session)
        assert session.closed and "closed" in repr(session) and "secret" not in repr(session)
        with pytest.raises(MailError):
            await session.noop()
        return caught.value

    return told(script, both)


def plain(
    offered: str = OFFERED, mails: list[bytes] | None = None, answers: dict[str, Reply] | None = None, **named: Reply
) -> Pop3Script:
    script = Pop3Script(offered=offered, mails=MAILS if mails is None else mails)
    script.answers |= {**(answers or {}), **named}
    return script


async def everything(session: Pop3Session) -> list[tuple[int, bytes]]:
    got: list[tuple[int, bytes]] = []
    sizes = dict(await session.sizes())
    await session.retrieve(list(sizes), sizes, lambda number, raw: got.append((number, raw)))
    return got


async def whole(session: Pop3Session) -> list[tuple[int, bytes]]:
    got = await everything(session)
    await session.quit()
    return got


def test_everything_comes_in_order_and_as_it_was() -> None:
    script = plain()
    assert told(script, whole) == list(enumerate(MAILS, 1))
    assert script.longest > 20 and script.longest <= WINDOW_COUNT
    assert script.kept == set(range(1, 301))


def test_one_at_a_time_where_nothing_else_is_offered() -> None:
    script = plain(OFFERED.replace("PIPELINING\n", ""))
    assert told(script, whole) == list(enumerate(MAILS, 1))
    assert script.longest == 1


def test_no_more_bytes_under_way_than_there_is_room_for() -> None:
    script = plain()
    script.answers["LIST"] = many(*(b"%d %d" % (number, WINDOW_BYTES // 2) for number in range(1, 301)))
    assert told(script, whole) == list(enumerate(MAILS, 1))
    assert script.longest == 2


def test_the_order_of_a_whole_session() -> None:
    script = plain(mails=MAILS[:2])

    async def act(session: Pop3Session) -> frozenset[int]:
        assert await session.stat() == (2, len(MAILS[0]) + len(MAILS[1]))
        assert await session.uidl() == [(1, "uid-1"), (2, "uid-2")]
        heads: list[bytes] = []
        await session.top([2], lambda _, raw: heads.append(raw))
        assert heads == [b"Subject: 2\r\n\r\n"]
        marked = await session.delete([1, 7])
        await session.quit()
        return marked

    assert told(script, act) == {1} and script.kept == {2}
    said = [line.split(b" ")[0] for line in script.lines]
    assert said == b"CAPA AUTH CAPA STAT UIDL TOP DELE DELE QUIT".split()


@pytest.mark.parametrize("words", [b"TOP 1\r\nDELE 1", b"NOOP\n", b"NOOP\r", b"NOOP\0", b"NOOP " + b"x" * 20_000])
def test_one_command_is_one_line(words: bytes) -> None:  # P26
    script = plain(mails=MAILS[:2])

    async def act(session: Pop3Session) -> None:
        with pytest.raises(WrongUsage):
            await session.command(words)
        await session.quit()

    told(script, act)
    assert script.lines[-2:] == [b"CAPA", b"QUIT"] and script.kept == {1, 2}


def test_an_empty_mailbox() -> None:
    async def act(session: Pop3Session) -> tuple[Any, ...]:
        return await session.stat(), await session.uidl(), await session.sizes(), await session.delete([])

    assert told(plain(mails=[]), act) == ((0, 0), [], [], frozenset())


@pytest.mark.parametrize("left", ["drop", "reset", "lost", "no"])
def test_only_a_quit_removes(left: str) -> None:  # D04
    said: dict[str, Reply] = {"lost": DROP, "no": b"-ERR some were not removed\r\n"}
    script = plain(answers={"QUIT": said[left]} if left in said else {})

    async def act(session: Pop3Session) -> None:
        await session.delete([1, 2, 3])
        if left == "drop":
            session.drop()
        elif left == "reset":
            await session.reset()
            await session.quit()
        else:
            with pytest.raises(ConnectionLost if left == "lost" else Refused):
                await session.quit()
        assert session.closed

    told(script, act)
    assert script.kept == set(range(1, 301))
    assert (b"QUIT" in script.lines) is (left != "drop")


def test_one_message_that_is_refused() -> None:
    script = plain(answers={"RETR 7": b"-ERR [SYS/TEMP] not now\r\n"})
    failed: list[tuple[int, bool]] = []

    async def act(session: Pop3Session) -> list[int]:
        got: list[int] = []

        def note(number: int, error: MailError) -> None:
            failed.append((number, error.passing))

        await session.retrieve(range(1, 301), {}, lambda number, _: got.append(number), refused=note)
        with pytest.raises(Refused):
            await session.retrieve(range(1, 301), {}, lambda number, _: got.append(number))
        await session.noop()
        return got

    got = told(script, act)
    assert failed == [(7, True)] and got[:299] == [number for number in range(1, 301) if number != 7]
    assert 6 <= len(got) - 299 <= WINDOW_COUNT


def test_what_is_not_supported_is_refused() -> None:
    script = plain(answers={"STAT": b"-ERR later\r\n", "UIDL": b"-ERR what\r\n", "TOP": b"-ERR what\r\n"})

    async def act(session: Pop3Session) -> None:
        for verb in (session.stat, session.sizes):
            with pytest.raises(Refused):
                await verb()
        del script.answers["STAT"]
        with pytest.raises(Refused):
            await session.uidl()
        with pytest.raises(Refused):
            await session.top(range(1, 200), lambda _, __: None)
        await session.quit()

    told(script, act)
    assert len([line for line in script.lines if line.startswith(b"TOP")]) <= WINDOW_COUNT


def test_a_message_beyond_belief_is_not_asked_for() -> None:  # P19
    script = plain()

    async def act(session: Pop3Session) -> None:
        with pytest.raises(Refused):
            await session.retrieve([1], {1: MESSAGE_LIMIT + 1}, lambda _, __: None)
        assert not session.closed

    told(script, act)
    assert not any(line.startswith(b"RETR") for line in script.lines)


def test_a_message_that_is_far_larger_than_announced() -> None:  # P29 D33
    """Twice as large is a server that counts differently; without end is none."""
    script = plain(mails=[b"x" * 1_999 + b"\r\n"], RETR=b"+OK\r\n" + b"x" * 10_000_000)
    script.answers["LIST"] = many(b"1 1000")
    assert isinstance(broken(script, everything), ProtocolViolation)
    script = plain(mails=[b"x" * 1_999 + b"\r\n"])
    script.answers["LIST"] = many(b"1 1000")
    assert told(script, everything) == [(1, b"x" * 1_999 + b"\r\n")]


@pytest.mark.parametrize("step", ["STAT", "UIDL", "LIST", "RETR", "TOP", "DELE", "RSET", "NOOP", "QUIT"])
@pytest.mark.parametrize("how", [STALL, ENDLESS, CLOSE, DROP, b"+OK\r\nx", b"", b"nonsense\r\n"])
def test_no_step_waits_for_ever(step: str, how: Reply) -> None:  # P29 P30
    script = plain(answers={step: how})

    async def act(session: Pop3Session) -> None:
        verbs: dict[str, Callable[[], Awaitable[object]]] = {
            "STAT": session.stat,
            "UIDL": session.uidl,
            "LIST": session.sizes,
            "RETR": lambda: session.retrieve([1, 2], {}, lambda _, __: None),
            "TOP": lambda: session.top([1, 2], lambda _, __: None),
            "DELE": lambda: session.delete([1, 2]),
            "RSET": session.reset,
            "NOOP": session.noop,
            "QUIT": session.quit,
        }
        await verbs[step]()

    if step in ("RSET", "NOOP", "QUIT") and how == b"+OK\r\nx":
        return
    assert isinstance(broken(script, act), Stalled | ConnectionLost | ProtocolViolation)


def test_a_long_message_may_take_long_while_it_grows() -> None:
    """More than one deadline long, and each piece in time."""
    script = plain(mails=[b"x" * 200 + b"\r\n"])
    script.answers["RETR"] = STALL

    async def act(session: Pop3Session) -> list[bytes]:
        got: list[bytes] = []
        work = asyncio.ensure_future(session.retrieve([1], {}, lambda _, raw: got.append(raw)))
        await script.until(lambda: b"RETR 1" in script.lines)
        script.say(b"+OK\r\n")
        for _ in range(6):
            await asyncio.sleep(QUICK.progress / 2)
            script.say(b"x" * 98 + b"\r\n")
        script.say(b".\r\n")
        await work
        return got

    assert told(script, act) == [(b"x" * 98 + b"\r\n") * 6]


def test_a_trickle_that_never_ends_has_an_end() -> None:  # P29
    """Enough comes to be called progress, and in all it is too slow: bounded by time as well as by size."""
    script = plain(mails=MAILS[:1], answers={"RETR": ENDLESS})
    quick = Patience(answer=5, progress=0.2, progress_bytes=1, longest=0.5)

    async def attempt() -> MailError:
        async with script:
            session = await Pop3Session.open(script.endpoint(Security.NONE), "secret", patience=quick)
            with pytest.raises(MailError) as caught:
                await session.retrieve([1], {1: 1}, lambda _, __: None)
            await script.until(lambda: script.open == 0)
            return caught.value

    assert isinstance(run(attempt()), Stalled)


def test_cancelled_in_the_middle_it_is_closed() -> None:  # P30
    script = plain(RETR=STALL)

    async def act(session: Pop3Session) -> None:
        work = asyncio.ensure_future(session.retrieve([1], {}, lambda _, __: None))
        await script.until(lambda: b"RETR 1" in script.lines)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert session.closed

    told(script, act)


def test_a_sink_that_raises_closes() -> None:  # D07
    """What fails on this side must not end in a QUIT."""

    async def act(session: Pop3Session) -> None:
        def full(_: int, __: bytes) -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError):
            await session.retrieve([1, 2, 3], {}, full)
        assert session.closed
        with pytest.raises(ConnectionLost):
            await session.quit()

    script = plain()
    told(script, act)
    assert b"QUIT" not in script.lines


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("STAT", b"+OK\r\n"),
        ("STAT", b"+OK x y\r\n"),
        ("STAT", b"+OK -1 5\r\n"),
        ("STAT", b"+OK 99999999999 5\r\n"),
        ("LIST", many(b"1")),
        ("LIST", many(b"x 5")),
        ("LIST", many(b"1 99999999999999999999")),
        ("LIST", many(b"")),
        ("UIDL", many(b"x y")),
        ("UIDL", many(*[b"1 " + b"x" * 5000] * 100)),
    ],
)
def test_numbers_that_make_no_sense(step: str, reply: bytes) -> None:  # P19 D05
    script = plain(mails=MAILS[:3], answers={step: reply})
    verb = Pop3Session.uidl if step == "UIDL" else Pop3Session.sizes
    assert isinstance(broken(script, verb), ProtocolViolation)


def test_names_of_any_kind() -> None:  # D05
    """They come as they are; what they are worth is judged elsewhere."""
    odd = many(b"1 ", b"2", b"3 with spaces in it", b"4 " + b"x" * 200, b"5 \xfc", b"5 same", b"7 same")
    found = told(plain(UIDL=odd), Pop3Session.uidl)
    assert [name for _, name in found] == ["", "", "with spaces in it", "x" * 200, "\xfc", "same", "same"]


def test_lists_written_in_other_ways() -> None:
    """More blanks, and words behind the numbers."""
    script = plain(
        STAT=b"+OK  2  320 octets\r\n", LIST=many(b"1  120", b"2 200 octets\t"), UIDL=many(b"1\tone ", b" 2  two")
    )

    async def act(session: Pop3Session) -> tuple[Any, ...]:
        return await session.stat(), await session.sizes(), await session.uidl()

    assert told(script, act) == ((2, 320), [(1, 120), (2, 200)], [(1, "one"), (2, "two")])


@pytest.mark.parametrize("count", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_very_many_names(count: int) -> None:  # P22
    """However many, another thread than the one that reads them gets its turns."""
    names = many(*(b"%d name-%d" % (number, number) for number in range(1, count + 1)))
    script = plain(STAT=b"+OK %d 5\r\n" % count, UIDL=names)
    found = told(script, Pop3Session.uidl)
    assert len(found) == count and found[-1] == (count, f"name-{count}")


def test_a_list_that_is_odd_in_one_line_is_read_to_its_end() -> None:  # P22 D05
    lines = [b"%d name-%d" % (number, number) for number in range(1, 40_001)]
    lines[20_000] = b"20001 with a blank"
    lines[30_000] = b"30001 \xfc"
    found = told(plain(STAT=b"+OK 40000 5\r\n", UIDL=many(*lines)), Pop3Session.uidl)
    assert [number for number, _ in found] == list(range(1, 40_001))
    assert (found[20_000][1], found[20_001][1], found[30_000][1]) == ("with a blank", "name-20002", "\xfc")
    sizes = [b"%d %d" % (number, number) for number in range(1, 40_001)]
    sizes[39_999] += b" octets"
    assert told(plain(STAT=b"+OK 40000 5\r\n", LIST=many(*sizes)), Pop3Session.sizes)[-1] == (40_000, 40_000)
