"""Every kind of name a server may have for its messages, under every rule, over several visits.

No wrong removal, nothing lost, nothing here twice, and no message fetched more than twice. D05
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopmail.domain.account import Keep, Leave, Pop3Server
from desktopmail.domain.activity import Remedy
from desktopmail.domain.errors import RefusedForNow
from desktopmail.engine.pop3.trial import try_out
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.unit.pop3_engine.desk import ENDPOINT, PopDesk, letter, letters

Desks = Callable[..., PopDesk]
FOREVER, DAYS, UNTIL, NO = Leave(), Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED), Leave(Keep.NO)
RULES = pytest.mark.parametrize("leave", [FOREVER, DAYS, UNTIL, NO])
VISITS = 5

NAMES: dict[str, list[str]] = {
    "duplicate": ["same", "same", "same", "other"],
    "all the same": ["same"] * 4,
    "missing for some": ["a", "", "b", ""],
    "missing for all": [""] * 4,
    "longer than 70 characters": ["x" * 70 + f"{number}" for number in range(4)],
    "very long": ["x" * 499 + f"{number}" for number in range(4)],
    "with spaces": ["one name", "one  name", "one", "name one"],
    "no ASCII": ["\xe4", "\xfc", "\x01", "\x7f"],
    "alike but for case": ["abc", "ABC", "Abc", "aBC"],
    "like numbers": ["2", "3", "4", "1"],
    "like SQL and patterns": ["%", "_", "' OR 1=1 --", "*"],
}


def mailbox(names: list[str]) -> Pop3Mailbox:
    return Pop3Mailbox([Mail(name, raw) for name, raw in zip(names, letters(len(names)), strict=True)])


@RULES
@pytest.mark.parametrize("kind", NAMES)
def test_names(desks: Desks, kind: str, leave: Leave) -> None:  # D05
    desk = desks(mailbox(NAMES[kind]), leave)
    for _ in range(VISITS):
        desk.clean_sync()
        assert sorted(desk.raws()) == letters(4)
    assert desk.box.fetches.total() == 4
    assert desk.box.left == ([] if leave is NO else letters(4)) and len(desk.box.asked_gone) == 4 * (leave is NO)


@RULES
@pytest.mark.parametrize("count", [1, 2])
def test_names_that_are_new_at_every_sign_in(desks: Desks, count: int, leave: Leave) -> None:  # D05
    desk = desks(letters(count), leave)
    for visit in range(VISITS):
        desk.box.rename(f"visit{visit}-")
        desk.clean_sync()
        assert sorted(desk.raws()) == letters(count) and len(desk.rows()) == count
    assert desk.box.fetches.total() == count
    if leave is DAYS:
        desk.age(15)
        desk.box.rename("later-")
        desk.clean_sync()
        assert desk.box.left == []


@RULES
def test_many_names_that_are_new_at_every_sign_in(desks: Desks, leave: Leave) -> None:  # D05
    """Nothing happens before the person says that they are the same; from the second time on headers are the names."""
    desk = desks(letters(8), FOREVER)
    desk.clean_sync()
    desk.leave(FOREVER if leave is NO else leave)
    asked = 0
    for visit in range(VISITS):
        desk.box.rename(f"visit{visit}-")
        report = desk.sync()
        if report.problems:
            assert report.problems[0].remedy is Remedy.RELINK
            asked += 1
            desk.run(desk.remote().relink())
            desk.clean_sync()
    assert asked == 2 and len(desk.rows()) == 8
    assert desk.box.fetches.total() == 8 and desk.box.asked_gone == []


@RULES
def test_a_name_that_is_used_again_after_a_removal(desks: Desks, leave: Leave) -> None:  # D05
    desk = desks(letters(2), leave)
    for visit in range(VISITS):
        desk.box.mails = [Mail(f"u{number}", letter(2 * visit + number)) for number in (1, 2)]
        desk.clean_sync()
    assert sorted(desk.raws()) == sorted(letters(2 * VISITS))
    assert desk.box.fetches.total() == 2 * VISITS
    assert desk.box.left == ([] if leave is NO else letters(2 * VISITS)[-2:])


@RULES
def test_numbers_that_change_between_sessions(desks: Desks, leave: Leave) -> None:  # D05
    """Names stay with their messages, numbers do not: what is removed is what was meant."""
    desk = desks(letters(6), FOREVER)
    desk.clean_sync()
    desk.age(15)
    for visit in range(VISITS):
        first, *rest = desk.box.mails
        desk.box.mails = [*rest, first, Mail(f"new{visit}", letter(50 + visit))][::-1]
        desk.leave(leave if visit == VISITS - 1 else FOREVER)
        desk.clean_sync()
    new = [letter(50 + visit) for visit in range(VISITS)]
    assert sorted(desk.raws()) == sorted([*letters(6), *new]) and set(desk.box.fetches.values()) == {1}
    left = {FOREVER: [*letters(6), *new], UNTIL: [*letters(6), *new], DAYS: new, NO: []}[leave]
    assert sorted(desk.box.left) == sorted(left)


@RULES
def test_a_name_that_a_second_message_gets_too(desks: Desks, leave: Leave) -> None:  # D05
    desk = desks(letters(3), FOREVER)
    desk.clean_sync()
    desk.leave(leave)
    desk.box.mails.append(Mail("u2", letter(4)))
    for _ in range(VISITS):
        desk.clean_sync()
    assert sorted(desk.raws()) == letters(4) and desk.box.fetches.total() <= 5
    assert desk.box.left == ([] if leave is NO else letters(4))
    desk.box.mails = [Mail("u2", letter(4))]
    desk.clean_sync()
    assert sorted(desk.raws()) == letters(4)


@RULES
def test_names_that_the_server_does_not_tell_for_now(desks: Desks, leave: Leave) -> None:  # D05
    """Nothing is renamed, fetched again or removed for that."""
    desk = desks(letters(8), FOREVER)
    desk.clean_sync()
    desk.leave(leave)
    desk.box.answers["UIDL"] = b"-ERR [SYS/TEMP] index is being rebuilt\r\n"
    (problem,) = desk.sync().problems
    assert problem.remedy is not Remedy.RELINK and "names" in problem.title and desk.box.asked_gone == []
    desk.box.answers.clear()
    assert desk.clean_sync().new == 0
    assert desk.box.fetches.total() == 8 and desk.box.tops.total() == 0


@RULES
def test_headers_that_the_server_does_not_give_for_now(desks: Desks, leave: Leave) -> None:  # D05
    """Where headers are the names, that is no server on which mail could not stay; and what waits to be linked again
    waits on."""
    desk = desks(letters(8), FOREVER, uidl=False)
    desk.clean_sync()
    desk.leave(leave)
    desk.box.answers["TOP"] = b"-ERR [SYS/TEMP] index is being rebuilt\r\n"
    (problem,) = desk.sync().problems
    assert problem.kind != "needs-person" and "no names" not in problem.title and desk.box.asked_gone == []
    assert desk.box.fetches.total() == 8
    desk.box.answers.clear()
    assert desk.clean_sync().new == 0 and desk.box.fetches.total() == 8


def test_nothing_is_linked_again_while_the_server_gives_no_headers(desks: Desks) -> None:
    desk = desks(letters(8))
    desk.clean_sync()
    desk.box.rename()
    desk.box.answers["TOP"] = b"-ERR [SYS/TEMP] later\r\n"
    with pytest.raises(RefusedForNow):
        desk.run(desk.remote().relink())
    desk.box.answers.clear()
    assert desk.run(desk.remote().relink()).linked == 8
    assert desk.clean_sync().new == 0 and desk.box.fetches.total() == 8


def test_trying_out_a_server_that_gives_no_headers_for_now_says_so(desks: Desks) -> None:
    desk = desks(letters(2), uidl=False, offered=("TOP", "USER"))
    desk.box.answers["TOP"] = b"-ERR [SYS/TEMP] later\r\n"
    with pytest.raises(RefusedForNow):
        desk.run(try_out(Pop3Server(ENDPOINT), "secret", lambda: None, 5))


@pytest.mark.parametrize("top", [True, False])
def test_no_kind_of_name_costs_a_third_fetch(desks: Desks, top: bool) -> None:  # D05
    """The worst: few, without headers to be had, new at every visit."""
    desk = desks(letters(2), top=top)
    desk.clean_sync()
    desk.box.rename()
    for _ in range(VISITS):
        desk.clean_sync()
    assert desk.box.fetches.total() <= 4 and len(desk.rows()) == 2


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_name_for_a_message_that_is_not_there(desks: Desks, number: int) -> None:  # D05
    """The server says that it has two messages; what it lists beside them is nobody's."""
    desk = desks(letters(2), NO)
    desk.box.answers["UIDL"] = b"+OK\r\n1 u1\r\n%d ghost\r\n2 u2\r\n.\r\n" % number
    sizes = (len(letter(1)), number, len(letter(2)))
    desk.box.answers["LIST"] = b"+OK\r\n1 %d\r\n%d 300\r\n2 %d\r\n.\r\n" % sizes
    assert desk.clean_sync().new == 2
    assert [desk.box.commands.count(each) for each in ("RETR", "TOP", "DELE")] == [2, 0, 2]
    assert sorted(desk.entries()) == ["u1", "u2"]
