"""A mailbox of very many messages: nothing that has to be done for all of them is done on the loop. P22"""

from __future__ import annotations

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.account import Keep, Leave
from desktopmail.engine.activity import Tally, Teller
from desktopmail.engine.pop3.collect import Collect, Trouble
from desktopmail.engine.pop3.listing import Compared, Listing, compare, newest_first, read_listing
from desktopmail.engine.pop3.moved import refuse_moved
from desktopmail.engine.pop3.visit import Visit
from desktopmail.protocols.pop3.lists import PIECE, _pieces, read_ids
from desktopmail.protocols.pop3.offered import Offered
from desktopmail.store.ledger_rows import Known

MANY = 400_000
LONGEST = 0.1
"""Seconds of the loop's own work in one turn; it needs a hundredth of that."""


class Server:
    """Lists very many messages, and gives none."""

    offered = Offered(known=True, uidl=True, top=True)

    async def stat(self) -> tuple[int, int]:
        return MANY, 9 * MANY

    async def uidl(self) -> list[tuple[int, str]]:
        return PAIRS

    async def sizes(self) -> list[tuple[int, int]]:
        return SIZES


PAIRS = [(number, f"name-{number}") for number in range(1, MANY + 1)]
SIZES = [(number, 1_000 + number) for number in range(1, MANY + 1)]


async def longest_turn(work: Any) -> tuple[Any, float]:
    """What comes of it, and the most that the loop's thread did in one go meanwhile."""
    task = asyncio.ensure_future(work)
    longest, before = 0.0, time.thread_time()
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.thread_time()
        longest, before = max(longest, now - before), now
    return await task, longest


def test_the_loop_goes_on_while_they_are_listed_and_compared() -> None:
    session: Any = Server()

    async def work() -> None:
        listing, turn = await longest_turn(read_listing(session))
        assert len(listing.numbers) == MANY and turn < LONGEST
        known = Known({f"other-{number}": 5_000_000 + number for number in range(10)})
        compared = await asyncio.to_thread(compare, known, listing)
        assert len(compared.strangers) == MANY and compared.strangers[0] == f"name-{MANY}"
        known = Known({f"other-{number}": 5_000_000 + number for number in range(MANY)})
        nobody: Any = None
        _, turn = await longest_turn(refuse_moved(session, nobody, nobody, listing, compared, known))
        assert turn < LONGEST

    asyncio.run(work())


def test_the_loop_goes_on_while_they_are_put_into_an_order_to_ask_for() -> None:
    listing = Listing({name: number for number, name in PAIRS}, dict(SIZES))
    session: Any = SimpleNamespace(offered=Server.offered)
    server: Any = SimpleNamespace(max_size=0, leave=Leave(Keep.FOREVER))
    visit = Visit(session, server, listing, SimpleNamespace(), [name for _, name in reversed(PAIRS)])  # type: ignore[arg-type]
    store: Any = None
    collect = Collect(visit, store, Teller(store, lambda _: None), Tally(), Trouble())
    asked: list[int] = []

    async def nothing_comes(names: Any, lane: Any) -> set[str]:
        asked.append(len(names))
        return set(names)

    async def work() -> None:
        collect._retrieve = nothing_comes  # type: ignore[method-assign]
        busy = iter([True, True, False])
        left, turn = await longest_turn(collect.some(lambda: next(busy, True)))
        assert left and turn < LONGEST and asked and len(visit.wanted) == MANY - sum(asked)

    asyncio.run(work())


@pytest.mark.parametrize("at_once", [0, 10])
def test_nothing_new_is_nothing_new_in_either_way(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr("desktopmail.engine.pop3.listing.AT_ONCE", at_once)
    listing = Listing({"a": 1, "b": 2}, {1: 10, 2: 20})
    assert compare(Known({"a": 10, "b": 20}), listing) == Compared((), (), ())
    assert compare(Known({"a": 10, "b": 20}), listing, moved=True) == Compared((), (), ("a", "b"))
    assert compare(Known({"a": 10, "b": 21, "c": 5}, frozenset({"d"})), listing) == Compared(("c",), (), ("b",))
    assert compare(Known({"a": 10}, frozenset({"b"})), listing) == Compared((), (), ("b",))
    assert compare(Known({}), listing) == Compared((), ("b", "a"), ())


@given(st.lists(st.integers(1, 60), unique=True))
def test_the_newest_come_first(numbers: list[int]) -> None:
    names = {f"n{number}": number for number in numbers}
    assert newest_first(names, names) == sorted(names, key=names.__getitem__, reverse=True)


@pytest.mark.parametrize("length", [1, 70, 5_000])
def test_a_list_is_read_in_pieces_that_are_not_long(length: int) -> None:
    lines = b"".join(b"%d %s\r\n" % (number, b"x" * length) for number in range(1, 3_000_000 // (length + 8)))
    pieces = list(_pieces(lines))
    assert b"".join(pieces) == lines and max(map(len, pieces)) <= PIECE + length + 12 and len(pieces) > 5
    assert len(read_ids(lines)) == lines.count(b"\n")


def test_whoever_reads_a_long_list_leaves_the_loop_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop answers while the list is being read."""
    from desktopmail.protocols.pop3.session import Pop3Session
    from tests.fakes.pop3_script import many
    from tests.unit.pop3.test_session import plain, told

    loops: list[asyncio.AbstractEventLoop] = []
    threads: list[threading.Thread] = []

    def read(lines: bytes) -> list[tuple[int, str]]:
        threads.append(threading.current_thread())
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loops[0]).result(30)
        return read_ids(lines)

    monkeypatch.setattr("desktopmail.protocols.pop3.session.read_ids", read)

    async def act(session: Pop3Session) -> int:
        loops.append(asyncio.get_running_loop())
        return len(await session.uidl())

    names = many(*(b"%d name-%d" % (number, number) for number in range(1, 20_001)))
    assert told(plain(STAT=b"+OK 20000 5\r\n", UIDL=names), act) == 20_000
    assert threads and threads[0] is not threading.main_thread()
