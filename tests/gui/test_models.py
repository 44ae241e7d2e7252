"""Models under Qt's own tester, through every kind of change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from desktopmail.domain.account import Account, Endpoint, ImapServer, Pop3Server, Security
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import AccountId, FolderId, MessageId, ThreadId
from desktopmail.domain.message import Flags
from desktopmail.gui.folders.model import FolderModel
from desktopmail.gui.folders.nodes import flat, tree
from desktopmail.gui.messages.model import MessageModel
from desktopmail.gui.messages.source import Found, Only
from desktopmail.gui.naming import folder_title
from tests.gui.samples import Samples, folder, summary

INBOX = FolderId(1)
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def source(qapp: QApplication) -> Samples:
    return Samples(40)


@pytest.fixture
def model(source: Samples) -> MessageModel:
    model = MessageModel(source)
    model.tester = QAbstractItemModelTester(model, FATAL)  # type: ignore[attr-defined]
    model.show(INBOX)
    return model


def newest(source: Samples) -> int:
    return max(each.date for each in source.all.values())


def put(source: Samples, number: int, at: int, thread: int | None = None) -> MessageId:
    """One more message in the source."""
    made = summary(number, at)
    source.all[made.id] = replace(made, thread=ThreadId(thread)) if thread is not None else made
    return made.id


def test_a_new_message_finds_its_place(source: Samples, model: MessageModel) -> None:
    """On top, in the middle, at the end: one insertion each."""
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda parent, first, last: inserted.append((first, last)))
    top, last = newest(source), min(each.date for each in source.all.values())
    ids = [put(source, 100, top + 60), put(source, 101, last - 60), put(source, 102, top - 1)]
    model.apply(ChangeSet(added={INBOX: tuple(ids)}))
    assert model.vector.ids[0] == ids[0]
    assert model.vector.ids[-1] == ids[1]
    assert model.vector.row_of(ids[2]) == 2
    assert len(inserted) == 3
    assert list(model.vector.ids) == list(source.rows(INBOX)[0])


def test_removed_rows_go_and_others_stay(source: Samples, model: MessageModel) -> None:
    """Ranges of rows are removed as ranges."""
    removed: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda parent, first, last: removed.append((first, last)))
    gone = [MessageId(model.vector.ids[row]) for row in (2, 3, 4, 9)]
    for one in gone:
        del source.all[one]
    model.apply(ChangeSet(removed={INBOX: tuple(gone)}))
    assert sorted(removed) == [(2, 4), (9, 9)]
    assert list(model.vector.ids) == list(source.rows(INBOX)[0])


def test_news_of_other_folders_is_ignored(source: Samples, model: MessageModel) -> None:
    """Only the shown place concerns the list."""
    before = list(model.vector.ids)
    one = put(source, 100, newest(source) + 1)
    model.apply(ChangeSet(added={FolderId(77): (one,)}))
    assert list(model.vector.ids) == before


def test_flags_are_read_again(source: Samples, model: MessageModel) -> None:
    """A changed message is repainted with what the store says."""
    first = MessageId(model.vector.ids[0])
    assert model.summary(0) is not None
    model.foresee([first], Flags.SEEN)
    assert Flags.SEEN in (model.summary(0) or summary(0, 0)).flags
    source.all[first] = replace(source.all[first], flags=Flags.STARRED)
    model.apply(ChangeSet(changed={INBOX: (first,)}))
    assert (model.summary(0) or summary(0, 0)).flags == Flags.STARRED


def test_a_filtered_list_keeps_what_was_read(source: Samples, model: MessageModel) -> None:
    """Under 'unread' a message that was read stays; one that became unread appears."""
    model.show(INBOX, Only.UNREAD)
    before = list(model.vector.ids)
    first, other = MessageId(before[0]), next(one for one in source.all if one not in before)
    source.all[first] = replace(source.all[first], flags=Flags.SEEN)
    source.all[other] = replace(source.all[other], flags=Flags.NONE)
    model.apply(ChangeSet(changed={INBOX: (first, MessageId(other))}))
    assert set(model.vector.ids) == {*before, other}


def test_a_conversation_moves_up_and_stays_selected(source: Samples, model: MessageModel) -> None:
    """A new message of a conversation: its row goes to the top and is still the same row."""
    model.show(INBOX, grouped=True)
    selection = QItemSelectionModel(model)
    selection.select(model.index(5, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    thread = model.vector.threads[5]
    one = put(source, 100, newest(source) + 60, thread)
    model.apply(ChangeSet(added={INBOX: (one,)}))
    assert model.vector.ids[0] == one
    assert model.vector.threads[0] == thread
    assert list(model.vector.threads).count(thread) == 1
    assert [index.row() for index in selection.selectedRows()] == [0]


def test_a_flood_keeps_what_it_does_not_touch(source: Samples, model: MessageModel) -> None:
    """Many scattered newcomers exchange the rows at once, and leave them in order; so do many that go."""
    swaps: list[int] = []
    model.swapped.connect(lambda: swaps.append(1))
    dates = [each.date for each in source.all.values()]
    fresh = [put(source, 200 + n, when - 1) for n, when in enumerate(dates * 2)]
    model.apply(ChangeSet(added={INBOX: tuple(fresh)}))
    assert list(model.vector.ids) == list(source.rows(INBOX)[0])
    for one in list(model.vector.ids)[::2]:
        del source.all[one]
    gone = [MessageId(one) for one in model.vector.ids if one not in source.all]
    model.apply(ChangeSet(removed={INBOX: tuple(gone)}))
    assert list(model.vector.ids) == list(source.rows(INBOX)[0])
    assert len(swaps) == 1


def test_search_results_never_grow(source: Samples, model: MessageModel) -> None:
    """Hits change and vanish; new mail does not come in by itself."""
    hits = tuple(MessageId(one) for one in list(model.vector.ids)[3:8])
    model.show_found(Found("word", hits, "5 found"))
    one = put(source, 100, newest(source) + 1)
    model.apply(ChangeSet(added={INBOX: (one,)}))
    assert list(model.vector.ids) == list(hits)
    del source.all[hits[0]]
    model.apply(ChangeSet(removed={INBOX: hits[:1]}))
    assert list(model.vector.ids) == list(hits[1:])
    model.show_found(Found("nothing", (), "Nothing found"))
    assert model.rowCount() == 0


def test_a_selection_of_everything_is_one_range(model: MessageModel) -> None:
    """Ids come from the range, in order."""
    selection = QItemSelection(model.index(0, 0), model.index(len(model) - 1, 0))
    assert model.selected_ids(selection) == list(model.vector.ids)


def test_rows_have_a_spoken_text(model: MessageModel) -> None:
    """Screen readers hear more than the subject."""
    said = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Unread, ")
    assert model.data(QModelIndex()) is None


# The tree ---------------------------------------------------------------------------------------------------------

PLACE = Endpoint("mail.example.org", 993, Security.TLS, "ada")


def account(number: int, *, here: bool = False) -> Account:
    incoming = Pop3Server(PLACE) if here else ImapServer(PLACE)
    return Account(AccountId(number), f"Account {number}", f"a{number}@example.org", incoming, None, (), number)


def folders(number: int) -> list[object]:
    base = number * 100
    roles = ((Role.INBOX, "INBOX"), (Role.DRAFTS, "Drafts"), (Role.SENT, "Sent"), (Role.TRASH, "Trash"))
    made = [folder(base + n, name, role, account=number) for n, (role, name) in enumerate(roles, 1)]
    return [*made, folder(base + 50, "Projects", Role.NONE, account=number),
            folder(base + 51, "Alpha", Role.NONE, 3, base + 50, number)]  # fmt: skip


def test_one_account_has_no_unified_views(qapp: QApplication) -> None:
    """With the second account they appear above."""
    one = tree([account(1)], folders(1))  # type: ignore[arg-type]
    assert [node.title for node in one] == ["Account 1"]
    assert [node.title for node in one[0].children[:3]] == ["Inbox", "Starred", "Drafts"]
    two = tree([account(1), account(2)], folders(1) + folders(2))  # type: ignore[operator]
    assert [node.place for node in two[:4]] == list(Unified)
    assert tree([], []) == []


def test_the_tree_follows_without_a_reset(qapp: QApplication) -> None:
    """Counts repaint, new folders are inserted, old ones removed; an index that stays keeps its node."""
    model = FolderModel()
    tester = QAbstractItemModelTester(model, FATAL)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    rows = folders(1)
    model.show(tree([account(1)], rows))  # type: ignore[arg-type]
    inbox = model.place(FolderId(101))
    assert inbox.data() == "Inbox"
    rows = [replace(each, unread=7) if each.id == 101 else each for each in rows]  # type: ignore[attr-defined, type-var]
    rows.append(folder(160, "Zebra", Role.NONE))
    model.show(tree([account(1)], rows))  # type: ignore[arg-type]
    assert model.node(model.place(FolderId(101))).count == 7
    assert model.place(FolderId(160)).isValid()
    rows = [each for each in rows if each.id != 150 and each.id != 151]  # type: ignore[attr-defined]
    model.show(tree([account(1), account(2, here=True)], rows + folders(2)))  # type: ignore[arg-type, operator]
    assert not model.place(FolderId(151)).isValid()
    assert model.rowCount() == 6
    model.show([])
    assert model.rowCount() == 0
    assert resets == []
    assert tester is not None


def test_local_mail_says_where_it_lives(qapp: QApplication) -> None:
    """A POP3 account carries the sign, and its tool tip explains it."""
    model = FolderModel()
    model.show(tree([account(1), account(2, here=True)], folders(1) + folders(2)))  # type: ignore[operator]
    heading = model.find(lambda node: node.key == "a:2")
    assert "this computer" in heading.data(Qt.ItemDataRole.ToolTipRole)
    assert "on this computer" in heading.data(Qt.ItemDataRole.AccessibleTextRole)
    inbox = model.place(FolderId(101))
    assert inbox.data(Qt.ItemDataRole.ToolTipRole) == ""


def test_special_folders_are_named_in_the_language_of_the_person(qapp: QApplication) -> None:
    """INBOX is shown as Inbox, own folders by their own name."""
    names = [folder_title(each) for each in folders(1)]  # type: ignore[arg-type]
    assert names[0] == "Inbox"
    assert names[-1] == "Alpha"
    assert len(list(flat(tree([account(1)], folders(1))))) == 8  # type: ignore[arg-type]
