"""What differs becomes operations: by table, and by carrying them out on a small model of a server."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.imap.plan import (
    Append,
    Copy,
    Create,
    Drop,
    Expunge,
    Move,
    Rename,
    Row,
    Spot,
    StoreFlags,
    plan_folders,
    plan_messages,
)
from desktopmail.protocols.imap.mailboxes import Namespace
from desktopmail.store.rows import Difference, FolderDifference, Known, Wanted

INBOX, ARCHIVE, OUTBOX = FolderId(1), FolderId(2), FolderId(3)
NAMES = {INBOX: "INBOX", ARCHIVE: "Archive"}
NONE: frozenset[str] = frozenset()


def wanted(folder: FolderId = INBOX, flags: Flags = Flags.NONE, *, removed: bool = False) -> Wanted:
    return Wanted(folder, NAMES.get(folder), flags, NONE, removed, folder == OUTBOX)


def known(uid: int, folder: FolderId = INBOX, flags: Flags = Flags.NONE) -> Known:
    return Known(folder, NAMES[folder], uid, flags, NONE)


def difference(
    number: int, wish: Wanted, copy: Known | None, content: bytes | None = None, twin: Known | None = None
) -> Difference:
    return Difference(MessageId(number), wish, copy, content, b"key%d" % number, twin)


def row(number: int, uid: int, flags: Flags = Flags.NONE) -> Row:
    return Row(MessageId(number), uid, flags, NONE)


def test_every_kind_in_the_fixed_order() -> None:
    planned = plan_messages(
        [
            difference(1, wanted(removed=True), known(10)),
            difference(2, wanted(ARCHIVE), known(11)),
            difference(3, wanted(flags=Flags.SEEN), known(12)),
            difference(4, wanted(ARCHIVE), None, b"sha"),
            difference(5, wanted(ARCHIVE), None, None, known(12)),
        ]
    )
    inbox, archive = Spot(INBOX, "INBOX"), Spot(ARCHIVE, "Archive")
    assert planned == [
        Append(archive, row(4, 0), b"sha"),
        Copy(inbox, archive, (row(5, 12),)),
        StoreFlags(inbox, (row(3, 12, Flags.SEEN),), Flags.SEEN, Flags.NONE),
        Move(inbox, archive, (row(2, 11),)),
        Expunge(inbox, (row(1, 10),)),
    ]


def test_flags_are_set_before_the_move_and_not_at_all_before_an_expunge() -> None:
    moved = plan_messages([difference(1, wanted(ARCHIVE, Flags.STARRED), known(10))])
    assert [type(each) for each in moved] == [StoreFlags, Move]
    removed = plan_messages([difference(1, wanted(ARCHIVE, Flags.STARRED, removed=True), known(10))])
    assert [type(each) for each in removed] == [Expunge]


def test_same_changes_share_one_request() -> None:
    planned = plan_messages([difference(n, wanted(flags=Flags.SEEN), known(n)) for n in range(1, 501)])
    assert len(planned) == 1
    assert isinstance(planned[0], StoreFlags)
    assert len(planned[0].rows) == 500


def test_what_cannot_be_done_is_left_for_later() -> None:
    nowhere = Wanted(FolderId(9), None, Flags.NONE, NONE, False)
    assert plan_messages([difference(1, nowhere, known(10))]) == []
    assert plan_messages([difference(1, nowhere, None, b"sha")]) == []
    assert plan_messages([difference(1, wanted(), None)]) == []
    assert plan_messages([difference(1, wanted(removed=True), None, b"sha")]) == []


def test_leaving_for_this_computer_waits_for_the_bytes() -> None:
    assert plan_messages([difference(1, wanted(OUTBOX), known(10))]) == []
    assert plan_messages([difference(1, wanted(OUTBOX), known(10), b"sha")]) == [
        Expunge(Spot(INBOX, "INBOX"), (row(1, 10),))
    ]


def folder(number: int, path: str | None, server: str | None = None, parent: str | None = None) -> FolderDifference:
    name = (path or "gone").rpartition("/")[2]
    return FolderDifference(FolderId(number), path, name, parent, server, "before", "/")


def test_parents_are_made_before_children_under_their_new_names() -> None:
    planned = plan_folders([folder(1, "A"), folder(2, "A/B"), folder(3, None, "Old")], (), (), Namespace())
    assert planned.before == [Create(Spot(FolderId(1), "A"), "/"), Create(Spot(FolderId(2), "A/B"), "/")]
    assert planned.after == [Drop(Spot(FolderId(3), "Old"))]


def test_a_folder_with_a_role_is_made_when_a_message_needs_it() -> None:
    differences = [folder(1, "Archive")]
    assert plan_folders(differences, (), {FolderId(1)}, Namespace()).before == []
    assert plan_folders(differences, {FolderId(1)}, {FolderId(1)}, Namespace("INBOX.", ".")).before == [
        Create(Spot(FolderId(1), "INBOX.Archive"), ".")
    ]


def test_a_rename_takes_the_children_along() -> None:
    parent, child = folder(1, "New", "Old"), folder(2, "New/C", "Old/C", "Old")
    assert plan_folders([parent, child], (), (), Namespace()).before == [Rename(Spot(FolderId(1), "New"), "Old")]
    other = folder(2, "New/D", "Old/C", "Old")
    assert plan_folders([parent, other], (), (), Namespace()).before == [
        Rename(Spot(FolderId(1), "New"), "Old"),
        Rename(Spot(FolderId(2), "New/D"), "New/C"),
    ]


def test_the_delimiter_cannot_be_smuggled_into_a_name() -> None:
    tricky = FolderDifference(FolderId(1), "a.b", "a.b", None, None, "", "/")
    child = FolderDifference(FolderId(2), "a.b/c/d", "c/d", None, None, "", "/")
    assert plan_folders([tricky, child], (), (), Namespace("INBOX.", ".")).before == [
        Create(Spot(FolderId(1), "INBOX.a-b"), "."),
        Create(Spot(FolderId(2), "INBOX.a-b.c-d"), "."),
    ]


states = st.tuples(st.sampled_from([INBOX, ARCHIVE]), st.integers(0, 63).map(Flags), st.booleans())


@given(st.lists(st.tuples(states, st.none() | states), max_size=30))
def test_carried_out_on_a_server_the_plan_leaves_no_difference(pairs: list[tuple[tuple, tuple | None]]) -> None:  # type: ignore[type-arg]
    """Whatever differs, after the operations the server holds exactly what is wanted."""
    server: dict[int, tuple[FolderId, Flags]] = {}
    differences = []
    for number, ((folder_id, flags, removed), copy) in enumerate(pairs, 1):
        before = known(number, copy[0], copy[1]) if copy else None
        if before:
            server[number] = (before.folder, before.flags)
        differences.append(difference(number, wanted(folder_id, flags, removed=removed), before, b"sha"))
    for operation in plan_messages(differences):
        match operation:
            case Append(target, one, _):
                server[one.message] = (target.folder, one.flags)
            case StoreFlags(_, rows, add, remove):
                for one in rows:
                    place, flags = server[one.message]
                    server[one.message] = (place, (flags | add) & ~remove)
            case Move(_, target, rows):
                for one in rows:
                    server[one.message] = (target.folder, server[one.message][1])
            case Expunge(_, rows):
                for one in rows:
                    del server[one.message]
    assert server == {d.message: (d.wanted.folder, d.wanted.flags) for d in differences if not d.wanted.removed}
