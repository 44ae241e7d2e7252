"""Two truths side by side: what the person has, what the server held, and how the one follows the other."""

from __future__ import annotations

import pytest

from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Copy, Fetched, Flags
from desktopmail.store.due import NEVER
from desktopmail.store.rows import CopyRow, Difference, FlagRow, NewContent
from tests.unit.store.desk import Desk, counts_are_right

LATER = 1 << 40


def differences(desk: Desk, now: int = LATER) -> list[Difference]:
    return desk.read(lambda tx: tx.difference.for_account(desk.account, now))


def inbox_and_archive(desk: Desk) -> tuple[FolderId, FolderId]:
    return desk.folder_of(Role.INBOX), desk.folder_of(Role.ARCHIVE)


def shown(desk: Desk, folder: FolderId) -> list[MessageId]:
    return sorted(desk.library.ids(folder))


def give_content(desk: Desk, *ids: MessageId) -> None:
    desk.write(lambda tx: tx.messages.set_content([NewContent(one, b"c" * 32, 10, "text", 0) for one in ids]))


def test_what_the_server_has_needs_nothing(desk: Desk) -> None:
    desk.put(desk.new(1, flags=Flags.SEEN, tags=frozenset({"work"})))
    assert differences(desk) == []
    assert desk.read(lambda tx: tx.difference.next_due(desk.account)) is None


def test_every_kind_of_difference(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    flagged, moved, removed = desk.put(desk.new(1), desk.new(2), desk.new(3))
    (new,) = desk.put(desk.new(4, uid=0, content=b"x" * 32, fetched=Fetched.FULL))
    desk.write(lambda tx: tx.messages.set_flags([flagged], Flags.SEEN, add_tags=frozenset({"work"})))
    desk.write(lambda tx: tx.messages.move([moved], archive))
    desk.write(lambda tx: tx.messages.remove([removed]))
    found = {one.message: one for one in differences(desk)}
    assert set(found) == {flagged, moved, removed, new}
    assert found[flagged].wanted.flags == Flags.SEEN and found[flagged].wanted.tags == {"work"}
    assert found[flagged].known is not None and found[flagged].known.uid == 1
    assert (found[moved].wanted.server_name, found[moved].known and found[moved].known.folder) == ("Archive", inbox)
    assert found[removed].wanted.removed
    assert found[new].known is None and found[new].content == b"x" * 32 and found[new].key == b"key-4"


def test_star_and_unstar_cost_nothing(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.set_flags([one], Flags.STARRED))
    assert len(differences(desk)) == 1
    desk.write(lambda tx: tx.messages.set_flags([one], remove=Flags.STARRED))
    assert differences(desk) == []


def test_a_move_waits_its_grace(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.move([one], desk.folder_of(Role.TRASH), settle_at=500))
    assert differences(desk, 499) == []
    assert desk.read(lambda tx: tx.difference.next_due(desk.account)) == 500
    assert len(differences(desk, 500)) == 1


def test_flags_from_both_sides_meet(desk: Desk) -> None:
    inbox, _ = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1, flags=Flags.STARRED, tags=frozenset({"old"})))
    desk.write(lambda tx: tx.messages.set_flags([one], Flags.SEEN, remove_tags=frozenset({"old"})))
    news = FlagRow(1, Flags.ANSWERED, frozenset({"old", "new"}), 9)
    assert desk.write(lambda tx: tx.copies.update_flags(inbox, [news, FlagRow(99, Flags.SEEN)])) == 1
    row = desk.library.summary(one)
    assert row.flags == Flags.SEEN | Flags.ANSWERED and row.tags == {"new"}
    (left,) = differences(desk)
    assert left.known is not None and left.known.flags == Flags.ANSWERED and left.known.tags == {"old", "new"}
    desk.write(lambda tx: tx.copies.stored(inbox, [FlagRow(1, row.flags, row.tags)]))
    assert differences(desk) == []


def test_reported_flags_without_a_change_announce_nothing(desk: Desk) -> None:
    inbox, _ = inbox_and_archive(desk)
    desk.put(desk.new(1, flags=Flags.SEEN))
    desk.news.clear()
    assert desk.write(lambda tx: tx.copies.update_flags(inbox, [FlagRow(1, Flags.SEEN, mod_seq=44)])) == 0
    assert desk.news == []
    assert desk.sql("SELECT mod_seq FROM imap_copy") == [(44,)]


def test_a_pushed_move_leaves_nothing_to_do(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.move([one], archive))
    desk.write(lambda tx: tx.copies.moved(inbox, archive, {1: 77}))
    assert differences(desk) == []
    assert list(desk.read(lambda tx: tx.copies.uids(archive))) == [77]
    assert desk.read(lambda tx: tx.copies.uids(inbox)) == {}


def test_a_vanished_message_is_hidden_at_once_and_forgotten_after_all_folders_were_read(desk: Desk) -> None:
    inbox, _ = inbox_and_archive(desk)
    one, two = desk.put(desk.new(1), desk.new(2))
    desk.write(lambda tx: tx.copies.vanish(inbox, [1, 1234]))
    assert shown(desk, inbox) == [two]
    assert differences(desk) == []
    assert desk.sql("SELECT count(*) FROM message") == [(2,)]
    assert desk.write(lambda tx: tx.copies.sweep_vanished(desk.account)) == 1
    assert desk.sql("SELECT id FROM message") == [(two,)]
    assert counts_are_right(desk)
    assert one


def test_a_move_by_another_program_is_followed_with_what_was_changed_here(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1, flags=Flags.ANSWERED))
    desk.write(lambda tx: tx.messages.set_flags([one], Flags.STARRED))
    desk.write(lambda tx: tx.copies.vanish(inbox, [1]))
    known = desk.read(lambda tx: tx.copies.awaiting(desk.account))[b"key-1"]
    assert [(each.message, each.lost_from) for each in known] == [(one, inbox)]
    desk.write(lambda tx: tx.copies.add([CopyRow(archive, 5, one, Flags.SEEN | Flags.ANSWERED)]))
    assert shown(desk, inbox) == [] and shown(desk, archive) == [one]
    assert desk.library.summary(one).flags == Flags.SEEN | Flags.ANSWERED | Flags.STARRED
    (left,) = differences(desk)
    assert left.wanted.flags == Flags.SEEN | Flags.ANSWERED | Flags.STARRED
    assert left.known is not None and left.known.flags == Flags.SEEN | Flags.ANSWERED
    assert desk.write(lambda tx: tx.copies.sweep_vanished(desk.account)) == 0


def test_our_move_wins_over_a_move_elsewhere(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    trash = desk.folder_of(Role.TRASH)
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.move([one], trash))
    desk.write(lambda tx: tx.copies.vanish(inbox, [1]))
    assert shown(desk, trash) == [one]
    assert differences(desk) == []
    desk.write(lambda tx: tx.copies.add([CopyRow(archive, 8, one, Flags.NONE)]))
    (left,) = differences(desk)
    assert (left.wanted.folder, left.known and left.known.folder) == (trash, archive)


@pytest.mark.parametrize("first", ["source", "target"])
def test_a_move_taken_back_before_its_answer_was_noted_is_taken_back_there_too(desk: Desk, first: str) -> None:
    """The program ended between the server's move and the note of it; by then the person wants the message back."""
    inbox, archive = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1))
    give_content(desk, one)
    desk.write(lambda tx: tx.messages.move([one], archive))
    desk.write(lambda tx: tx.copies.head_for(inbox, archive, [1]))
    desk.write(lambda tx: tx.messages.move([one], inbox))
    if first == "source":
        desk.write(lambda tx: tx.copies.vanish(inbox, [1]))
        desk.write(lambda tx: tx.copies.add([CopyRow(archive, 5, one, Flags.NONE)]))
    else:
        (one,) = desk.put(desk.new(1, archive, uid=5))
        desk.write(lambda tx: tx.copies.vanish(inbox, [1]))
    desk.write(lambda tx: tx.copies.sweep_vanished(desk.account))
    assert shown(desk, inbox) == [one] and shown(desk, archive) == []
    (left,) = differences(desk)
    assert (left.wanted.folder, left.known and left.known.folder) == (inbox, archive)


def test_a_move_that_was_never_made_is_forgotten(desk: Desk) -> None:
    """What another program moves later is followed again."""
    inbox, archive = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.copies.head_for(inbox, archive, [1]))
    desk.write(lambda tx: tx.copies.sweep_vanished(desk.account))
    desk.write(lambda tx: tx.copies.vanish(inbox, [1]))
    desk.write(lambda tx: tx.copies.add([CopyRow(archive, 5, one, Flags.NONE)]))
    assert shown(desk, archive) == [one] and differences(desk) == []


def test_moved_here_and_deleted_there_is_kept_when_its_bytes_are_here(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    here, there = desk.put(desk.new(1), desk.new(2))
    give_content(desk, here)
    desk.write(lambda tx: tx.messages.move([here, there], archive))
    desk.write(lambda tx: tx.copies.vanish(inbox, [1, 2]))
    assert desk.write(lambda tx: tx.copies.sweep_vanished(desk.account)) == 1
    assert shown(desk, archive) == [here]
    (left,) = differences(desk)
    assert left.message == here and left.known is None and left.content == b"c" * 32


def test_what_turned_up_before_it_vanished_inherits(desk: Desk) -> None:
    """The target folder of another program's move was read first: the newcomer takes over what was changed here."""
    inbox, archive = inbox_and_archive(desk)
    (old,) = desk.put(desk.new(1))
    give_content(desk, old)
    desk.write(lambda tx: tx.messages.set_flags([old], Flags.STARRED))
    desk.write(lambda tx: tx.history.add([old], "starred"))
    (new,) = desk.put(desk.new(1, archive, uid=9, flags=Flags.SEEN))
    desk.write(lambda tx: tx.copies.vanish(inbox, [1]))
    desk.write(lambda tx: tx.copies.sweep_vanished(desk.account))
    assert desk.sql("SELECT id FROM message") == [(new,)]
    row = desk.library.summary(new)
    assert row.flags == Flags.SEEN | Flags.STARRED
    assert row.fetched is Fetched.FULL
    assert [event.kind for event in desk.library.history(new)] == ["arrived", "starred"]
    assert counts_are_right(desk)


def test_ambiguous_twins_inherit_nothing(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    (old,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.set_flags([old], Flags.STARRED))
    desk.put(desk.new(1, archive, uid=8), desk.new(1, archive, uid=9))
    desk.write(lambda tx: tx.copies.vanish(inbox, [1]))
    desk.write(lambda tx: tx.copies.sweep_vanished(desk.account))
    assert [desk.library.summary(one).flags for one in shown(desk, archive)] == [Flags.NONE, Flags.NONE]


def test_new_uids_are_recognised_and_nothing_blinks(desk: Desk) -> None:
    inbox, _ = inbox_and_archive(desk)
    one, two = desk.put(desk.new(1), desk.new(2))
    desk.write(lambda tx: tx.messages.set_flags([one], Flags.STARRED))
    desk.write(lambda tx: tx.copies.drop_folder(inbox))
    assert shown(desk, inbox) == [one, two]
    assert differences(desk) == []
    desk.write(lambda tx: tx.copies.add([CopyRow(inbox, 501, one, Flags.SEEN)]))
    assert desk.write(lambda tx: tx.copies.sweep_vanished(desk.account)) == 1
    assert shown(desk, inbox) == [one]
    assert desk.library.summary(one).flags == Flags.SEEN | Flags.STARRED


def test_a_lost_upload_answer_is_found_by_key(desk: Desk) -> None:
    inbox, _ = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1, uid=0, content=b"x" * 32, fetched=Fetched.FULL, flags=Flags.SEEN))
    assert desk.library.summary(one).copy is Copy.HERE
    assert b"key-1" in desk.read(lambda tx: tx.copies.awaiting(desk.account))
    desk.write(lambda tx: tx.copies.add([CopyRow(inbox, 3, one, Flags.SEEN)]))
    assert differences(desk) == []
    assert desk.library.summary(one).copy is Copy.BOTH
    assert desk.read(lambda tx: tx.copies.awaiting(desk.account)) == {}


def test_removed_and_expunged_stays_for_undo_until_purged(desk: Desk) -> None:
    inbox, _ = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1))
    give_content(desk, one)

    def remove(tx):  # type: ignore[no-untyped-def]
        before = tx.messages.before([one])
        tx.messages.remove([one])
        return tx.journal.add("Removed", before)

    entry = desk.write(remove)
    desk.write(lambda tx: tx.copies.forget(inbox, [1]))
    assert differences(desk) == []
    assert desk.write(lambda tx: tx.messages.purge(0)) == 0
    desk.write(lambda tx: tx.journal.take_back(entry))
    (left,) = differences(desk)
    assert left.known is None and left.content == b"c" * 32
    desk.write(remove)
    assert desk.write(lambda tx: tx.messages.purge(LATER)) == 1
    assert desk.sql("SELECT count(*) FROM message") == [(0,)]


def test_a_copy_on_the_server_spares_an_upload(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    (one,) = desk.put(desk.new(1))
    (twin,) = desk.write(lambda tx: tx.messages.copy([one], archive))
    (left,) = differences(desk)
    assert left.message == twin and left.known is None
    assert left.twin is not None and (left.twin.folder, left.twin.uid) == (inbox, 1)


def test_what_the_server_refuses_waits_and_says_why(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.move([one], desk.folder_of(Role.TRASH)))
    desk.write(lambda tx: tx.difference.fail([one], "Over quota", 1000))
    assert differences(desk, 999) == []
    assert len(differences(desk, 1000)) == 1
    assert desk.library.summary(one).problem == "Over quota"
    desk.write(lambda tx: tx.difference.retry([one]))
    assert len(differences(desk, 1)) == 1
    desk.write(lambda tx: tx.difference.fail([one], "Over quota", 1000))
    desk.write(lambda tx: tx.copies.moved(desk.folder_of(Role.INBOX), desk.folder_of(Role.TRASH), {1: 4}))
    assert desk.library.summary(one).problem == ""


def test_giving_up_takes_over_what_the_server_has(desk: Desk) -> None:
    inbox, archive = inbox_and_archive(desk)
    moved, new = desk.put(desk.new(1), desk.new(2, uid=0))
    desk.write(lambda tx: tx.messages.set_flags([moved], Flags.SEEN))
    desk.write(lambda tx: tx.messages.move([moved], archive))
    desk.write(lambda tx: tx.difference.give_up([moved, new]))
    assert differences(desk) == []
    assert shown(desk, inbox) == [moved, new]
    assert desk.library.summary(moved).flags == Flags.NONE
    assert desk.sql("SELECT due FROM message WHERE id = ?", new) == [(NEVER,)]


def test_a_draft_saved_again_replaces_its_copy_after_the_upload(desk: Desk) -> None:
    drafts = desk.folder_of(Role.DRAFTS)
    (one,) = desk.put(desk.new(1, drafts, flags=Flags.DRAFT, content=b"1" * 32, fetched=Fetched.FULL))
    desk.write(lambda tx: tx.messages.rewrite(one, desk.new(1, drafts, content=b"2" * 32, subject="Better")))
    upload, old = differences(desk)
    assert upload.message == one and upload.known is None and upload.content == b"2" * 32
    assert old.wanted.removed and old.known is not None and old.known.uid == 1
    assert shown(desk, drafts) == [one]
    assert desk.library.summary(one).subject == "Better"
    desk.write(lambda tx: tx.copies.add([CopyRow(drafts, 2, one, Flags.DRAFT)]))
    desk.write(lambda tx: tx.copies.forget(drafts, [1]))
    assert differences(desk) == []
    assert desk.write(lambda tx: tx.messages.purge(0)) == 1


def test_missing_contents_come_newest_first(desk: Desk) -> None:
    _, archive = inbox_and_archive(desk)
    ids = desk.put(*[desk.new(number) for number in range(1, 6)], desk.new(10, archive, uid=3))
    give_content(desk, ids[4])
    found = desk.read(lambda tx: tx.messages.without_content(account=desk.account, limit=3))
    assert [one.message for one in found] == [ids[5], ids[3], ids[2]]
    assert found[0].folder == archive and found[0].uid == 3 and found[0].size == 1010
    found = desk.read(lambda tx: tx.messages.without_content(folder=archive))
    assert [one.message for one in found] == [ids[5]]
