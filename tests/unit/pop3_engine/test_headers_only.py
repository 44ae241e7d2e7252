"""Only headers are wanted for now, and the rest later: rows that are here in part, and how they become whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.message import Copy, Fetched
from desktopmail.engine import remote
from desktopmail.engine.actions import Actions
from desktopmail.engine.pop3.verbs import Pop3Verbs
from tests.fakes.pop3_mailbox import OFFERED, Mail
from tests.unit.pop3_engine.desk import PopDesk, letter, letters
from tests.unit.pop3_engine.test_going_on import lanes_of
from tests.unit.pop3_engine.test_tops import without_top

Desks = Callable[..., PopDesk]
NO = Leave(Keep.NO)


def test_what_is_new_is_listed_and_comes_whole_the_next_time(desks: Desks) -> None:
    desk = desks(letters(30))
    report = desk.sync(headers_only=True)
    assert (report.new, report.problems, desk.box.fetches.total()) == (30, (), 0)
    ids = desk.ids()
    assert {(row.copy, row.fetched) for row in desk.rows()} == {(Copy.SERVER, Fetched.HEADERS)}
    assert [row.subject for row in desk.rows()[:2]] == ["letter 30", "letter 29"]
    desk.box.mails.append(Mail("u31", letter(31)))
    assert desk.sync(headers_only=True).new == 1
    assert set(desk.box.tops.values()) == {1} and desk.box.commands[-1] == "QUIT"
    assert desk.clean_sync().new == 0
    assert sorted(desk.raws()) == sorted(letters(31)) and desk.ids()[1:] == ids
    assert {row.copy for row in desk.rows()} == {Copy.BOTH} and set(desk.box.fetches.values()) == {1}
    assert all(row.preview for row in desk.rows())
    assert desk.clean_sync().new == 0 and desk.box.fetches.total() == 31


def test_nothing_is_removed_that_is_here_in_part(desks: Desks) -> None:
    desk = desks(letters(4), NO)
    desk.sync(headers_only=True)
    assert desk.box.asked_gone == [] and len(desk.box.left) == 4
    desk.clean_sync()
    assert desk.box.left == [] and sorted(desk.raws()) == letters(4)


def test_looking_at_headers_removes_nothing_whatever_the_rule_is(desks: Desks) -> None:
    desk = desks(letters(3))
    desk.clean_sync()
    desk.leave(NO)
    desk.box.mails.append(Mail("u9", letter(9)))
    assert desk.sync(headers_only=True).problems == ()
    assert len(desk.box.left) == 4 and desk.box.asked_gone == []
    desk.clean_sync()
    assert desk.box.left == []


def test_a_server_that_gives_no_headers_lists_nothing(desks: Desks) -> None:
    desk = desks(letters(4), top=False)
    assert desk.sync(headers_only=True).new == 0
    assert desk.clean_sync().new == 4


def test_one_header_that_is_refused_waits_for_the_whole(desks: Desks) -> None:
    desk = desks(letters(4))
    without_top(desk.box, 2)
    assert desk.sync(headers_only=True).new == 3
    assert desk.clean_sync().new == 1
    assert sorted(desk.raws()) == letters(4)


def test_a_server_that_keeps_nothing_is_left_without_a_quit(desks: Desks) -> None:
    desk = desks(letters(3), offered=(*OFFERED, "EXPIRE 0"))
    desk.sync(headers_only=True)
    assert len(desk.rows()) == 3 and "QUIT" not in desk.box.commands
    desk.clean_sync()
    assert desk.box.commands[-1] == "QUIT" and len(desk.raws()) == 3


def test_what_the_person_removed_or_wants_gone_is_not_brought(desks: Desks) -> None:
    desk = desks(letters(3), Leave(Keep.UNTIL_DELETED))
    desk.sync(headers_only=True)
    third, second, _ = desk.ids()
    desk.run(Actions(desk.store, grace=0).remove([third]))
    lanes = lanes_of(desk)
    desk.run(Pop3Verbs(desk.store, lambda: lanes).remove_now([second], unread_too=True))
    desk.clean_sync()
    assert desk.box.fetches == {"u1": 1} and desk.box.left == letters(1)
    assert len(desk.rows()) == 2


@pytest.mark.parametrize("size", [0, 6_000])
def test_a_higher_limit_brings_what_is_below_it(desks: Desks, size: int) -> None:
    big = letter(2) + b"y" * 5_000 + b"\r\n"
    desk = desks([letter(1), big], max_size=2_000)
    desk.clean_sync()
    assert big not in desk.raws()
    desk.leave(Leave(), size)
    assert desk.clean_sync().new == 0
    assert sorted(desk.raws()) == sorted([letter(1), big]) and desk.box.fetches["u2"] == 1


def test_another_message_under_the_name_of_one_that_is_here_in_part(desks: Desks) -> None:  # D05
    desk = desks([letter(1, "aaaa")])
    desk.sync(headers_only=True)
    other = letter(1, "bbbb").replace(b"<1@", b"<2@")
    desk.box.mails[0].raw = other
    assert desk.clean_sync().new == 1
    assert desk.raws() == [other] and len(desk.rows()) == 2


def test_a_line_that_breaks_in_between(desks: Desks) -> None:
    desk = desks(letters(40), NO)
    desk.sync(headers_only=True)
    desk.line = lambda: desk.box.line(down=9_000)
    desk.sync()
    assert len(desk.rows()) == 40
    desk.line = desk.box.line
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted(letters(40)) and desk.box.left == []


def test_the_line_is_left_early_for_whoever_waits_for_one_message_and_for_nobody_else(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "FILL", 0.0)
    desk = desks(letters(300))
    desk.sync(headers_only=True)
    oldest = desk.ids()[-1]

    async def live() -> tuple[bool, int, bool]:
        far = desk.remote()
        await far.pull()
        filling = asyncio.ensure_future(far.fill())
        await asyncio.sleep(0)  # it has the line
        await far.fetch(oldest)
        brought = desk.box.fetches.total()
        return await filling, brought, await far.fill()

    left, brought, left_then = desk.run(live())
    assert left and 0 < brought < 300 and not left_then
    assert set(desk.box.fetches.values()) == {1} and sorted(desk.raws()) == sorted(letters(300))
