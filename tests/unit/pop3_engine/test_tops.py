"""Headers alone (TOP): as names where there are no others, of large messages, and one that the server does not give."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.errors import Refused
from desktopmail.domain.message import Copy
from desktopmail.protocols.pop3.session import MESSAGE_LIMIT
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.unit.pop3_engine.desk import PopDesk, letter, letters

Desks = Callable[..., PopDesk]
FOREVER, NO = Leave(), Leave(Keep.NO)
BIG = [letter(number) + b"y" * 5_000 + b"\r\n" for number in range(1, 5)]


def without_top(box: Pop3Mailbox, *numbers: int) -> None:
    """The server does not give the header of these messages."""

    def before(line: str) -> None:
        box.answers.pop("TOP", None)
        if line in {f"TOP {number} 0" for number in numbers}:
            box.answers["TOP"] = b"-ERR cannot read it\r\n"

    box.before = before


@pytest.mark.parametrize("offered", [("TOP", "USER"), ("USER",)])
@pytest.mark.parametrize("refused", [(1,), (3,), (2, 4)])
def test_one_header_that_is_refused_makes_no_other_message_nameless(
    desks: Desks, offered: tuple[str, ...], refused: tuple[int, ...]
) -> None:
    desk = desks(letters(6), uidl=False, offered=offered)
    without_top(desk.box, *refused)
    assert desk.clean_sync().new == 6
    desk.box.mails.append(Mail("", letter(7)))
    assert desk.clean_sync().new == 1
    assert desk.box.fetches.total() == 7 and len(desk.rows()) == 7


def test_what_has_no_header_to_be_known_by_is_only_removed_where_it_was_brought(desks: Desks) -> None:
    desk = desks(letters(4), uidl=False)
    without_top(desk.box, 2)
    desk.clean_sync()
    desk.leave(NO)
    desk.clean_sync()
    assert desk.box.left == [letter(2)]
    other = desks(letters(4), NO, uidl=False)
    without_top(other.box, 2)
    other.clean_sync()
    assert other.box.left == [] and sorted(other.raws()) == sorted(letters(4))


def test_two_of_one_size_without_headers_are_two(desks: Desks) -> None:
    first, second = letter(1, "aaaa"), letter(1, "bbbb").replace(b"<1@", b"<2@")
    assert len(first) == len(second)
    desk = desks([first, letter(3)], uidl=False)
    without_top(desk.box, 1, 3)
    desk.clean_sync()
    desk.box.mails.append(Mail("", second))
    assert desk.clean_sync().new == 1
    assert sorted(desk.raws()) == sorted([first, letter(3), second]) and desk.box.fetches.total() == 3


def test_one_large_message_whose_header_is_refused_comes_whole_and_no_other(desks: Desks) -> None:
    desk = desks(BIG, max_size=2_000)
    without_top(desk.box, 3)
    desk.clean_sync()
    assert desk.raws() == [BIG[2]] and desk.box.fetches == {"u3": 1}
    assert sum(row.copy is Copy.SERVER for row in desk.rows()) == 3


def test_large_messages_whose_headers_are_not_given_for_now_wait(desks: Desks) -> None:
    """The whole of them is not what anybody asked for; the others come, and a sentence says that something waits."""
    desk = desks([*BIG, letter(9)], max_size=2_000)
    desk.box.answers["TOP"] = b"-ERR [SYS/TEMP] later\r\n"
    desk.clean_sync()
    assert desk.raws() == [letter(9)] and desk.box.fetches == {"u5": 1}
    assert desk.folder().problem == "4 messages could not be downloaded and stayed on the server"
    desk.box.answers.clear()
    assert desk.clean_sync().new == 4 and desk.box.fetches == {"u5": 1} and desk.folder().problem == ""


def test_a_message_too_large_to_bring_is_a_row_that_says_where_it_is(desks: Desks) -> None:  # P14
    huge = Mail("huge", letter(2), size=2 * MESSAGE_LIMIT)
    desk = desks(Pop3Mailbox([Mail("u1", letter(1)), huge]), NO)
    assert desk.clean_sync().new == 2
    assert desk.box.fetches == {"u1": 1} and desk.box.left == [letter(2)]
    (row,) = [each for each in desk.rows() if each.copy is Copy.SERVER]
    assert row.size == huge.size and desk.folder().problem == ""

    async def wanted() -> None:
        await desk.remote().fetch(row.id)

    with pytest.raises(Refused, match=r"8\.0 GB is too large to be fetched"):
        desk.run(wanted())
    assert desk.box.fetches == {"u1": 1} and desk.box.left == [letter(2)]
    assert desk.clean_sync().new == 0


def test_a_few_new_names_of_which_one_has_no_header(desks: Desks) -> None:
    desk = desks(letters(2))
    desk.clean_sync()
    without_top(desk.box, 1)
    desk.box.rename()
    assert desk.clean_sync().new == 0
    assert len(desk.rows()) == 2 and desk.box.fetches.total() == 3
