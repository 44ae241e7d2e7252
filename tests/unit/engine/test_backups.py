"""What would be lost with this computer is counted, and a backup is asked for in time and no more often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.account import Endpoint, NewAccount, Pop3Server, Security
from desktopmail.domain.backup import DAY, LastBackup, OnlyHere
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.engine import keeping
from desktopmail.engine.backups import Backups
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.store.backup import last_backup, note_backup
from desktopmail.store.ledger_rows import Stored
from desktopmail.store.rows import CopyRow
from desktopmail.store.transaction import Transaction
from tests.unit.engine.profile import Profile, profile

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("unsaved", "days", "put_off", "waited", "due"),
    [
        (3, 30, 0, 30, True),
        (3, 30, 0, 29, False),
        (0, 30, 0, 400, False),
        (3, 0, 0, 400, False),
        (3, 30, NOW + 1, 400, False),
        (3, 7, NOW, 8, True),
    ],
)
def test_when_a_reminder_is_due(unsaved: int, days: int, put_off: int, waited: int, due: bool) -> None:
    found = OnlyHere(5, unsaved, NOW - waited * DAY)
    assert found.due(days, put_off, NOW) is due


def story(folder: Path, test: Callable[[Profile, AccountId, Backups], object]) -> None:
    """A POP3 account beside the IMAP account of the profile."""

    async def inside() -> None:
        async with profile(folder) as opened:
            server = Pop3Server(Endpoint("pop.test", 995, Security.TLS, "eve"))
            new = NewAccount("eve@example.org", "Eve", "Eve", server, None)
            number = await opened.store.write(lambda tx: tx.accounts.add(new))
            await test(opened, number, Backups(opened.store, SettingsVerbs(opened.store)))  # type: ignore[misc]

    asyncio.run(inside())


async def here(opened: Profile, account: AccountId, count: int, role: Role = Role.INBOX) -> list[MessageId]:
    """Messages in a folder of the POP3 account."""
    return await replace(opened, account=account).insert(role, count)


def test_only_what_no_server_has_counts(tmp_path: Path) -> None:
    async def test(opened: Profile, pop3: AccountId, backups: Backups) -> None:
        await opened.insert(Role.INBOX, 2)
        ids = await here(opened, pop3, 3)
        await here(opened, pop3, 2, Role.TRASH)
        await here(opened, pop3, 2, Role.JUNK)
        await here(opened, pop3, 1, Role.SENT)
        await opened.store.write(lambda tx: tx.ledger.stored(pop3, [Stored("u", 9, ids[0], bytes(32))]))
        found = await backups.only_here()
        assert (found.count, found.unsaved, found.last) == (3, 3, None)
        assert (await backups.only_here(opened.account)).count == 0
        assert (await backups.only_here(pop3)).count == 3
        await opened.store.write(lambda tx: tx.ledger.vanished(pop3, ["u"]))
        assert (await backups.only_here()).count == 4

    story(tmp_path, test)


def test_a_copy_in_an_imap_folder_counts_as_one(tmp_path: Path) -> None:
    async def test(opened: Profile, pop3: AccountId, backups: Backups) -> None:
        (sent,) = await here(opened, pop3, 1, Role.SENT)
        far = await opened.folder(Role.SENT)

        def upload(tx: Transaction) -> None:
            (copy,) = tx.messages.copy([sent], far)
            flags, tags = tx.messages.flags([copy])[copy]
            tx.copies.add([CopyRow(far, 7, copy, flags, tags)])

        assert (await backups.only_here()).count == 1
        await opened.store.write(upload)
        assert (await backups.only_here()).count == 0

    story(tmp_path, test)


def test_what_is_in_the_backup_is_saved(tmp_path: Path) -> None:
    async def test(opened: Profile, pop3: AccountId, backups: Backups) -> None:
        await here(opened, pop3, 2)
        await opened.store.write(lambda tx: tx._db.execute("UPDATE message SET arrived = arrived - ?", (40 * DAY,)))
        found = await backups.reminder()
        assert found is not None and found.unsaved == 2 and found.since <= time.time() - 39 * DAY
        target = tmp_path / "copy"
        await keeping.backup(opened.store.folder, target)
        assert await backups.reminder() is None
        found = await backups.only_here()
        assert (found.count, found.unsaved) == (2, 0)
        assert found.last is not None and found.last.place == str(target)
        assert abs(found.last.at - time.time()) < 600
        note_backup(opened.store.folder, LastBackup(int(time.time()) - 60 * DAY, "old"))
        assert await backups.reminder() is not None

    story(tmp_path, test)


def test_what_comes_from_a_backup_is_in_it(tmp_path: Path) -> None:
    async def test(opened: Profile, pop3: AccountId, backups: Backups) -> None:
        await here(opened, pop3, 2)
        source, again = tmp_path / "copy", tmp_path / "again"
        await keeping.backup(opened.store.folder, source)
        await keeping.restore(source, again)
        found = last_backup(again)
        assert found is not None and found.place == str(source) and abs(found.at - time.time()) < 600

    story(tmp_path, test)


def test_a_reminder_is_put_off_or_not_wanted(tmp_path: Path) -> None:
    async def test(opened: Profile, pop3: AccountId, backups: Backups) -> None:
        await here(opened, pop3, 1)
        await opened.store.write(lambda tx: tx._db.execute("UPDATE message SET arrived = arrived - ?", (40 * DAY,)))
        assert await backups.reminder() is not None
        await backups.put_off()
        assert await backups.reminder() is None
        settings = SettingsVerbs(opened.store)
        assert await opened.store.read(lambda tx: tx.settings.past()) == ()
        await settings.change(backup_put_off_until=0)
        assert await backups.reminder() is not None
        await settings.change(backup_reminder_days=0)
        assert await backups.reminder() is None
        await settings.undo()
        assert await backups.reminder() is not None

    story(tmp_path, test)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"at": 1}', '{"at": "x", "place": 1}'])
def test_an_odd_note_is_no_backup(tmp_path: Path, text: str) -> None:
    assert last_backup(tmp_path) is None
    (tmp_path / "last-backup.json").write_text(text)
    assert last_backup(tmp_path) is None


def test_a_note_that_cannot_be_written_is_let_go(tmp_path: Path) -> None:
    note_backup(tmp_path / "nowhere", LastBackup(1, "x"))
    assert last_backup(tmp_path / "nowhere") is None
