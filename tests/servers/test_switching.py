"""An account is switched in place between IMAP and POP3 on a real server: nothing lost, nothing twice, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from desktopmail.domain.account import Account, Endpoint, ImapServer, Keep, Leave, NewAccount, Pop3Server, Security
from desktopmail.domain.errors import DiskFull, MailError, NotFound, WrongUsage
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.engine import Engine
from desktopmail.engine.imap import bodies
from desktopmail.store.rows import NewContent
from desktopmail.store.secrets import Memory
from desktopmail.store.transaction import Transaction
from tests.servers.dovecot import Dovecot, User

T = TypeVar("T")
Story = Callable[["Desk"], Awaitable[T]]


def letter(number: int, *, named: bool = True) -> bytes:
    name = f"Message-ID: <{number}@switch.test>\r\n" if named else ""
    return (
        f"From: Grace <grace@example.org>\r\nTo: ada@example.org\r\nSubject: letter {number}\r\n{name}"
        f"Date: Thu, 01 Jan 2026 10:{number:02}:00 +0000\r\n\r\n.text {number}\r\n{'x' * number * 11}\r\n"
    ).encode()


class Desk:
    """One account of one user of the real server."""

    def __init__(self, engine: Engine, account: AccountId, dovecot: Dovecot, user: User) -> None:
        self.engine = engine
        self.account = account
        self.dovecot = dovecot
        self.user = user

    @property
    def imap(self) -> ImapServer:
        return ImapServer(self.dovecot.endpoint("imaps", self.user))

    @property
    def pop3(self) -> Pop3Server:
        return Pop3Server(self.dovecot.endpoint("pop3s", self.user))

    async def sync(self) -> tuple[int, int]:
        """New messages and bytes of content that came."""
        (report,) = await self.engine.sync([self.account])
        assert report.problems == ()
        return report.new, report.bytes

    def now(self) -> Account:
        (account,) = self.engine.library.accounts()
        return account

    async def mail(self) -> dict[MessageId, tuple[str, Flags, bytes]]:
        """Every message: folder, flags and bytes."""
        found = {}
        for folder in self.engine.library.folders():
            for row in self.engine.library.summaries(self.engine.library.ids(folder.id)):
                found[row.id] = (folder.path, row.flags, await self.engine.reading.raw(row.id))
        return found

    def there(self, folder: str = "INBOX") -> int:
        return len(self.dovecot.messages(self.user, folder))


def play(folder: Path, dovecot: Dovecot, user: User, kind: str, story: Story[T]) -> T:
    @asynccontextmanager
    async def desk() -> AsyncIterator[Desk]:
        passwords = Memory()
        engine = await Engine.open(folder, passwords=passwords)
        server = Desk(engine, AccountId(0), dovecot, user)
        new = NewAccount(user.address, "Work", "Ada", server.imap if kind == "imap" else server.pop3, None)
        server.account = await engine.accounts.add(new, user.password)
        try:
            yield server
        finally:
            await engine.close()

    async def inside() -> T:
        async with asyncio.timeout(60), desk() as server:
            return await story(server)

    return asyncio.run(inside())


def test_to_pop3_and_back(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    letters = [*(letter(number) for number in range(1, 21)), letter(30, named=False), letter(31, named=False)]
    dovecot.seed(dovecot_user, "INBOX", letters, flags=lambda index: "S" if index % 3 else "")
    dovecot.seed(dovecot_user, "Projects", [letter(number) for number in range(40, 45)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        before, identities = await desk.mail(), desk.now().identities
        assert len(before) == 27
        report = await desk.engine.switching.to_pop3(desk.account, desk.pop3)
        assert (report.messages, report.linked, report.here, report.there) == (27, 22, 5, 0)
        assert desk.now().kind == "pop3" and desk.now().identities == identities
        assert await desk.mail() == before
        assert await desk.sync() == (0, 0)
        assert await desk.mail() == before and desk.there() == 22 and desk.there("Projects") == 5
        dovecot.seed(dovecot_user, "INBOX", [letter(50)])
        assert (await desk.sync())[0] == 1
        (new,) = set(await desk.mail()) - set(before)

        await desk.engine.switching.undo(desk.account)
        assert desk.now().kind == "imap"
        assert await desk.sync() == (0, 0)
        after = await desk.mail()
        assert after.pop(new)[0] == "Inbox" and after == before
        assert desk.there() == 23 and desk.there("Projects") == 5
        await desk.engine.actions.star([new, next(iter(before))], True)
        (report_,) = await desk.engine.sync([desk.account])
        assert report_.pushed == 2 and desk.there() == 23
        with pytest.raises(NotFound):
            await desk.engine.switching.undo(desk.account)

    play(tmp_path, dovecot, dovecot_user, "imap", story)


def test_to_imap_and_back(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    letters = [*(letter(number) for number in range(1, 16)), letter(30, named=False)]
    dovecot.seed(dovecot_user, "INBOX", letters)

    async def story(desk: Desk) -> None:
        await desk.sync()
        inbox = next(each for each in desk.engine.library.folders() if each.role is Role.INBOX)
        kept = await desk.engine.folders.create(desk.account, "Kept")
        ids = [MessageId(one) for one in desk.engine.library.ids(inbox.id)]
        await desk.engine.actions.move([ids[5], ids[6], ids[0]], kept)
        await desk.engine.actions.mark_read(ids[3:6], True)
        before = await desk.mail()
        for number in (2, 3):
            dovecot.doveadm("expunge", "-u", dovecot_user.name, "mailbox", "INBOX", "subject", f"letter {number}")
        left = desk.there()
        dovecot.seed(dovecot_user, "Projects", [letter(60)])

        report = await desk.engine.switching.to_imap(desk.account, desk.imap)
        assert left == 13 and report.messages == 16
        assert (report.linked, report.here, report.there, report.shared) == (11, 5, 1, 2)
        assert (await desk.sync())[1] == len(letter(60)), "what is here is not downloaded again"
        after = await desk.mail()
        assert {one: after[one] for one in before} == before
        assert desk.there() == left, "nothing is uploaded without being asked for"
        alone = next(one for one in ids if b"Subject: letter 2\r\n" in after[one][2])
        await desk.engine.actions.star([alone], True)
        await desk.sync()
        assert desk.there() == left, "and not because of a star"
        await desk.engine.actions.star([alone], False)
        seen = dovecot.doveadm("search", "-u", dovecot_user.name, "mailbox", "INBOX", "seen").count("\n")
        assert seen == 4, "two that were read here, and two that the server alone has in this folder"
        assert sorted(path for path, _, _ in after.values()).count("Projects") == 1
        raws = [raw for path, _, raw in after.values() if path == "Inbox"]
        doubled = {raw for raw in raws if raws.count(raw) > 1}
        assert doubled == set()

        await desk.engine.switching.undo(desk.account)
        assert desk.now().kind == "pop3"
        assert (await desk.sync())[0] == 0
        again = await desk.mail()
        assert {one: again[one] for one in before} == before and len(again) == len(after)

    play(tmp_path, dovecot, dovecot_user, "pop3", story)


def test_a_last_line_without_an_end_is_recognised_all_the_same(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:
    """By POP3 every message comes with a line end more, if it has none."""
    dovecot.seed(dovecot_user, "INBOX", [letter(1), *(letter(number).removesuffix(b"\r\n") for number in (2, 3))])

    async def story(desk: Desk) -> None:
        await desk.sync()
        before = await desk.mail()
        report = await desk.engine.switching.to_imap(desk.account, desk.imap)
        assert (report.messages, report.linked, report.here, report.there) == (3, 3, 0, 0)
        assert await desk.sync() == (0, 0)
        assert await desk.mail() == before and desk.there() == 3

    play(tmp_path, dovecot, dovecot_user, "pop3", story)


def test_to_imap_with_everything(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """With `upload` the server gets what it lacks, once."""
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 6)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        kept = await desk.engine.folders.create(desk.account, "Kept")
        inbox = next(each for each in desk.engine.library.folders() if each.role is Role.INBOX)
        await desk.engine.actions.move([MessageId(one) for one in desk.engine.library.ids(inbox.id)[2:4]], kept)
        dovecot.doveadm("expunge", "-u", dovecot_user.name, "mailbox", "INBOX", "subject", "letter 5")
        before = await desk.mail()
        await desk.engine.switching.to_imap(desk.account, desk.imap, upload=True)
        for _ in range(2):
            await desk.sync()
        assert {one: (await desk.mail())[one] for one in before} == before
        assert desk.there("Kept") == 2 and desk.there() == 3

    play(tmp_path, dovecot, dovecot_user, "pop3", story)


def test_what_fails_changes_nothing(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 6)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        before, account = await desk.mail(), desk.now()
        nobody = Pop3Server(Endpoint("localhost", 1, Security.TLS, dovecot_user.name))
        stranger = Pop3Server(replace(desk.pop3.endpoint, user="nobody-of-that-name"))
        for server in (nobody, stranger):
            with pytest.raises(MailError):
                await desk.engine.switching.to_pop3(desk.account, server)
        with pytest.raises(WrongUsage):
            await desk.engine.switching.to_imap(desk.account, desk.imap)
        assert desk.now() == account and await desk.mail() == before
        assert await desk.sync() == (0, 0)
        with pytest.raises(NotFound):
            await desk.engine.switching.undo(desk.account)

    play(tmp_path, dovecot, dovecot_user, "imap", story)


def test_while_everything_is_running(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """The account's lanes rest meanwhile and go on by the other protocol."""
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 6)])

    async def story(desk: Desk) -> None:
        arrived = asyncio.Event()
        desk.engine.on_change(lambda changes: arrived.set() if changes.added else None)

        async def until(count: int) -> None:
            while len(await desk.mail()) < count:
                arrived.clear()
                desk.engine.retry(desk.account)
                await arrived.wait()

        await desk.engine.start()
        await until(5)
        before = set(await desk.mail())
        await desk.engine.switching.to_pop3(desk.account, desk.pop3)
        dovecot.seed(dovecot_user, "INBOX", [letter(50)])
        await until(6)
        await desk.engine.switching.to_imap(desk.account, desk.imap)
        dovecot.seed(dovecot_user, "INBOX", [letter(51)])
        await until(7)
        assert before < set(await desk.mail()) and desk.there() == 7

    play(tmp_path, dovecot, dovecot_user, "imap", story)


def test_everything_has_to_be_here(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """A message that is damaged here, or a wish the server refuses, stands in the way and is named."""
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 4)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        (first, *_) = await desk.mail()

        def harm(tx: Transaction) -> None:
            tx.messages.set_content([NewContent(first, b"\1" * 32, 10, "", 0)])

        await desk.engine._store.write(harm)
        with pytest.raises(MailError) as caught:
            await desk.engine.switching.to_pop3(desk.account, desk.pop3)
        assert "Nothing was changed" in caught.value.detail and desk.now().kind == "imap"
        assert desk.there() == 3

    play(tmp_path, dovecot, dovecot_user, "imap", story)


def test_what_was_left_on_the_server_comes_first(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old messages and large ones, which no round brings by itself."""
    monkeypatch.setattr(bodies, "ON_DEMAND_SIZE", 5_000)
    letters = [letter(1), letter(2), letter(3) + b"z" * 9_000]
    dovecot.seed(dovecot_user, "INBOX", letters)

    async def story(desk: Desk) -> None:
        shallow = replace(desk.imap, offline_days=30)
        await desk.engine.accounts.change(replace(desk.now(), incoming=shallow))
        assert (await desk.sync())[1] == 0
        report = await desk.engine.switching.to_pop3(desk.account, desk.pop3)
        assert (report.messages, report.linked) == (3, 3)
        assert sorted(raw for _, _, raw in (await desk.mail()).values()) == sorted(letters)
        await desk.engine.switching.undo(desk.account)
        assert desk.now().incoming == shallow

    play(tmp_path, dovecot, dovecot_user, "imap", story)


def test_what_a_rule_removed_from_the_server_stays_here_when_the_switch_is_taken_back(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 7)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        before = await desk.mail()
        await desk.engine.switching.to_pop3(desk.account, replace(desk.pop3, leave=Leave(Keep.NO)))
        await desk.sync()
        assert desk.there() == 0 and await desk.mail() == before
        await desk.engine.switching.undo(desk.account)
        assert desk.now().kind == "imap"
        await desk.sync()
        await desk.sync()
        assert await desk.mail() == before

    play(tmp_path, dovecot, dovecot_user, "imap", story)


def test_what_was_removed_here_alone_stays_on_the_server_when_the_switch_is_taken_back(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 7)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        await desk.engine.switching.to_pop3(desk.account, desk.pop3)
        first = next(iter(await desk.mail()))
        await desk.engine.actions.remove([first])
        await desk.sync()
        assert desk.there() == 6 and len(await desk.mail()) == 5
        await desk.engine.switching.undo(desk.account)
        await desk.sync()
        await desk.sync()
        assert desk.there() == 6 and len(await desk.mail()) == 6

    play(tmp_path, dovecot, dovecot_user, "imap", story)


@pytest.mark.parametrize("kind", ["imap", "pop3"])
def test_a_full_disk_leaves_everything_as_it_was(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path, kind: str
) -> None:
    """The account, its mail and its password, for nothing of the last step was written."""
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 4)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        before, account, store = await desk.mail(), desk.now(), desk.engine._store
        write = store.write

        async def full(fn: Callable[[Transaction], T], *, durable: bool = False) -> T:
            if durable and fn.__qualname__.startswith("Switching."):
                raise DiskFull("There is no room left")
            return await write(fn, durable=durable)

        store.write = full  # type: ignore[method-assign]
        with pytest.raises(DiskFull):
            if kind == "imap":
                await desk.engine.switching.to_pop3(desk.account, desk.pop3)
            else:
                await desk.engine.switching.to_imap(desk.account, desk.imap)
        store.write = write  # type: ignore[method-assign]
        assert desk.now() == account and await desk.mail() == before
        assert await desk.sync() == (0, 0)

    play(tmp_path, dovecot, dovecot_user, kind, story)


def test_asked_twice_at_once_it_is_done_once(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 4)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        before = await desk.mail()
        asked = [desk.engine.switching.to_pop3(desk.account, desk.pop3) for _ in range(2)]
        _, second = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(second, WrongUsage)
        await desk.engine.switching.undo(desk.account)
        assert await desk.sync() == (0, 0) and await desk.mail() == before and desk.there() == 3

    play(tmp_path, dovecot, dovecot_user, "imap", story)


def test_what_is_changed_meanwhile_is_kept(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(1)])

    async def story(desk: Desk) -> None:
        await desk.sync()
        changing: list[asyncio.Task[None]] = []

        def rename(words: str) -> None:
            if not changing:
                changing.append(asyncio.create_task(desk.engine.accounts.change(replace(desk.now(), name="Renamed"))))

        await desk.engine.switching.to_pop3(desk.account, desk.pop3, rename)
        await changing.pop()
        assert (desk.now().kind, desk.now().name) == ("pop3", "Renamed")
        await desk.engine.accounts.change(replace(desk.now(), name="Work"))
        await desk.engine.switching.to_imap(desk.account, desk.imap, say=rename)
        await changing.pop()
        assert (desk.now().kind, desk.now().name) == ("imap", "Renamed")
        await desk.engine.accounts.change(replace(desk.now(), name="Work"))
        await desk.engine.switching.undo(desk.account, rename)
        await changing.pop()
        assert (desk.now().kind, desk.now().name) == ("pop3", "Renamed")

    play(tmp_path, dovecot, dovecot_user, "imap", story)
