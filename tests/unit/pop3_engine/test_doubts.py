"""A server's name that means another message than before: nothing is removed or filled in by a name alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktopmail.domain.account import Keep, Leave, Pop3Server
from desktopmail.domain.errors import MailError
from desktopmail.domain.message import Copy
from tests.fakes.pop3_mailbox import Mail
from tests.unit.pop3_engine.desk import ENDPOINT, PopDesk, letter, letters

Desks = Callable[..., PopDesk]
DAYS, NO = Leave(Keep.DAYS, 14), Leave(Keep.NO)


@pytest.mark.parametrize("leave", [DAYS, NO])
def test_a_new_message_under_an_old_name_that_does_not_come_is_not_removed(desks: Desks, leave: Leave) -> None:  # D05
    desk = desks(letters(1))
    desk.clean_sync()
    desk.age(30)
    desk.leave(leave)
    new = letter(2, "with other words in it")
    desk.box.mails = [Mail("u1", new)]
    desk.box.answers["RETR"] = b"-ERR [SYS/TEMP] not now\r\n"
    desk.sync()
    assert desk.box.left == [new] and desk.box.asked_gone == []
    desk.box.answers.clear()
    desk.sync()
    assert sorted(desk.raws()) == sorted([letter(1), new])


def test_names_of_another_server_that_were_not_looked_at_to_the_end_are_looked_at_again(desks: Desks) -> None:  # D05
    desk = desks([letter(1, "aaaa")])
    desk.clean_sync()
    desk.age(30)
    other = letter(1, "bbbb").replace(b"<1@", b"<2@")
    assert len(other) == len(letter(1, "aaaa"))
    desk.box.mails = [Mail("u1", other)]
    desk.account = replace(desk.account, incoming=Pop3Server(replace(ENDPOINT, host="pop.other.test"), DAYS))
    desk.write(lambda tx: tx.accounts.update(desk.account))
    desk.box.answers["RETR"] = b"-ERR [SYS/TEMP] not now\r\n"
    desk.sync()
    desk.box.answers.clear()
    desk.sync()
    assert desk.box.asked_gone == [] or other in desk.raws()
    assert sorted(desk.raws()) == sorted([letter(1, "aaaa"), other])


def test_the_rest_of_a_large_message_is_not_taken_from_another_under_its_name(desks: Desks) -> None:  # D05
    large = letter(1) + b"y" * 4000 + b"\r\n"
    desk = desks([large], max_size=2000)
    desk.clean_sync()
    message = desk.ids()[0]
    desk.box.mails = [Mail("u1", letter(2) + b"z" * 5000 + b"\r\n")]
    remote = desk.remote()
    with contextlib.suppress(MailError):
        desk.run(remote.fetch(message))
    facts = desk.read(lambda tx: tx.messages.facts(message))
    assert facts.content is None
    desk.run(remote.close())


@pytest.mark.parametrize("wanted", [True, False])
def test_a_name_used_again_takes_nothing_over_from_the_message_before(desks: Desks, wanted: bool) -> None:  # D05
    """Neither the person's wish to have it removed, nor that its removal was asked for or ignored, nor who decided."""
    desk = desks(letters(2), NO if not wanted else Leave())
    if wanted:
        desk.clean_sync()
        ids = desk.ids()
        desk.write(lambda tx: tx.ledger.want_gone(ids))
    else:
        desk.box.answers["QUIT"] = b"-ERR some were not removed\r\n"
        desk.sync()
        desk.box.answers.clear()
        desk.write(lambda tx: tx._db.execute("UPDATE pop3_copy SET ignored = 1"))
        desk.leave(Leave())
    new = letter(9, "something else under an old name")
    desk.box.mails = [Mail("u1", new)]
    desk.clean_sync()
    assert desk.box.left == [new] and new not in desk.box.asked_gone
    line = desk.entries()["u1"]
    assert (line.wanted_gone, line.dele_sent, line.dele_confirmed, line.decided_by, line.ignored, line.gone_at) == (
        False,
        0,
        0,
        "",
        False,
        0,
    )
    desk.leave(NO)
    desk.clean_sync()
    assert desk.box.left == [] and new in desk.raws(), "the rule holds for it as for any other"


def test_a_wish_ends_when_its_message_is_gone_from_the_server(desks: Desks) -> None:
    """Somebody removed it there; when it comes back, whoever put it back wants it."""
    desk = desks(letters(2))
    desk.clean_sync()
    ids = desk.ids()
    desk.write(lambda tx: tx.ledger.want_gone(ids))
    there, desk.box.mails = desk.box.mails, []
    desk.clean_sync()
    desk.box.mails = there
    for _ in range(2):
        desk.clean_sync()
        assert desk.box.left == letters(2) and desk.box.asked_gone == []
    assert desk.box.fetches.total() == 2


def test_what_came_back_is_brought_once_more_where_no_header_tells_and_never_again(desks: Desks) -> None:  # D05
    desk = desks(letters(2), top=False)
    desk.clean_sync()
    there, desk.box.mails = desk.box.mails, []
    desk.clean_sync()
    assert {row.copy for row in desk.rows()} == {Copy.HERE}
    desk.box.mails = there
    for _ in range(3):
        assert desk.clean_sync().new == 0
        assert {row.copy for row in desk.rows()} == {Copy.BOTH} and len(desk.rows()) == 2
    assert desk.box.fetches == {"u1": 2, "u2": 2}


@pytest.mark.parametrize("longer", [True, False])
def test_an_equal_name_and_header_on_another_server_is_no_proof(desks: Desks, longer: bool) -> None:  # D05
    """Names of two servers agree by chance; the body has to be as long, or is brought."""
    desk = desks(letters(4))
    desk.clean_sync()
    other = letter(2) + (b"and more\r\n" if longer else b"")
    desk.box.mails[1] = Mail("u2", other)
    desk.account = replace(desk.account, incoming=Pop3Server(replace(ENDPOINT, host="pop.other.test"), NO))
    desk.write(lambda tx: tx.accounts.update(desk.account))
    assert desk.clean_sync().new == longer
    assert desk.box.left == [] and set(desk.raws()) == {*letters(4), other}
    assert desk.box.fetches.total() == 4 + longer
