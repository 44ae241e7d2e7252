"""A few messages that have new names: known by header and size together, and nobody is blamed for it. D05"""

from __future__ import annotations

from collections.abc import Callable

from desktopmail.domain.account import Keep, Leave
from tests.fakes.pop3_mailbox import Mail
from tests.unit.pop3_engine.desk import PopDesk, letter, letters

Desks = Callable[..., PopDesk]


def test_a_header_with_the_size_of_another_message_is_a_new_message(desks: Desks) -> None:
    first, second = letter(1), letter(2) + b"longer\r\n"
    desk = desks([first, second])
    desk.clean_sync()
    other = first + b"z" * (len(second) - len(first) - 2) + b"\r\n"
    assert len(other) == len(second) != len(first)
    desk.box.mails = [Mail("n1", other), Mail("n2", letter(3).ljust(len(first) - 2, b"x")[: len(first) - 2] + b"\r\n")]
    desk.leave(Leave(Keep.NO))
    desk.clean_sync()
    assert desk.box.left == [] and {first, second, other} <= set(desk.raws()) and len(desk.rows()) == 4


def test_new_names_are_not_taken_for_another_program(desks: Desks) -> None:
    desk = desks(letters(4))
    desk.clean_sync()
    desk.box.mails[0].uidl, desk.box.mails[1].uidl = "n1", "n2"
    assert desk.clean_sync().new == 0 and desk.box.fetches.total() == 4
    assert desk.read(lambda tx: tx.sightings.health(desk.account.id)).others.removed == 0
    del desk.box.mails[3]
    desk.clean_sync()
    assert desk.read(lambda tx: tx.sightings.health(desk.account.id)).others.removed == 1
