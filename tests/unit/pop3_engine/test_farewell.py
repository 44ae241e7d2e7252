"""The line ends between the wish to remove and the server's last word: what is known then, and what comes next. D04"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.message import Copy
from desktopmail.engine.actions import Actions
from desktopmail.engine.pop3.verbs import Pop3Verbs
from tests.fakes.pop3_mailbox import MailboxLine
from tests.unit.pop3_engine.desk import PopDesk, letters
from tests.unit.pop3_engine.test_going_on import lanes_of

Desks = Callable[..., PopDesk]
DAYS, UNTIL, NO = Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED), Leave(Keep.NO)
REASONS = ["days", "until-deleted", "no", "by word"]


def wanting_all_gone(desks: Desks, reason: str) -> PopDesk:
    """Ten messages that are all to go at the next visit."""
    rule = {"days": DAYS, "until-deleted": UNTIL, "no": NO, "by word": Leave()}[reason]
    desk = desks(letters(10))
    desk.clean_sync()
    desk.age(15)
    desk.leave(rule)
    if reason == "until-deleted":
        desk.run(Actions(desk.store, grace=0).remove(desk.ids()))
    if reason == "by word":
        lanes = lanes_of(desk)
        desk.run(Pop3Verbs(desk.store, lambda: lanes).remove_now(desk.ids()))
    return desk


def cut(desk: PopDesk, place: str, *, once: bool = False) -> None:
    """The line breaks when this is said: every time, or the first time only."""
    lines: list[MailboxLine] = []

    def connect() -> MailboxLine:
        lines.append(desk.box.line())
        return lines[-1]

    def before(said: str) -> None:
        if said == place and not (once and len(lines) > 1):
            lines[-1].abort()

    desk.line, desk.box.before = connect, before


def again(desk: PopDesk, reason: str) -> None:
    """The next session: no duplicate, the removal asked for again, and believed now."""
    before = len(desk.box.asked_gone)
    report = desk.clean_sync()
    assert (report.new, report.pushed) == (0, 10) and desk.box.left == []
    assert len(desk.box.asked_gone) == before + 10 and desk.box.fetches.total() == 10
    assert len(desk.rows()) == (0 if reason == "until-deleted" else 10)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("place", ["DELE 1", "DELE 6", "DELE 10", "QUIT"])
def test_the_line_is_lost_between_the_first_removal_and_the_farewell(
    desks: Desks, place: str, reason: str
) -> None:  # D04
    desk = wanting_all_gone(desks, reason)
    cut(desk, place)
    desk.box.deaf = True  # what was said into a line that is gone never arrived
    assert len(desk.sync().problems) == 1
    assert len(desk.box.left) == 10 and {row.copy for row in desk.rows()} <= {Copy.BOTH}
    desk.box.before = lambda _: None
    desk.box.deaf = False
    desk.line = desk.box.line
    again(desk, reason)


@pytest.mark.parametrize("reason", REASONS)
def test_the_server_says_no_to_the_farewell(desks: Desks, reason: str) -> None:  # D04
    desk = wanting_all_gone(desks, reason)
    desk.box.answers["QUIT"] = b"-ERR some messages were not removed\r\n"
    assert len(desk.sync().problems) == 1
    assert len(desk.box.left) == 10 and {row.copy for row in desk.rows()} <= {Copy.BOTH}
    desk.box.answers.clear()
    again(desk, reason)


@pytest.mark.parametrize("reason", REASONS)
def test_the_answer_to_the_farewell_is_lost(desks: Desks, reason: str) -> None:  # D04
    """The server did remove them: the next session finds them gone, and asks for nothing."""
    desk = wanting_all_gone(desks, reason)
    cut(desk, "QUIT", once=True)
    report = desk.clean_sync()
    assert desk.box.sessions == 3 and desk.box.left == []
    assert (report.new, report.pushed) == (0, 0) and len(desk.box.asked_gone) == 10
    assert {row.copy for row in desk.rows()} <= {Copy.HERE}
    assert {each.decided_by for each in desk.entries().values()} == {"person" if reason == "by word" else "rule"}
    assert all(each.dele_confirmed for each in desk.entries().values())
