"""What lists read: order, filters, where a message is, and the news that keeps them right."""

from __future__ import annotations

import pytest

from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Copy, Fetched, Flags
from desktopmail.store.rows import NewContent
from tests.unit.store.desk import Desk


def test_newest_first_and_the_later_row_first_among_equals(desk: Desk) -> None:
    inbox = desk.folder_of(Role.INBOX)
    old, new, equal = desk.put(desk.new(1), desk.new(5), desk.new(3, date=1_700_000_005))
    assert list(desk.library.ids(inbox)) == [equal, new, old]
    ids, sorts, threads = desk.library.rows(inbox)
    assert list(ids) == [equal, new, old]
    assert list(sorts) == [1_700_000_005, 1_700_000_005, 1_700_000_001]
    assert sorted(threads) == sorted(desk.library.summary(one).thread for one in (old, new, equal))
    assert sorted(desk.library.keys([old, MessageId(99)])) == [(old, 1_700_000_001, old, inbox, 0)]


def test_quick_filters_and_gathered_views(desk: Desk) -> None:
    inbox, trash = desk.folder_of(Role.INBOX), desk.folder_of(Role.TRASH)
    unread, starred, both, gone = desk.put(
        desk.new(1),
        desk.new(2, flags=Flags.SEEN | Flags.STARRED),
        desk.new(3, flags=Flags.STARRED),
        desk.new(4, trash, flags=Flags.STARRED),
    )
    assert list(desk.library.ids(inbox, unread=True)) == [both, unread]
    assert list(desk.library.ids(inbox, starred=True)) == [both, starred]
    assert list(desk.library.ids(inbox, unread=True, starred=True)) == [both]
    assert list(desk.library.ids(Unified.STARRED)) == [both, starred]
    assert list(desk.library.ids(trash)) == [gone]
    assert desk.library.counts(inbox) == (3, 2)
    assert desk.library.counts(Unified.STARRED) == (2, 1)
    assert desk.library.counts(Unified.INBOX) == (3, 2)


def test_where_a_message_is(desk: Desk) -> None:
    server, both, here, bad = desk.put(
        desk.new(1),
        desk.new(2),
        desk.new(3, uid=0, content=b"c" * 32, fetched=Fetched.FULL),
        desk.new(4),
    )
    desk.write(lambda tx: tx.messages.set_content([NewContent(both, b"c" * 32, 77, "Hello", 2)]))
    desk.write(lambda tx: tx.messages.set_unreadable([bad, both]))
    rows = desk.library.summaries([server, both, here, bad])
    assert [row.copy for row in rows] == [Copy.SERVER, Copy.BOTH, Copy.HERE, Copy.SERVER]
    assert [row.fetched for row in rows] == [Fetched.HEADERS, Fetched.FULL, Fetched.FULL, Fetched.UNREADABLE]
    assert (rows[1].size, rows[1].preview, rows[1].attachments) == (77, "Hello", 2)


def test_one_state_of_copies_alone(desk: Desk) -> None:
    """Also folded into conversations: the newest message that is in the state stands for its own."""
    inbox = desk.folder_of(Role.INBOX)
    server, both, here, old = desk.put(
        desk.new(5),
        desk.new(2),
        desk.new(3, uid=0, content=b"c" * 32, fetched=Fetched.FULL),
        desk.new(1, flags=Flags.SEEN),
    )
    desk.write(lambda tx: tx.messages.set_content([NewContent(both, b"c" * 32, 77, "Hello", 2)]))
    library = desk.library
    assert list(library.rows(inbox, copy=Copy.SERVER)[0]) == [server, old]
    assert list(library.rows(inbox, copy=Copy.SERVER, unread=True)[0]) == [server]
    assert list(library.rows(inbox, copy=Copy.BOTH)[0]) == [both]
    assert list(library.rows(Unified.INBOX, copy=Copy.HERE, grouped=True)[0]) == [here]
    assert library.copies(inbox) == {Copy.SERVER: 2, Copy.BOTH: 1, Copy.HERE: 1} == library.copies(Unified.INBOX)
    thread = library.summary(both).thread
    assert [row[0] for row in library.heads(inbox, [thread], copy=Copy.BOTH)] == [both]
    assert library.heads(inbox, [thread], copy=Copy.SERVER) == []


def test_a_window_keeps_its_order_and_leaves_out_what_is_gone(desk: Desk) -> None:
    one, two, three = desk.put(desk.new(1), desk.new(2), desk.new(3))
    desk.write(lambda tx: tx.messages.forget([two]))
    assert [row.id for row in desk.library.summaries([three, two, one])] == [three, one]
    assert desk.library.summaries([]) == []
    with pytest.raises(NotFound):
        desk.library.summary(two)


def test_bytes_for_a_waiting_upload_wake_the_pusher(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1, uid=0))
    (two,) = desk.put(desk.new(2))
    desk.news.clear()
    desk.write(lambda tx: tx.messages.set_content([NewContent(one, b"c" * 32, 10, "", 0)]))
    desk.write(lambda tx: tx.messages.set_content([NewContent(two, b"c" * 32, 10, "", 0)]))
    assert [changes.work for changes in desk.news] == [True, False]


def test_an_id_never_comes_back(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.forget([one]))
    (two,) = desk.put(desk.new(2))
    assert two > one
    assert desk.write(lambda tx: tx.messages.insert([])) == []


def test_notices_are_asked_for(desk: Desk) -> None:
    ids = desk.write(lambda tx: tx.messages.insert([desk.new(1)]))
    assert desk.news[-1].arrivals == ()
    desk.write(lambda tx: tx.arrived(ids))
    assert desk.news[-1].arrivals == tuple(ids)
