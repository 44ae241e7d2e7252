"""What a visit to a POP3 mailbox brings, recognises, removes and leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.activity import Remedy
from desktopmail.domain.errors import ContentMissing
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Copy, Fetched
from desktopmail.engine.actions import Actions
from desktopmail.store.store import Store
from tests.fakes.pop3_mailbox import OFFERED, Mail, Pop3Mailbox
from tests.unit.pop3_engine.desk import PopDesk, letter, letters

Desks = Callable[..., PopDesk]
FOREVER, DAYS, UNTIL, NO = Leave(), Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED), Leave(Keep.NO)


def test_everything_comes_once_and_stays_there(desks: Desks) -> None:
    desk = desks(letters(30))
    report = desk.clean_sync()
    assert (report.new, report.removed, report.pushed) == (30, 0, 0)
    assert sorted(desk.raws()) == sorted(desk.box.left) == sorted(letters(30))
    assert [row.subject for row in desk.rows()[:2]] == ["letter 30", "letter 29"]
    assert {row.copy for row in desk.rows()} == {Copy.BOTH}
    assert desk.clean_sync().new == 0
    desk.box.mails.append(Mail("u31", letter(31)))
    assert desk.clean_sync().new == 1
    assert set(desk.box.fetches.values()) == {1} and desk.box.asked_gone == []


def test_what_came_is_indexed_and_received_when_the_server_took_it(desks: Desks) -> None:
    desk = desks([letter(7, "marmalade")])
    desk.clean_sync()
    row = desk.rows()[0]
    facts = desk.read(lambda tx: tx.messages.facts(row.id))
    assert facts.received == 1_767_348_007
    assert row.fetched is Fetched.FULL and row.preview


def test_removed_after_download_and_only_here_then(desks: Desks) -> None:
    desk = desks(letters(5), NO)
    report = desk.clean_sync()
    assert (report.new, report.pushed) == (5, 5)
    assert desk.box.left == [] and sorted(desk.raws()) == sorted(letters(5))
    assert {row.copy for row in desk.rows()} == {Copy.HERE}
    assert {each.decided_by for each in desk.entries().values()} == {"rule"}
    first = desk.ids()[0]
    story = desk.read(lambda tx: tx.history.of(first))
    assert story[-1].detail == "removed from the server: by the account's rule"


def test_removed_after_so_many_days(desks: Desks) -> None:
    desk = desks(letters(3), DAYS)
    desk.clean_sync()
    desk.age(13.9)
    desk.box.mails.append(Mail("u4", letter(4)))
    desk.clean_sync()
    assert len(desk.box.left) == 4
    desk.age(0.2)
    desk.clean_sync()
    assert desk.box.left == [letter(4)] and len(desk.rows()) == 4


def test_removed_when_removed_here_for_ever_and_not_before(desks: Desks) -> None:
    desk = desks(letters(3), UNTIL)
    desk.clean_sync()
    victim = desk.ids()[0]
    actions = Actions(desk.store, grace=0)
    desk.run(actions.trash([victim]))
    desk.clean_sync()
    assert len(desk.box.left) == 3
    desk.run(actions.remove([victim]))
    desk.clean_sync()
    assert desk.box.left == letters(2)
    desk.run(actions.undo())
    assert len(desk.raws()) + len(desk.rows(Role.TRASH)) == 3


def test_a_grace_is_waited_for(desks: Desks) -> None:
    desk = desks(letters(1), UNTIL)
    desk.clean_sync()
    desk.run(Actions(desk.store, grace=60).remove(desk.ids()))
    desk.clean_sync()
    assert len(desk.box.left) == 1


def test_deleting_one_of_two_copies_here_leaves_the_only_one_there(desks: Desks) -> None:
    desk = desks(letters(1), UNTIL)
    desk.clean_sync()
    actions = Actions(desk.store, grace=0)
    first = desk.ids()[0]
    desk.run(actions.copy([first], desk.folder(Role.ARCHIVE).id))
    desk.run(actions.remove([first]))
    desk.clean_sync()
    assert len(desk.box.left) == 1
    desk.run(actions.remove([desk.rows(Role.ARCHIVE)[0].id]))
    desk.clean_sync()
    assert desk.box.left == []


@pytest.mark.parametrize("leave", [FOREVER, DAYS, UNTIL, NO])
def test_what_is_gone_there_stays_here(desks: Desks, leave: Leave) -> None:
    desk = desks(letters(4), FOREVER)
    desk.clean_sync()
    desk.leave(leave)
    desk.box.mails = []
    desk.clean_sync()
    assert len(desk.raws()) == 4 and {row.copy for row in desk.rows()} == {Copy.HERE}


def test_a_lost_answer_to_quit_is_asked_for_again(desks: Desks) -> None:
    """D04"""
    desk = desks(letters(3), NO, answers={"QUIT": b"-ERR some messages were not removed\r\n"})
    report = desk.sync()
    assert report.new == 3 and len(report.problems) == 1
    assert len(desk.box.left) == 3 and {row.copy for row in desk.rows()} == {Copy.BOTH}
    desk.box.answers.clear()
    assert desk.clean_sync().pushed == 3
    assert desk.box.left == [] and len(desk.rows()) == 3 and set(desk.box.fetches.values()) == {1}


# Names that are worth little. D05


def test_a_mailbox_that_moved_waits_for_the_person_and_is_linked_again(desks: Desks) -> None:
    """D05"""
    desk = desks(letters(12), NO)
    desk.leave(FOREVER)
    desk.clean_sync()
    desk.leave(NO)
    desk.box.rename()
    desk.box.mails.append(Mail("really-new", letter(13)))
    report = desk.sync()
    assert report.problems[0].remedy is Remedy.RELINK and report.problems[0].kind == "renamed"
    assert (report.new, desk.box.fetches.total(), desk.box.asked_gone) == (0, 12, [])
    done = desk.run(desk.remote().relink())
    assert (done.linked, done.new, done.gone) == (12, 1, 0)
    report = desk.clean_sync()
    assert (report.new, report.pushed, desk.box.fetches.total()) == (1, 13, 13)
    assert len(desk.rows()) == 13 and desk.box.left == []


def test_a_few_new_names_are_recognised_without_a_second_download(desks: Desks) -> None:
    """D05: also when they are new at every visit."""
    desk = desks(letters(2), DAYS)
    desk.clean_sync()
    for visit in range(4):
        desk.box.rename(f"visit{visit}-")
        assert desk.clean_sync().new == 0
    assert len(desk.rows()) == 2 and {row.copy for row in desk.rows()} == {Copy.BOTH}
    assert desk.box.fetches.total() == 2 and desk.box.asked_gone == []
    desk.age(15)
    desk.box.mails = [Mail("a", letter(3)), Mail("b", letter(2)), Mail("c", letter(1))]
    desk.clean_sync()
    assert desk.box.left == [letter(3)] and sorted(desk.raws()) == sorted(letters(3))


def test_a_few_new_names_are_recognised_by_their_bytes(desks: Desks) -> None:
    desk = desks(letters(2), top=False)
    desk.clean_sync()
    desk.box.rename()
    assert desk.clean_sync().new == 0
    assert len(desk.rows()) == 2 and {row.copy for row in desk.rows()} == {Copy.BOTH}
    desk.clean_sync()
    assert set(desk.box.fetches.values()) == {1} and desk.box.fetches.total() == 4


def test_another_message_of_the_same_size_is_no_old_one(desks: Desks) -> None:
    """D05"""
    desk = desks([letter(1, "aaaa")])
    desk.clean_sync()
    other = letter(1, "bbbb").replace(b"<1@", b"<2@")
    assert len(other) == len(letter(1, "aaaa"))
    desk.box.mails = [Mail("new", other)]
    assert desk.clean_sync().new == 1
    assert sorted(desk.raws()) == sorted([letter(1, "aaaa"), other])


def test_new_names_at_every_visit_are_given_up(desks: Desks) -> None:
    """D05"""
    desk = desks(letters(6))
    desk.clean_sync()
    for visit in range(2):
        desk.box.rename(f"visit{visit}-")
        assert desk.sync().problems[0].remedy is Remedy.RELINK
        assert desk.run(desk.remote().relink()).linked == 6
    for visit in range(3):
        desk.box.rename(f"later{visit}-")
        assert desk.clean_sync().new == 0
    desk.leave(NO)
    desk.clean_sync()
    assert desk.box.left == [] and len(desk.rows()) == 6 and desk.box.fetches.total() == 6


@pytest.mark.parametrize("leave", [FOREVER, NO])
def test_names_that_several_have_or_none(desks: Desks, leave: Leave) -> None:
    """D05"""
    mails = [
        Mail(uidl, raw) for uidl, raw in zip(["a", "same", "same", "", "x" * 99, "with space"], letters(6), strict=True)
    ]
    desk = desks(Pop3Mailbox(mails), leave)
    desk.clean_sync()
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted(letters(6)) and desk.box.fetches.total() == 6
    assert len(desk.box.left) == (6 if leave is FOREVER else 0)


def test_a_name_used_again_is_a_new_message(desks: Desks) -> None:
    """D05"""
    desk = desks(letters(2), NO)
    desk.clean_sync()
    desk.box.mails = [Mail("u1", letter(50)), Mail("u2", letter(51))]
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted([*letters(2), letter(50), letter(51)]) and desk.box.left == []


def test_a_name_used_again_while_the_old_message_was_thought_there(desks: Desks) -> None:
    """D05"""
    desk = desks(letters(3))
    desk.clean_sync()
    desk.box.mails[0].raw = letter(77, "of quite another size")
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted([*letters(3), letter(77, "of quite another size")])


def test_sizes_that_change_are_no_reason_to_download_again(desks: Desks) -> None:
    """D33"""
    desk = desks(letters(3))
    for size in (10, 20, 30):
        for mail in desk.box.mails:
            mail.size = size
        desk.clean_sync()
    assert desk.box.fetches.total() == 3 and len(desk.rows()) == 3


def test_equal_names_on_the_server_are_never_removed_by_guess(desks: Desks) -> None:
    """D05: which of the two is still there cannot be told without bringing it again."""
    mails = [Mail("same", letter(1)), Mail("same", letter(1))]
    desk = desks(Pop3Mailbox(mails), FOREVER)
    desk.clean_sync()
    assert len(desk.rows()) == 1
    desk.leave(NO)
    desk.clean_sync()
    assert desk.box.asked_gone == []


def test_a_server_without_uidl_is_known_by_headers(desks: Desks) -> None:
    desk = desks(letters(5), uidl=False, offered=("TOP", "USER"))
    desk.clean_sync()
    desk.box.mails.insert(0, Mail("", letter(9)))
    assert desk.clean_sync().new == 1
    assert len(desk.rows()) == 6 and desk.box.fetches.total() == 6
    desk.leave(NO)
    desk.clean_sync()
    assert desk.box.left == [] and desk.box.fetches.total() == 6


def test_a_server_without_any_names_cannot_keep_mail(desks: Desks) -> None:
    desk = desks(letters(5), uidl=False, top=False, offered=("USER",))
    report = desk.sync()
    assert report.problems[0].kind == "needs-person" and "cannot stay there" in report.problems[0].title
    assert desk.box.fetches.total() == 0
    desk.leave(NO)
    assert desk.clean_sync().new == 5
    assert desk.box.left == [] and len(desk.rows()) == 5


def test_a_server_without_any_names_whose_quit_was_lost(desks: Desks) -> None:
    desk = desks(letters(4), NO, uidl=False, top=False, offered=("USER",), answers={"QUIT": b"-ERR\r\n"})
    desk.sync()
    desk.box.answers.clear()
    assert desk.clean_sync().new == 0
    assert desk.box.left == [] and sorted(desk.raws()) == letters(4)
    assert max(desk.box.fetches.values()) <= 2 * 4


# What is here already.


def test_the_same_bytes_are_not_imported_twice(desks: Desks) -> None:
    desk = desks([letter(1), letter(2), letter(1)])
    desk.clean_sync()
    assert len(desk.rows()) == 2 and len(desk.entries()) == 3
    desk.clean_sync()
    assert desk.box.fetches.total() == 3


def test_what_the_person_removed_does_not_come_back_under_a_new_name(desks: Desks) -> None:
    desk = desks(letters(2))
    desk.clean_sync()
    desk.run(Actions(desk.store, grace=0).remove(desk.ids()))
    desk.box.rename()
    assert desk.clean_sync().new == 0
    assert desk.rows() == []


def test_messages_without_a_name_of_their_own_are_all_kept(desks: Desks) -> None:
    mails = [letter(number, named=False) for number in range(1, 5)]
    desk = desks(mails, NO)
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted(mails)


# Removing by word, and deaf servers.


def test_a_server_that_keeps_what_it_said_was_removed(desks: Desks) -> None:
    desk = desks(letters(3), NO, deaf=True)
    desk.clean_sync()
    for _ in range(3):
        desk.clean_sync()
    assert len(desk.box.asked_gone) == 3 and desk.box.fetches.total() == 3
    assert {row.copy for row in desk.rows()} == {Copy.BOTH}


def test_mail_that_comes_and_goes_on_the_server(desks: Desks) -> None:
    """A provider that shows each program only what is recent."""
    desk = desks(letters(6))
    desk.clean_sync()
    everything = desk.box.mails
    desk.box.mails = everything[3:]
    desk.clean_sync()
    desk.box.mails = everything
    desk.clean_sync()
    assert len(desk.rows()) == 6 and desk.box.fetches.total() == 6
    assert {row.copy for row in desk.rows()} == {Copy.BOTH}


def test_expire_0_is_left_with_quit_only_when_everything_is_safe(desks: Desks) -> None:
    desk = desks(letters(3), max_size=10, offered=(*OFFERED, "EXPIRE 0"))
    desk.clean_sync()
    assert desk.box.commands[-1] == "QUIT" and len(desk.raws()) == 3 and desk.box.tops.total() == 0
    desk.box.mails.append(Mail("u9", letter(9)))
    desk.box.commands.clear()
    desk.sync(headers_only=True)
    assert "QUIT" not in desk.box.commands


@pytest.mark.parametrize("expire", [True, False])
@pytest.mark.parametrize("leave", [FOREVER, NO])
def test_what_the_disk_lost_again_stays_on_the_server(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, leave: Leave, expire: bool
) -> None:
    """A message that cannot be read back is not asked to go; where the server removes by itself what it showed, nothing
    is said that would make it do so."""
    desk = desks(letters(3), leave, offered=(*OFFERED, "EXPIRE 0") if expire else OFFERED)
    real = Store.text
    lost: list[bytes] = []

    async def text(self: Store, fn: Any) -> Any:
        if not lost:
            lost.append(sha256(letter(2)).digest())
            spoil = "UPDATE piece SET data = x'00' WHERE id >> 20 = (SELECT id FROM content WHERE sha = ?)"
            await self.content(lambda content: content._db.execute(spoil, (lost[0],)))
        return await real(self, fn)

    monkeypatch.setattr(Store, "text", text)
    desk.sync()
    assert lost and letter(2) in desk.box.left and letter(2) not in desk.box.asked_gone
    assert ("QUIT" in desk.box.commands) is not expire
    assert len(desk.box.left) == (3 if expire or leave is FOREVER else 1)


def test_where_the_server_keeps_nothing_all_is_on_the_disk_before_quit(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:  # D03
    """Nothing is asked to go there, so that no other step makes it durable: what was stored itself is."""
    desk = desks(letters(3), FOREVER, offered=(*OFFERED, "EXPIRE 0"))
    said: list[str] = []
    desk.box.before = lambda line: said.append(line.split()[0])
    real = Store.write

    async def write(self: Store, fn: Any, *, durable: bool = False) -> Any:
        done = await real(self, fn, durable=durable)
        said.append("synced" if durable else "written")
        return done

    monkeypatch.setattr(Store, "write", write)
    desk.clean_sync()
    last = max(place for place, word in enumerate(said) if word == "RETR")
    assert "synced" in said[last : said.index("QUIT")] and "DELE" not in said


# Large messages.


def test_large_messages_bring_their_top_and_the_rest_on_demand(desks: Desks) -> None:
    big = letter(2) + b"y" * 5_000 + b"\r\n"
    desk = desks([letter(1), big, letter(3)], NO, max_size=2_000)
    desk.clean_sync()
    row = next(each for each in desk.rows() if each.subject.startswith("letter 2"))
    assert (row.copy, row.fetched, row.size) == (Copy.SERVER, Fetched.HEADERS, len(big))
    assert desk.box.left == [big] and desk.box.fetches == {"u1": 1, "u3": 1}
    desk.clean_sync()
    assert desk.box.left == [big] and desk.box.tops["u2"] == 1
    remote = desk.remote()
    desk.run(remote.fetch(row.id))
    assert desk.box.commands[-1] == "QUIT"
    assert big in desk.raws() and len(desk.rows()) == 3
    desk.clean_sync()
    assert desk.box.left == []


def test_large_messages_come_whole_where_there_is_no_other_way(desks: Desks) -> None:
    big = letter(2) + b"y" * 5_000 + b"\r\n"
    desk = desks([letter(1), big], max_size=2_000, top=False)
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted([letter(1), big])


def test_a_server_that_shows_a_part_at_a_time_is_visited_again(desks: Desks) -> None:
    """A provider that shows some hundred messages in each session, and others in the next one."""
    desk = desks([])
    everything = [Mail(f"u{number}", letter(number)) for number in range(1, 521)]

    def before(line: str) -> None:
        if line == "QUIT":
            desk.box.mails = [each for each in everything if not desk.box.fetches[each.uidl]][:250]

    desk.box.before = before
    desk.box.mails = everything[:250]
    assert desk.clean_sync().new == 520
    assert desk.box.sessions == 3 and len(desk.rows()) == 520


def test_the_rest_of_a_large_message_is_not_another_of_the_same_size(desks: Desks) -> None:
    big = letter(2) + b"y" * 5_000 + b"\r\n"
    desk = desks([big], max_size=2_000)
    desk.clean_sync()
    desk.box.mails[0].raw = big.replace(b"<2@pop", b"<3@pop")
    with pytest.raises(ContentMissing):
        desk.run(desk.remote().fetch(desk.ids()[0]))
    assert desk.rows()[0].copy is Copy.SERVER
