"""The person's verbs: what they do, what they say, and that everything can be taken back, also after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from desktopmail.domain.account import NewAccount
from desktopmail.domain.errors import ContentMissing, NeedsPerson, NotFound, WrongUsage
from desktopmail.domain.folder import Lives, Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.engine.actions import Actions
from desktopmail.engine.folders import Folders
from desktopmail.engine.library import Library
from desktopmail.store.rows import CopyRow, FolderMark
from tests.unit.engine.profile import Profile, profile

Test = Callable[[Profile, Actions], Awaitable[None]]


def run(folder: Path, test: Test) -> None:
    async def inside() -> None:
        async with profile(folder) as opened:
            await test(opened, Actions(opened.store))

    asyncio.run(inside())


async def other_account(opened: Profile) -> AccountId:
    new = NewAccount("bob@example.org", "Other", "Bob", None, None)
    return await opened.store.write(lambda tx: tx.accounts.add(new))


async def folder_of(opened: Profile, account: AccountId, role: Role) -> FolderId:
    return await opened.store.read(lambda tx: next(f.id for f in tx.folders.all(account) if f.role is role))


async def flags_of(opened: Profile, message: MessageId) -> tuple[Flags, frozenset[str]]:
    return (await opened.store.read(lambda tx: tx.messages.flags([message])))[message]


def test_flags_and_tags_and_their_words(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        ids = await opened.insert(Role.INBOX, 3)
        assert (await actions.mark_read(ids, True)).label == "3 messages marked as read"
        assert (await actions.star(ids[:1], True)).label == "1 message starred"
        tagged = await actions.tag(ids[:1], "work", True)
        assert tagged.label == "1 message tagged work"
        assert await flags_of(opened, ids[0]) == (Flags.SEEN | Flags.STARRED, frozenset({"work"}))
        await actions.undo()
        await actions.undo()
        assert await flags_of(opened, ids[0]) == (Flags.SEEN, frozenset())

    run(tmp_path, test)


@pytest.mark.parametrize("tag", ["", "two words", "ünïcode", "a(b", "\\Seen", "a\n"])
def test_tags_that_no_server_can_keep(tmp_path: Path, tag: str) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        ids = await opened.insert(Role.INBOX)
        with pytest.raises(WrongUsage):
            await actions.tag(ids, tag, True)

    run(tmp_path, test)


def test_moves_wait_their_grace_and_can_be_taken_back(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        ids = await opened.insert(Role.INBOX, 2)
        inbox = await opened.folder(Role.INBOX)
        await opened.store.write(
            lambda tx: (
                tx.folders.set_mark(inbox, FolderMark("INBOX")),
                tx.copies.add([CopyRow(inbox, n, each, Flags.NONE) for n, each in enumerate(ids, 1)]),
            )
        )
        receipt = await actions.trash(ids)
        assert (receipt.label, receipt.count) == ("2 messages moved to Trash", 2)
        due = await opened.store.read(lambda tx: (tx.difference.for_account(opened.account, tx.now), tx.now))
        assert due[0] == []
        later = await opened.store.read(lambda tx: tx.difference.for_account(opened.account, tx.now + 6))
        assert len(later) == 2
        await actions.undo(receipt.undo)
        assert await opened.role_of(ids[0]) is Role.INBOX
        assert await opened.store.read(lambda tx: tx.difference.for_account(opened.account, tx.now + 60)) == []
        await actions.at_once().trash(ids)
        assert len(await opened.store.read(lambda tx: tx.difference.for_account(opened.account, tx.now))) == 2

    run(tmp_path, test)


def test_undo_after_a_restart_leaves_later_changes_alone(tmp_path: Path) -> None:  # D37
    ids: list[MessageId] = []

    async def first(opened: Profile, actions: Actions) -> None:
        ids.extend(await opened.insert(Role.INBOX, 2))
        await actions.archive(ids)

    async def second(opened: Profile, actions: Actions) -> None:
        await opened.store.write(lambda tx: tx.messages.set_flags(ids, add=Flags.STARRED))
        done = await actions.undo()
        assert done.label == "Undone: 2 messages archived"
        assert await opened.role_of(ids[0]) is Role.INBOX
        assert (await flags_of(opened, ids[0]))[0] == Flags.STARRED
        with pytest.raises(NotFound):
            await actions.undo()

    run(tmp_path, first)
    run(tmp_path, second)


def test_removed_for_ever_and_back(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        ids = await opened.insert(Role.INBOX)
        library = Library(opened.store)
        inbox = await opened.folder(Role.INBOX)
        await actions.remove(ids)
        assert list(library.ids(inbox)) == []
        await actions.undo()
        assert list(library.ids(inbox)) == ids

    run(tmp_path, test)


def test_what_is_in_the_trash_asks(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        trashed = await opened.insert(Role.TRASH)
        (inbox,) = await opened.insert(Role.INBOX)
        with pytest.raises(NeedsPerson):
            await actions.trash(trashed)
        assert (await actions.trash([*trashed, inbox])).count == 1
        with pytest.raises(NotFound):
            await actions.trash([MessageId(999)])

    run(tmp_path, test)


def test_junk_moves_and_comes_back(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        (message,) = await opened.insert(Role.INBOX)
        await actions.junk([message], True)
        assert (await opened.role_of(message), (await flags_of(opened, message))[0]) == (Role.JUNK, Flags.JUNK)
        await actions.junk([message], False)
        assert (await opened.role_of(message), (await flags_of(opened, message))[0]) == (Role.INBOX, Flags.NONE)
        await actions.undo()
        assert (await opened.role_of(message), (await flags_of(opened, message))[0]) == (Role.JUNK, Flags.JUNK)

    run(tmp_path, test)


def test_a_move_to_another_account_copies_and_removes(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        (message,) = await opened.insert(Role.INBOX)
        other = await other_account(opened)
        target = await folder_of(opened, other, Role.ARCHIVE)
        library = Library(opened.store)
        receipt = await actions.move([message], target)
        (copy,) = library.ids(target)
        assert receipt.messages == (copy,)
        content = await opened.store.read(lambda tx: tx.messages.facts(MessageId(copy)).content)
        assert content == await opened.store.read(lambda tx: tx.messages.facts(message).content)
        assert list(library.ids(await opened.folder(Role.INBOX))) == []
        await actions.undo()
        assert list(library.ids(target)) == []
        assert list(library.ids(await opened.folder(Role.INBOX))) == [message]

    run(tmp_path, test)


def test_what_is_not_downloaded_cannot_go_to_another_account(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        (message,) = await opened.insert(Role.INBOX, content=None, fetched=Fetched.HEADERS)
        target = await folder_of(opened, await other_account(opened), Role.ARCHIVE)
        with pytest.raises(ContentMissing):
            await actions.move([message], target)
        assert await opened.role_of(message) is Role.INBOX

    run(tmp_path, test)


def test_the_outbox_has_only_its_own_doors(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        message = await opened.queue()
        for verb in (actions.trash, actions.archive, actions.remove):
            with pytest.raises(WrongUsage):
                await verb([message])
        with pytest.raises(WrongUsage):
            await actions.move(await opened.insert(Role.INBOX), await opened.folder(Role.OUTBOX))

    run(tmp_path, test)


def test_folders_are_made_with_parents_and_deleted_with_content_saved(tmp_path: Path) -> None:
    async def test(opened: Profile, actions: Actions) -> None:
        library = Library(opened.store)
        folders = Folders(opened.store, library)
        made = await folders.create(opened.account, "Work/2026/November")
        assert {each.path for each in library.folders()} > {"Work", "Work/2026", "Work/2026/November"}
        with pytest.raises(WrongUsage):
            await folders.create(opened.account, "Work/2026")
        (message,) = await opened.insert(Role.INBOX)
        await actions.move([message], made)
        work = next(each for each in library.folders() if each.path == "Work")
        assert work.lives is Lives.SERVER
        receipt = await folders.delete(work.id)
        assert receipt.label == "Work deleted, 1 message moved to Trash"
        assert await opened.role_of(message) is Role.TRASH
        assert not any(each.path.startswith("Work") for each in library.folders())
        await actions.undo(receipt.undo)
        assert any(each.path == "Work/2026/November" for each in library.folders())
        assert list(library.ids(made)) == [message]
        with pytest.raises(WrongUsage):
            await folders.delete(await opened.folder(Role.INBOX))

    run(tmp_path, test)
