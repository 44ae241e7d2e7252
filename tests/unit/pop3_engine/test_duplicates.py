"""The same message several times: what is here is not taken in again, and a duplicate here removes nothing there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Copy
from desktopmail.engine.actions import Actions
from tests.fakes.pop3_mailbox import Mail
from tests.unit.pop3_engine.desk import PopDesk, letter, letters

Desks = Callable[..., PopDesk]
FOREVER, DAYS, UNTIL, NO = Leave(), Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED), Leave(Keep.NO)
RULES = pytest.mark.parametrize("leave", [FOREVER, DAYS, UNTIL, NO])


@pytest.mark.parametrize("role", [Role.INBOX, Role.ARCHIVE])
@pytest.mark.parametrize("first_goes", [False, True])
def test_a_local_duplicate_never_removes_the_only_copy_there(desks: Desks, role: Role, first_goes: bool) -> None:
    """Whichever of the two goes here, one stays; only with the last one goes what is there."""
    desk = desks(letters(1), UNTIL)
    desk.clean_sync()
    actions = Actions(desk.store, grace=0)
    (original,) = desk.ids()
    copied = desk.run(actions.copy([original], desk.folder(role).id)).messages
    twin = copied[0]
    assert twin != original
    desk.run(actions.remove([original if first_goes else twin]))
    desk.clean_sync()
    assert desk.box.left == letters(1) and desk.box.asked_gone == []
    desk.run(actions.remove([twin if first_goes else original]))
    desk.clean_sync()
    assert desk.box.left == []


@RULES
def test_content_that_is_here_is_not_taken_in_again_under_any_name(desks: Desks, leave: Leave) -> None:
    desk = desks(letters(3), FOREVER)
    desk.clean_sync()
    desk.leave(leave)
    desk.box.mails += [Mail("again1", letter(1)), Mail("again2", letter(1))]
    assert desk.clean_sync().new == 0
    assert sorted(desk.raws()) == letters(3) and desk.clean_sync().new == 0
    assert max(desk.box.fetches.values()) == 1


@RULES
def test_content_that_came_from_a_file_is_not_taken_in_again(desks: Desks, leave: Leave) -> None:
    """What was imported into a folder of the account is what its server has: it is linked."""
    other = desks(letters(3), FOREVER)
    other.clean_sync()
    other.write(lambda tx: tx._db.execute("DELETE FROM pop3_copy"))
    other.leave(leave)
    assert other.clean_sync().new == 0
    assert sorted(other.raws()) == letters(3)
    assert {row.copy for row in other.rows()} == {Copy.HERE if leave is NO else Copy.BOTH}


def test_two_of_the_same_there_are_one_here_and_both_go_with_it(desks: Desks) -> None:
    desk = desks([letter(1), letter(2), letter(1)], UNTIL)
    assert desk.clean_sync().new == 2
    one = next(row.id for row in desk.rows() if "letter 1" in row.subject)
    desk.run(Actions(desk.store, grace=0).remove([one]))
    desk.clean_sync()
    assert desk.box.left == [letter(2)]


def test_what_the_person_removed_does_not_come_again_with_a_duplicate(desks: Desks) -> None:
    desk = desks(letters(2))
    desk.clean_sync()
    desk.run(Actions(desk.store, grace=0).remove(desk.ids()))
    desk.box.mails.append(Mail("again", letter(1)))
    assert desk.clean_sync().new == 0 and desk.rows() == []
