"""Taking back: by difference, after later changes, after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import JournalId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.store.transaction import Transaction
from tests.unit.store.desk import Desk, counts_are_right


def verb(desk: Desk, ids: list[MessageId], change: Callable[[Transaction], None], label: str = "verb") -> JournalId:
    def work(tx: Transaction) -> JournalId:
        before = tx.messages.before(ids)
        change(tx)
        return tx.journal.add(label, before)

    return desk.write(work)


def test_taking_back_survives_a_restart(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk = Desk(tmp_path / "profile", runner)
    inbox, trash = desk.folder_of(Role.INBOX), desk.folder_of(Role.TRASH)
    ids = desk.put(desk.new(1), desk.new(2, flags=Flags.SEEN))
    verb(desk, ids, lambda tx: tx.messages.move(ids, trash, settle_at=1 << 40), "2 messages moved to Trash")
    desk.close()
    desk = Desk(tmp_path / "profile", runner)
    latest = desk.read(lambda tx: tx.journal.latest())
    assert latest is not None and latest.label == "2 messages moved to Trash"
    assert desk.write(lambda tx: tx.journal.take_back(latest.id)) == ids
    assert sorted(desk.library.ids(inbox)) == ids
    assert desk.read(lambda tx: tx.difference.for_account(desk.account, 1 << 50)) == []
    assert [one.undone for one in desk.library.journal()] == [True]
    assert desk.read(lambda tx: tx.journal.latest()) is None
    assert counts_are_right(desk)
    desk.close()


def test_later_changes_stay(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1, tags=frozenset({"old"})))
    first = verb(
        desk,
        [one],
        lambda tx: tx.messages.set_flags([one], Flags.SEEN, Flags.NONE, frozenset({"x"}), frozenset({"old"})),
    )
    verb(desk, [one], lambda tx: tx.messages.set_flags([one], Flags.STARRED, add_tags=frozenset({"y"})))
    desk.write(lambda tx: tx.journal.take_back(first))
    row = desk.library.summary(one)
    assert row.flags == Flags.STARRED
    assert row.tags == {"old", "y"}


def test_flags_that_were_set_before_are_not_taken_away(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1, flags=Flags.SEEN))
    entry = verb(desk, [one], lambda tx: tx.messages.set_flags([one], Flags.SEEN))
    desk.write(lambda tx: tx.journal.take_back(entry))
    assert desk.library.summary(one).flags == Flags.SEEN


def test_what_a_verb_made_is_removed_and_what_it_removed_returns(desk: Desk) -> None:
    """A move to another account: copies there, the originals removed."""
    (one,) = desk.put(desk.new(1))
    inbox, archive = desk.folder_of(Role.INBOX), desk.folder_of(Role.ARCHIVE)

    def work(tx: Transaction) -> JournalId:
        before = tx.messages.before([one])
        made = tx.messages.copy([one], archive)
        tx.messages.remove([one])
        return tx.journal.add("Moved", before, made)

    entry = desk.write(work)
    assert len(desk.library.ids(archive)) == 1 and len(desk.library.ids(inbox)) == 0
    desk.write(lambda tx: tx.journal.take_back(entry))
    assert len(desk.library.ids(archive)) == 0 and list(desk.library.ids(inbox)) == [one]


def test_an_entry_is_taken_back_once(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    entry = verb(desk, [one], lambda tx: tx.messages.set_flags([one], Flags.SEEN))
    desk.write(lambda tx: tx.journal.take_back(entry))
    for bad in (entry, JournalId(999)):
        with pytest.raises(NotFound):
            desk.write(lambda tx, bad=bad: tx.journal.take_back(bad))


def test_what_a_server_deleted_meanwhile_is_passed_over(desk: Desk) -> None:
    one, two = desk.put(desk.new(1), desk.new(2))
    trash = desk.folder_of(Role.TRASH)
    entry = verb(desk, [one, two], lambda tx: tx.messages.move([one, two], trash))
    desk.write(lambda tx: tx.messages.forget([one]))
    assert desk.write(lambda tx: tx.journal.take_back(entry)) == [two]


def test_a_removed_folder_returns_with_its_messages(desk: Desk) -> None:
    plans = desk.adopt("Plans")
    (one,) = desk.put(desk.new(1, plans))
    trash = desk.folder_of(Role.TRASH)
    entry = verb(desk, [one], lambda tx: tx.messages.move([one], trash))
    desk.write(lambda tx: tx.folders.remove(plans))
    assert "Plans" not in [folder.path for folder in desk.library.folders()]
    desk.write(lambda tx: tx.journal.take_back(entry))
    assert "Plans" in [folder.path for folder in desk.library.folders()]
    assert list(desk.library.ids(plans)) == [one]


def test_newest_entries_come_first(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    for label in "abc":
        verb(desk, [one], lambda tx: tx.messages.set_flags([one], Flags.SEEN), label)
    assert [entry.label for entry in desk.library.journal(2)] == ["c", "b"]


def test_the_story_of_a_message(desk: Desk) -> None:
    one, two = desk.put(desk.new(1), desk.new(2))
    desk.write(lambda tx: tx.history.add([one, MessageId(99)], "moved", "to Archive"))
    desk.write(lambda tx: tx.history.add([one, two], "flagged"))
    assert [(event.kind, event.detail) for event in desk.library.history(one)] == [
        ("arrived", ""),
        ("moved", "to Archive"),
        ("flagged", ""),
    ]
    assert [event.kind for event in desk.library.history(two)] == ["arrived", "flagged"]
    assert desk.library.history(MessageId(99)) == ()
