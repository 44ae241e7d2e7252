"""One account against a real server: first pulls, interrupted ones, folders, refusals, undo, lesser servers."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from desktopmail.domain.account import ImapServer
from desktopmail.domain.errors import ContentMissing
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.engine.imap import bodies, push, windows
from tests.servers import dovecot as dovecot_module
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import CuttingProxy
from tests.servers.two_sides import OtherProgram, Ours, World, letter

Story = Callable[[Ours, OtherProgram], Awaitable[None]]


def both(server: Dovecot, user: User, folder: Path, story: Story) -> None:
    """Run a story with our program and another one on the same mailbox."""

    async def inside() -> None:
        ours = await Ours.open(folder, server.endpoint("imaps", user), user.password)
        other = OtherProgram(server, user)
        try:
            await story(ours, other)
        finally:
            other.close()
            await ours.store.close()

    asyncio.run(inside())


async def synced(ours: Ours, *, headers_only: bool = False) -> None:
    report = await ours.sync(headers_only=headers_only)
    assert report.problems == ()


async def agrees(ours: Ours, other: OtherProgram) -> None:
    here, there = await ours.contents(), other.contents()
    assert {name: rows for name, rows in here.items() if rows} == {name: rows for name, rows in there.items() if rows}


def test_a_first_sync_brings_everything_byte_for_byte(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    letters = [letter(number) for number in range(1, 701)]
    dovecot.seed(dovecot_user, "INBOX", letters[:600], flags=lambda index: "S" if index % 2 else "")
    dovecot.seed(dovecot_user, "Projekte/Brücke", letters[600:])

    async def story(ours: Ours, other: OtherProgram) -> None:
        report = await ours.sync()
        assert (report.new, report.problems) == (700, ())
        assert report.bytes == sum(map(len, letters))
        tree = {folder.path: folder for folder in await ours.folders()}
        assert (tree["Inbox"].total, tree["Inbox"].unread) == (600, 300)
        assert tree["Projekte/Brücke"].total == 100
        assert tree["Sent"].role is Role.SENT
        await agrees(ours, other)
        stored = set()
        for message in await ours.ids(tree["Inbox"]):
            facts = await ours.store.read(lambda tx, one=message: tx.messages.facts(one))
            assert facts.content is not None
            stored.add(await ours.store.raw(facts.content))
        assert stored == set(letters[:600])
        again = await ours.sync()
        assert (again.new, again.changed, again.removed, again.pushed, again.bytes) == (0, 0, 0, 0, 0)

    both(dovecot, dovecot_user, tmp_path, story)


def test_an_interrupted_first_sync_goes_on_where_it_was(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 3_001)])

    async def inside() -> None:
        async with CuttingProxy(dovecot.ports["imaps"]) as proxy:
            endpoint = replace(dovecot.endpoint("imaps", dovecot_user), port=proxy.port)
            ours = await Ours.open(tmp_path, endpoint, dovecot_user.password)
            brought = 0
            for size in (150_000, 300_000, 500_000, None):
                proxy.cut_after(down=size)
                report = await ours.sync(headers_only=True)
                assert [problem.kind for problem in report.problems] == (["connection-lost"] if size else [])
                brought += report.new
                inbox = await ours.folder("Inbox")
                assert inbox.total == brought
            assert brought == 3_000
            newest = (await ours.ids(inbox))[:100]
            rows = await ours.store.read(lambda tx: tx.messages.summaries(newest))
            assert {row.subject.split()[1] for row in rows} == {str(number) for number in range(2_901, 3_001)}
            await ours.store.close()

    asyncio.run(inside())


def test_folders_travel_both_ways(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours)
        account = ours.account.id
        mine = await ours.store.write(lambda tx: tx.folders.create(account, None, "Mine"))
        inner = await ours.store.write(lambda tx: tx.folders.create(account, mine, "Größe & co"))
        await ours.write(await ours.folder("Mine/Größe & co"), letter(1))
        other.create("Theirs")
        other.append("Theirs", letter(2))
        await synced(ours)
        assert {"Mine", "Mine/Größe & co", "Theirs"} <= set(other.folders())
        await agrees(ours, other)

        await ours.store.write(lambda tx: tx.folders.rename(mine, "Ours"))
        other.rename("Theirs", "Moved")
        await synced(ours)
        assert {"Ours", "Ours/Größe & co", "Moved"} <= set(other.folders())
        assert "Theirs" not in [folder.path for folder in await ours.folders()]
        assert (await ours.folder("Moved")).total == 1
        await agrees(ours, other)

        await ours.actions.move(await ours.ids(await ours.folder("Ours/Größe & co")), (await ours.folder("Inbox")).id)
        await ours.store.write(lambda tx: tx.folders.remove(inner))
        await synced(ours)
        assert "Ours/Größe & co" not in other.folders()
        await agrees(ours, other)

    both(dovecot, dovecot_user, tmp_path, story)


def test_a_folder_with_unseen_mail_on_the_server_is_not_dropped(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:
    async def story(ours: Ours, other: OtherProgram) -> None:
        other.create("Shared")
        await synced(ours)
        folder = await ours.folder("Shared")
        await ours.store.write(lambda tx: tx.folders.remove(folder.id))
        other.append("Shared", letter(1))
        await ours.sync()
        assert sum(other.contents()["Shared"].values()) == 1
        await synced(ours)
        assert len(await ours.ids(await ours.folder("Shared"))) == 1, "it is back, with what nobody here had seen"
        await agrees(ours, other)

    both(dovecot, dovecot_user, tmp_path, story)


def test_a_new_uidvalidity_costs_no_change_of_the_person(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 41)], flags="S")

    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours)
        inbox, archive = await ours.folder("Inbox"), await ours.folder("Archive")
        ids = await ours.ids(inbox)
        await ours.actions.star(ids[:3], True)
        await ours.actions.move(ids[5:8], archive.id)
        await ours.actions.remove(ids[10:12])
        await ours.write(inbox, letter(99))
        other.open("Trash")
        place = dovecot.maildir(dovecot_user)
        for file in [*place.glob("dovecot-uidlist*"), *place.glob("dovecot.index*"), *place.glob("dovecot.list*")]:
            file.unlink()
        before = (await ours.store.read(lambda tx: tx.folders.mark(inbox.id))).uid_validity
        await synced(ours)
        await synced(ours)
        mark = await ours.store.read(lambda tx: tx.folders.mark(inbox.id))
        assert mark.uid_validity != before
        await agrees(ours, other)
        there = other.contents()
        assert sum(1 for row in there["INBOX"] if row[1] & Flags.STARRED) == 3
        assert sum(there["Archive"].values()) == 3
        assert sum(there["INBOX"].values()) == 40 - 3 - 2 + 1
        assert set(ids[:3]) <= set(await ours.ids(inbox)), "known messages were recognised, not made anew"

    both(dovecot, dovecot_user, tmp_path, story)


def test_undo_after_the_push_brings_mail_back(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 11)])

    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours)
        inbox = await ours.folder("Inbox")
        before = other.contents()
        await ours.actions.trash((await ours.ids(inbox))[:4])
        await synced(ours)
        assert sum(other.contents()["Trash"].values()) == 4
        await ours.actions.undo()
        await synced(ours)
        assert other.contents() == before
        await ours.actions.remove((await ours.ids(inbox))[:2])
        await synced(ours)
        assert sum(other.contents()["INBOX"].values()) == 8
        await ours.actions.undo()
        await synced(ours)
        assert other.contents() == before
        await agrees(ours, other)

    both(dovecot, dovecot_user, tmp_path, story)


def test_a_full_server_keeps_the_rest_going(certificates: Certificates, tmp_path: Path) -> None:
    if reason := Dovecot.missing():
        pytest.skip(reason)
    server = Dovecot(certificates=certificates, quota="100K")
    server.start()
    user = server.add_user()
    server.seed(user, "INBOX", [letter(number) for number in range(1, 6)])

    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours)
        inbox = await ours.folder("Inbox")
        ids = await ours.ids(inbox)
        large = await ours.write(await ours.folder("Sent"), letter(50, "large") + b"y" * 150_000)
        await ours.actions.star(ids[:1], True)
        await synced(ours)
        assert sum(1 for row in other.contents()["INBOX"] if row[1] & Flags.STARRED) == 1
        summary = await ours.store.read(lambda tx: tx.messages.summary(large))
        assert "OVERQUOTA" in summary.problem or "uota" in summary.problem
        assert await ours.store.read(lambda tx: tx.difference.next_due(ours.account.id)) is not None
        assert await ours.store.raw((await ours.store.read(lambda tx: tx.messages.facts(large))).content or b"")
        await ours.store.write(lambda tx: tx.messages.remove([large]))
        await synced(ours)
        await agrees(ours, other)

    try:
        both(server, user, tmp_path, story)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def plain_server(certificates: Certificates) -> Iterator[Dovecot]:
    """A server that announces nothing but the base protocol and no special folders."""
    if reason := Dovecot.missing():
        pytest.skip(reason)
    server = Dovecot(certificates=certificates, capabilities="IMAP4rev1", special={})
    server.start()
    yield server
    server.stop()


def test_a_server_without_any_extension_agrees_too(plain_server: Dovecot, tmp_path: Path) -> None:
    user = plain_server.add_user()

    async def story(ours: Ours, other: OtherProgram) -> None:
        other.create("Plain")
        world = World(ours, other, random.Random(5))
        for _ in range(6):
            await world.edit_here(4)
            world.edit_there(4)
            await world.settle()
            await world.check()

    both(plain_server, user, tmp_path, story)


@pytest.fixture(scope="module")
def dotted_server(certificates: Certificates) -> Iterator[Dovecot]:
    """A server with everything below INBOX and dots between levels, as Courier and old Cyrus have it."""
    if reason := Dovecot.missing():
        pytest.skip(reason)
    with pytest.MonkeyPatch.context() as patch:
        config = dovecot_module.CONFIG.replace("  separator = /\n", "  separator = .\n  prefix = INBOX.\n")
        patch.setattr(dovecot_module, "CONFIG", config)
        server = Dovecot(certificates=certificates)
        server.start()
    yield server
    server.stop()


def test_a_server_with_a_prefix_and_dots_agrees_too(dotted_server: Dovecot, tmp_path: Path) -> None:
    user = dotted_server.add_user()

    async def story(ours: Ours, other: OtherProgram) -> None:
        other.create("INBOX.Work.Deep")
        await synced(ours)
        assert {"Inbox", "Sent", "Work/Deep"} <= {folder.path for folder in await ours.folders()}
        account = ours.account.id
        mine = await ours.store.write(lambda tx: tx.folders.create(account, None, "Mine.dot"))
        await ours.store.write(lambda tx: tx.folders.create(account, mine, "in/ner"))
        await synced(ours)
        assert {"INBOX.Mine-dot", "INBOX.Mine-dot.in-ner"} <= set(other.folders())
        world = World(ours, other, random.Random(4))
        for _ in range(5):
            await world.edit_here(4)
            world.edit_there(4)
            await world.settle()
            await world.check()
        await ours.store.write(lambda tx: tx.folders.rename(mine, "Yours"))
        await synced(ours)
        assert {"INBOX.Yours", "INBOX.Yours.in-ner"} <= set(other.folders())
        assert all(folder.problem == "" for folder in await ours.folders())
        await agrees(ours, other)

    both(dotted_server, user, tmp_path, story)


def test_folders_with_a_role_are_made_when_something_goes_there(plain_server: Dovecot, tmp_path: Path) -> None:
    user = plain_server.add_user()
    plain_server.seed(user, "INBOX", [letter(1)])

    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours)
        assert other.folders() == ["INBOX"]
        await ours.actions.trash(await ours.ids(await ours.folder("Inbox")))
        await synced(ours)
        assert other.folders() == ["INBOX", "Trash"]
        await agrees(ours, other)

    both(plain_server, user, tmp_path, story)


@pytest.mark.parametrize("held", [True, False])
def test_large_mail_waits_until_somebody_wants_it(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:  # P14
    """Also one that is too long to be held in memory."""
    if not held:
        monkeypatch.setattr(bodies, "WHOLE", 5_000)
        monkeypatch.setattr("desktopmail.engine.imap.large.PIECE", 999)
    monkeypatch.setattr(bodies, "ON_DEMAND_SIZE", 5_000)
    assert windows.ON_DEMAND_SIZE > 5_000
    large = letter(2) + b"z" * 10_000
    dovecot.seed(dovecot_user, "INBOX", [letter(1), large])

    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours)
        rows = await ours.store.read(lambda tx: tx.messages.summaries([1, 2]))
        assert {row.subject.split()[1]: row.fetched for row in rows} == {"1": Fetched.FULL, "2": Fetched.HEADERS}
        wanted = next(row.id for row in rows if row.fetched is Fetched.HEADERS)
        remote, _ = ours.remote()
        await remote.fetch(wanted)
        facts = await ours.store.read(lambda tx: tx.messages.facts(wanted))
        assert facts.content is not None
        assert await ours.store.raw(facts.content) == large
        incoming = ours.store.folder / "incoming"
        assert incoming.exists() is not held and list(incoming.glob("*")) == []
        other.append("INBOX", letter(3))
        await synced(ours, headers_only=True)
        gone = (await ours.ids(await ours.folder("Inbox")))[0]
        other.verb("STORE", other.open("INBOX")[-1], "+FLAGS", "(\\Deleted)")
        other.verb("EXPUNGE", "1:*")
        with pytest.raises(ContentMissing):
            await remote.fetch(gone)
        await remote.close()

    both(dovecot, dovecot_user, tmp_path, story)


def test_old_mail_is_listed_and_comes_when_it_is_wanted(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    now = int(time.time())
    old, starred, new = letter(1), letter(2), letter(3)
    letters = [each.replace(b"Thu, 01 Jan 2026", b"Thu, 01 Jan 2015") for each in (old, starred)]
    new = re.sub(rb"Date: [^\r]*", f"Date: {formatdate(now)}".encode(), new)
    dovecot.seed(dovecot_user, "INBOX", [*letters, new], flags=lambda index: "F" if index == 1 else "", received=now)

    async def story(ours: Ours, other: OtherProgram) -> None:
        ours.account = replace(
            ours.account, incoming=ImapServer(server.endpoint("imaps", dovecot_user), offline_days=30)
        )
        await synced(ours)
        rows = {
            row.id: row for row in await ours.store.read(lambda tx: tx.messages.summaries(map(MessageId, (1, 2, 3))))
        }
        fetched = {row.subject.split()[1]: row.fetched for row in rows.values()}
        assert fetched == {"1": Fetched.HEADERS, "2": Fetched.FULL, "3": Fetched.FULL}
        remote, _ = ours.remote()
        wanted = next(row.id for row in rows.values() if row.fetched is Fetched.HEADERS)
        await remote.fetch(wanted)
        await remote.close()
        facts = await ours.store.read(lambda tx: tx.messages.facts(wanted))
        assert facts.content is not None and await ours.store.raw(facts.content) == letters[0]

    server = dovecot
    both(dovecot, dovecot_user, tmp_path, story)


def test_a_message_the_server_cannot_give_stops_nothing(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 31)])
    broken = sorted((dovecot.maildir(dovecot_user) / "cur").iterdir())[14]

    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours, headers_only=True)
        broken.chmod(0)
        for _ in range(3):
            await ours.sync()
        ids = await ours.ids(await ours.folder("Inbox"))
        rows = await ours.store.read(lambda tx: tx.messages.summaries(ids))
        assert [row.subject.split()[1] for row in rows if row.fetched is not Fetched.FULL] == ["15"]
        report = await ours.sync()
        assert (report.problems, report.bytes) == ((), 0), "it is not asked for again and again"
        broken.chmod(0o600)
        remote, _ = ours.remote()
        lost = next(row.id for row in rows if row.fetched is not Fetched.FULL)
        await remote.fetch(lost)
        assert (await ours.store.read(lambda tx: tx.messages.facts(lost))).content is not None
        await remote.close()

    both(dovecot, dovecot_user, tmp_path, story)


def test_more_changes_than_one_batch_go_in_one_round(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "AT_ONCE", 20)
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 151)])

    async def story(ours: Ours, other: OtherProgram) -> None:
        await synced(ours, headers_only=True)
        ids = await ours.ids(await ours.folder("Inbox"))
        await ours.actions.mark_read(ids, True)
        await ours.actions.move(ids[:70], (await ours.folder("Archive")).id)
        await synced(ours, headers_only=True)
        assert await ours.waiting() == 0
        await agrees(ours, other)

    both(dovecot, dovecot_user, tmp_path, story)
