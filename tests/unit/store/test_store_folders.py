"""The tree as wished for beside what the server calls its folders; accounts and what they begin with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopmail.domain.account import (
    Endpoint,
    Identity,
    Keep,
    Leave,
    NewAccount,
    Pop3Server,
    Security,
    SmtpServer,
)
from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.folder import Ability, Lives, Role, Unified
from desktopmail.domain.ids import AccountId, FolderId, IdentityId
from desktopmail.domain.message import Flags
from desktopmail.store.rows import FolderDifference, FolderMark
from tests.unit.store.desk import IMAP, LOCAL, Desk, counts_are_right


def paths(desk: Desk, account: AccountId) -> dict[str, Role]:
    return {one.path: one.role for one in desk.library.folders() if one.account == account}


def differences(desk: Desk, account: AccountId, now: int = 1) -> list[FolderDifference]:
    return desk.read(lambda tx: tx.difference.folders(account, now))


def test_a_new_account_has_its_folders(desk: Desk) -> None:
    account = desk.write(lambda tx: tx.accounts.add(IMAP))
    rows = [one for one in desk.library.folders() if one.account == account]
    assert [one.role for one in rows] == [
        Role.INBOX,
        Role.DRAFTS,
        Role.SENT,
        Role.ARCHIVE,
        Role.JUNK,
        Role.TRASH,
        Role.OUTBOX,
    ]
    assert {one.lives for one in rows[:-1]} == {Lives.SERVER} and rows[-1].lives is Lives.HERE
    assert rows[-1].abilities is Ability.NONE
    assert Ability.EMPTY in rows[5].abilities and Ability.RENAME not in rows[0].abilities
    assert {one.server_name for one in differences(desk, account)} == {None}
    assert desk.news[-1].accounts == {account} and desk.news[-1].tree


def test_an_account_without_a_server_keeps_everything_here(desk: Desk) -> None:
    account = desk.write(lambda tx: tx.accounts.add(LOCAL))
    assert {one.lives for one in desk.library.folders() if one.account == account} == {Lives.HERE}
    assert differences(desk, account) == []
    inbox = next(one for one in desk.library.folders() if one.account == account and one.role is Role.INBOX)
    desk.put(desk.new(1, inbox.id, account=account, uid=0))
    assert desk.read(lambda tx: tx.difference.for_account(account, 1 << 40)) == []


def test_everything_an_account_says_is_kept(desk: Desk) -> None:
    incoming = Pop3Server(
        Endpoint("pop.example.org", 995, Security.TLS, "bob", frozenset({"ab" * 32})), Leave(Keep.DAYS, 14), 99
    )
    outgoing = SmtpServer(Endpoint("smtp.example.org", 587, Security.STARTTLS, "bob"), files_sent=True)
    account = desk.write(lambda tx: tx.accounts.add(NewAccount("bob@example.org", "Home", "Bob", incoming, outgoing)))
    found = desk.library.accounts()[-1]
    assert (found.incoming, found.outgoing) == (incoming, outgoing)
    assert [(one.name, one.address) for one in found.identities] == [("Bob", "bob@example.org")]
    more = Identity(IdentityId(0), "Robert", "robert@example.org", "reply@example.org", "-- \nBob")
    changed = replace(found, name="Elsewhere", paused=True, identities=(replace(found.identities[0], name="B."), more))
    desk.write(lambda tx: tx.accounts.update(changed))
    again = desk.read(lambda tx: tx.accounts.get(account))
    assert (again.name, again.paused, again.incoming, again.outgoing) == ("Elsewhere", True, incoming, outgoing)
    assert [one.name for one in again.identities] == ["B.", "Robert"]
    assert again.identities[1].signature == "-- \nBob"
    desk.write(lambda tx: tx.accounts.update(replace(again, identities=again.identities[::-1])))
    assert [one.name for one in desk.library.accounts()[-1].identities] == ["Robert", "B."]
    desk.write(lambda tx: tx.accounts.add_identity(account, "Rob", "rob@example.org"))
    assert [one.name for one in desk.library.accounts()[-1].identities] == ["Robert", "B.", "Rob"]
    desk.write(lambda tx: tx.accounts.update(replace(again, identities=again.identities[1:])))
    assert [one.name for one in desk.library.accounts()[-1].identities] == ["Robert"]
    with pytest.raises(NotFound):
        desk.read(lambda tx: tx.accounts.get(AccountId(99)))


def test_a_removed_account_leaves_nothing(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.journal.add("x", tx.messages.before([one])))
    desk.adopt("Work/Plans")
    desk.write(lambda tx: tx.accounts.remove(desk.account))
    for table in ("account", "server", "identity", "folder", "imap_folder", "message", "imap_copy", "journal_step"):
        assert desk.sql(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert desk.library.accounts() == ()


def test_a_removed_account_may_leave_its_mail(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    desk.write(lambda tx: tx.messages.set_flags([one], Flags.SEEN))
    desk.write(lambda tx: tx.accounts.remove(desk.account, keep_mail=True))
    assert desk.library.accounts()[0].incoming is None
    assert {folder.lives for folder in desk.library.folders()} == {Lives.HERE}
    assert desk.read(lambda tx: tx.difference.for_account(desk.account, 1 << 40)) == []
    assert differences(desk, desk.account) == []
    assert list(desk.library.ids(desk.folder_of(Role.INBOX))) == [one]


def test_the_servers_folders_are_matched_by_role_then_by_name(desk: Desk) -> None:
    account = desk.write(lambda tx: tx.accounts.add(IMAP))
    before = {one.role: one.id for one in desk.library.folders() if one.account == account}

    def listed(tx):  # type: ignore[no-untyped-def]
        tx.folders.adopt(account, "INBOX", "INBOX", Role.INBOX, "/", ["\\HasNoChildren"])
        tx.folders.adopt(account, "[Gmail]", "[Gmail]", Role.NONE, "/", ["\\Noselect"])
        tx.folders.adopt(account, "[Gmail]/Gesendet", "[Gmail]/Gesendet", Role.SENT, "/", ["\\Sent"])
        tx.folders.adopt(account, "Drafts", "Drafts", Role.NONE, "/", [])
        return tx.folders.adopt(account, "Old Sent", "Old Sent", Role.SENT, "/", [])

    second = desk.write(listed)
    rows = {one.path: one for one in desk.library.folders() if one.account == account}
    assert rows["[Gmail]/Gesendet"].id == before[Role.SENT]
    assert rows["[Gmail]/Gesendet"].parent == rows["[Gmail]"].id
    assert rows["Drafts"].id == before[Role.DRAFTS]
    assert (rows["Old Sent"].id, rows["Old Sent"].role) == (second, Role.NONE)
    assert Ability.ACCEPT not in rows["[Gmail]"].abilities
    assert {one.path for one in differences(desk, account)} == {"Archive", "Junk", "Trash"}
    desk.news.clear()
    desk.write(listed)
    assert desk.news == [], "a second listing tells nothing new"


def test_levels_that_are_not_listed_are_not_made(desk: Desk) -> None:
    deep = desk.write(lambda tx: tx.folders.adopt(desk.account, "INBOX.a.b", "INBOX/a/b", Role.NONE, ".", []))
    assert desk.read(lambda tx: tx.folders.get(deep)).path == "INBOX/a/b"
    assert differences(desk, desk.account) == []
    assert desk.read(lambda tx: tx.folders.by_server_name(desk.account, "INBOX.a")) is not None
    real = desk.write(lambda tx: tx.folders.adopt(desk.account, "INBOX.a", "INBOX/a", Role.NONE, ".", []))
    assert Ability.ACCEPT in desk.read(lambda tx: tx.folders.get(real)).abilities


def test_making_renaming_and_removing_are_differences(desk: Desk) -> None:
    plans = desk.write(lambda tx: tx.folders.create(desk.account, None, "Plans"))
    sub = desk.write(lambda tx: tx.folders.create(desk.account, plans, "2024"))
    first, second = differences(desk, desk.account)
    assert (first.path, first.server_name, first.parent_name) == ("Plans", None, None)
    assert (second.path, second.name, second.server_name) == ("Plans/2024", "2024", None)
    desk.write(lambda tx: tx.folders.set_mark(plans, FolderMark("Plans", "/")))
    desk.write(lambda tx: tx.folders.set_mark(sub, FolderMark("Plans/2024", "/")))
    assert differences(desk, desk.account) == []

    desk.write(lambda tx: tx.folders.rename(plans, "Ideas"))
    assert [(one.server_name, one.path) for one in differences(desk, desk.account)] == [
        ("Plans", "Ideas"),
        ("Plans/2024", "Ideas/2024"),
    ]
    desk.write(lambda tx: tx.folders.renamed(plans, "Ideas"))
    assert differences(desk, desk.account) == []
    assert desk.read(lambda tx: tx.folders.mark(sub)).server_name == "Ideas/2024"

    desk.write(lambda tx: tx.folders.remove(plans))
    assert [(one.server_name, one.path) for one in differences(desk, desk.account)] == [
        ("Ideas/2024", None),
        ("Ideas", None),
    ]
    desk.write(lambda tx: tx.folders.dropped(sub))
    desk.write(lambda tx: tx.folders.dropped(plans))
    assert desk.sql("SELECT count(*) FROM folder WHERE id IN (?, ?)", plans, sub) == [(0,)]


def test_a_folder_that_was_never_pushed_goes_at_once(desk: Desk) -> None:
    plans = desk.write(lambda tx: tx.folders.create(desk.account, None, "Plans"))
    desk.write(lambda tx: tx.folders.remove(plans))
    assert differences(desk, desk.account) == []
    assert desk.sql("SELECT count(*) FROM folder WHERE id = ?", plans) == [(0,)]


def test_what_makes_no_sense_is_refused(desk: Desk) -> None:
    plans = desk.write(lambda tx: tx.folders.create(desk.account, None, "Plans"))
    sub = desk.write(lambda tx: tx.folders.create(desk.account, plans, "Sub"))
    desk.put(desk.new(1, sub))
    for bad in (
        lambda tx: tx.folders.create(desk.account, None, "  "),
        lambda tx: tx.folders.create(desk.account, None, "Plans"),
        lambda tx: tx.folders.rename(plans, ""),
        lambda tx: tx.folders.rename(sub, "Inner", parent=sub),
        lambda tx: tx.folders.rename(plans, "Plans", parent=sub),
        lambda tx: tx.folders.remove(plans),
    ):
        with pytest.raises(WrongUsage):
            desk.write(bad)
    with pytest.raises(NotFound):
        desk.read(lambda tx: tx.folders.get(FolderId(99)))


@pytest.mark.parametrize("name", ["INBOX", "inbox", "Inbox"])
def test_the_name_of_the_inbox_is_its_own(desk: Desk, name: str) -> None:
    mine = desk.write(lambda tx: tx.folders.create(desk.account, None, "Mine"))
    with pytest.raises(WrongUsage):
        desk.write(lambda tx: tx.folders.rename(mine, name))
    with pytest.raises(WrongUsage):
        desk.write(lambda tx: tx.folders.create(desk.account, None, name))
    assert desk.write(lambda tx: tx.folders.create(desk.account, mine, name))


def test_moving_to_another_account_in_one_step_is_refused(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1))
    other = desk.write(lambda tx: tx.accounts.add(LOCAL))
    inbox = next(row.id for row in desk.library.folders() if row.account == other and row.role is Role.INBOX)
    with pytest.raises(WrongUsage):
        desk.write(lambda tx: tx.messages.move([one], inbox))
    (copy,) = desk.write(lambda tx: tx.messages.copy([one], inbox))
    assert desk.library.summary(copy).folder == inbox
    assert desk.library.counts(Unified.INBOX) == (2, 2)
    assert sorted(desk.library.ids(Unified.INBOX)) == [one, copy]


def test_folders_that_left_the_server_leave_the_tree_unless_something_is_left_in_them(desk: Desk) -> None:
    empty, full = desk.adopt("Empty"), desk.adopt("Full")
    there, only_here = desk.put(desk.new(1, empty), desk.new(2, full, uid=0, content=b"c" * 32))
    present = [*(one.name for one in desk.library.folders() if one.name not in ("Empty", "Full"))]
    gone = desk.write(lambda tx: tx.folders.gone(desk.account, present))
    assert gone == [empty, full]
    for folder in gone:
        desk.write(lambda tx, one=folder: tx.copies.drop_folder(one))
    assert not {"Empty", "Full"} & set(paths(desk, desk.account))
    assert desk.write(lambda tx: tx.copies.sweep_vanished(desk.account)) == 1
    assert "Full" in paths(desk, desk.account) and "Empty" not in paths(desk, desk.account)
    assert [one.path for one in differences(desk, desk.account)] == ["Full"]
    assert list(desk.library.ids(full)) == [only_here]
    assert desk.library.summaries([there]) == []
    assert counts_are_right(desk)


def test_marks_and_problems(desk: Desk) -> None:
    inbox = desk.folder_of(Role.INBOX)
    mark = FolderMark("INBOX", "/", 7, 100, 5_000_000_000, 33, frozenset({"\\marked"}))
    desk.write(lambda tx: tx.folders.set_mark(inbox, mark))
    assert desk.read(lambda tx: tx.folders.mark(inbox)) == mark
    desk.write(lambda tx: tx.folders.set_problem(inbox, "No permission"))
    assert desk.folder_row(Role.INBOX).problem == "No permission"
    assert desk.news[-1].folders == {inbox}
    plans = desk.write(lambda tx: tx.folders.create(desk.account, None, "Plans"))
    desk.write(lambda tx: tx.folders.fail(plans, "Not allowed", 50))
    assert differences(desk, desk.account, 49) == []
    assert len(differences(desk, desk.account, 50)) == 1


def test_the_inbox_is_found_whatever_it_is_called(desk: Desk) -> None:
    inbox = desk.folder_of(Role.INBOX)
    for path in ("INBOX", "inbox", "Inbox"):
        found = desk.read(lambda tx, p=path: tx.folders.by_path(desk.account, p))
        assert found is not None and found.id == inbox
    assert desk.read(lambda tx: tx.folders.by_path(desk.account, "nowhere")) is None
