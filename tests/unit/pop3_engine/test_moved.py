"""A mailbox that moved to a server which counts sizes in another way: the headers tell, not the sizes. D05"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.activity import Remedy
from tests.fakes.pop3_mailbox import Mail
from tests.unit.pop3_engine.desk import PopDesk, letter, letters

Desks = Callable[..., PopDesk]
NO = Leave(Keep.NO)


def bare(raw: bytes) -> int:
    return len(raw) - raw.count(b"\n")


def test_it_waits_for_the_person_too(desks: Desks) -> None:
    desk = desks(letters(30))
    desk.clean_sync()
    desk.leave(NO)
    desk.box.mails = [Mail(f"n{number}", raw, bare(raw)) for number, raw in enumerate(letters(30))]
    desk.box.mails.append(Mail("really-new", letter(31)))
    desk.box.tops.clear()
    report = desk.sync()
    assert report.problems[0].remedy is Remedy.RELINK and report.problems[0].kind == "renamed"
    assert (report.new, desk.box.fetches.total(), desk.box.asked_gone) == (0, 30, [])
    assert 0 < desk.box.tops.total() <= 20, "a sample is enough to ask"
    done = desk.run(desk.remote().relink())
    assert (done.linked, done.new, done.gone) == (30, 1, 0)
    desk.clean_sync()
    assert desk.box.left == [] and len(desk.rows()) == 31 and desk.box.fetches.total() == 31


def test_a_mailbox_that_was_emptied_and_got_new_mail_did_not_move(desks: Desks) -> None:
    desk = desks(letters(30))
    desk.clean_sync()
    desk.box.mails = [Mail(f"n{number}", letter(number)) for number in range(101, 112)]
    desk.box.mails += [Mail(f"n{number}", letter(number), bare(letter(number))) for number in range(1, 5)]
    assert desk.clean_sync().new == 11, "that somebody put a few back does not matter"
    assert len(desk.rows()) == 41


@pytest.mark.parametrize("answer", [b"-ERR [SYS/TEMP] not now\r\n", b"-ERR never heard of it\r\n"])
def test_without_headers_the_bytes_tell(desks: Desks, answer: bytes) -> None:
    desk = desks(letters(6))
    desk.clean_sync()
    desk.box.mails = [Mail(f"n{number}", raw, bare(raw)) for number, raw in enumerate(letters(6))]
    desk.box.answers["TOP"] = answer
    assert desk.clean_sync().new == 0
    assert len(desk.rows()) == 6 and desk.box.fetches.total() == 12
