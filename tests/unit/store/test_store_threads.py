"""Conversations: whatever order messages come in, the same ones belong together."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.domain.threading import ref_hash, thread
from tests.unit.store.desk import Desk

NAMES = [f"<{letter}@x>" for letter in "abcdefgh"]
MAIL = st.lists(st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3)), min_size=1, max_size=8)


def groups(messages: list[tuple[str, list[str]]]) -> set[frozenset[str]]:
    """Which names hang together, computed the slow way."""
    found: list[set[str]] = []
    for name, refs in messages:
        tied = {name, *refs}
        for one in [one for one in found if one & tied]:
            found.remove(one)
            tied |= one
        found.append(tied)
    return {frozenset(one) for one in found}


def by_store(messages: list[tuple[str, list[str]]], batches: int) -> set[frozenset[str]]:
    """The same through `thread`, in batches, with ties and merges kept in between as the store keeps them."""
    ties: dict[int, int] = {}
    home: dict[int, int] = {}
    for start in range(0, len(messages), batches):
        batch = messages[start : start + batches]
        rows = [(start + n + 1, [ref_hash(one) for one in (name, *refs)]) for n, (name, refs) in enumerate(batch)]
        found = thread(rows, dict(ties))
        ties.update(found.ties)
        for old, new in found.merges.items():
            home = {message: new if there == old else there for message, there in home.items()}
            ties = {one: new if there == old else there for one, there in ties.items()}
        home.update(zip([message for message, _ in rows], found.threads, strict=True))
    inside: dict[int, set[str]] = {}
    for message, there in home.items():
        name, refs = messages[message - 1]
        inside.setdefault(there, set()).update((name, *refs))
    return {frozenset(one) for one in inside.values()}


@settings(database=None, max_examples=300)
@given(MAIL, st.integers(1, 8), st.randoms())
def test_order_and_batches_do_not_matter(
    messages: list[tuple[str, list[str]]], batch: int, random: st.DataObject
) -> None:
    shuffled = list(messages)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert by_store(messages, batch) == groups(messages) == by_store(shuffled, 1)


def test_conversations_tied_together_one_after_the_other_in_one_batch_become_one() -> None:
    known = {10: 1, 20: 2, 30: 3, 31: 3}
    found = thread([(4, [10, 30]), (5, [31, 20]), (6, [20])], known)
    assert found.threads == [1, 1, 1]
    assert found.merges == {3: 1, 2: 1}


def test_answers_join_what_they_answer(desk: Desk) -> None:
    first, other, answer = desk.put(
        desk.new(1), desk.new(2), desk.new(3, references=("<1@example.org>",), uid=0, folder=desk.folder_of(Role.SENT))
    )
    rows = {one: desk.library.summary(one) for one in (first, other, answer)}
    assert rows[first].thread == rows[answer].thread != rows[other].thread
    assert [one.id for one in desk.library.thread(rows[first].thread)] == [first, answer]


def test_a_message_that_ties_two_conversations_makes_them_one(desk: Desk) -> None:
    (third,) = desk.put(desk.new(3, references=("<2@example.org>",)))
    (first,) = desk.put(desk.new(1))
    assert desk.library.summary(third).thread != desk.library.summary(first).thread
    desk.news.clear()
    (second,) = desk.put(desk.new(2, references=("<1@example.org>",)))
    inbox = desk.folder_of(Role.INBOX)
    (news,) = desk.news
    assert news.added == {inbox: (second,)}
    assert news.changed in ({inbox: (first,)}, {inbox: (third,)})
    one = desk.library.summary(first).thread
    assert [row.id for row in desk.library.thread(one)] == [first, second, third]
    (fourth,) = desk.put(desk.new(4, references=("<3@example.org>",)))
    assert desk.library.summary(fourth).thread == one


def test_equal_subjects_are_no_conversation(desk: Desk) -> None:
    one, two = desk.put(desk.new(1, subject="Hello"), desk.new(2, subject="Hello"))
    assert desk.library.summary(one).thread != desk.library.summary(two).thread


def test_a_list_of_conversations(desk: Desk) -> None:
    inbox = desk.folder_of(Role.INBOX)
    ids = desk.put(
        desk.new(1, flags=Flags.SEEN),
        desk.new(2, references=("<1@example.org>",), flags=Flags.STARRED),
        desk.new(3, flags=Flags.SEEN),
        desk.new(4, references=("<1@example.org>", "<2@example.org>"), flags=Flags.SEEN),
    )
    assert list(desk.library.ids(inbox, True)) == [ids[3], ids[2]]
    assert list(desk.library.ids(inbox)) == list(reversed(ids))
    assert list(desk.library.ids(inbox, True, unread=True)) == [ids[1]]
    for unread in (False, True):
        rows = list(zip(*desk.library.rows(inbox, grouped=True, unread=unread), strict=True))
        assert sorted(desk.library.heads(inbox, [row[2] for row in rows], unread=unread)) == sorted(rows)
    assert desk.library.heads(inbox, []) == desk.library.heads(desk.folder_of(Role.SENT), [1, 2, 3]) == []
    head, alone = desk.library.summaries([ids[3], ids[2]], grouped=True)
    assert (head.thread_size, head.flags) == (3, Flags.STARRED)
    assert (alone.thread_size, alone.flags) == (1, Flags.SEEN)


def test_trash_is_no_part_of_a_conversation_unless_read_there(desk: Desk) -> None:
    first, second = desk.put(desk.new(1), desk.new(2, references=("<1@example.org>",)))
    trash = desk.folder_of(Role.TRASH)
    desk.write(lambda tx: tx.messages.move([second], trash))
    one = desk.library.summary(first).thread
    assert [row.id for row in desk.library.thread(one)] == [first]
    assert [row.id for row in desk.library.thread(one, trash)] == [first, second]


def test_the_same_message_in_two_folders_is_shown_once(desk: Desk) -> None:
    (first,) = desk.put(desk.new(1))
    archive = desk.folder_of(Role.ARCHIVE)
    (twin,) = desk.write(lambda tx: tx.messages.copy([first], archive))
    one = desk.library.summary(first).thread
    assert [row.id for row in desk.library.thread(one)] == [first]
    assert [row.id for row in desk.library.thread(one, archive)] == [twin]
    assert desk.library.summaries([first], grouped=True)[0].thread_size == 1


def test_messages_without_a_name_stay_alone(desk: Desk) -> None:
    one, two = desk.put(desk.new(1, message_id=""), desk.new(2, message_id=""))
    assert desk.library.summary(one).thread != desk.library.summary(two).thread
