"""The engine as the window runs it: everything goes on by itself, against real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from desktopmail.domain.account import ImapServer, NewAccount, SmtpServer
from desktopmail.domain.activity import State
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Sending
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Copy
from desktopmail.engine.engine import Engine
from desktopmail.engine.notices import Notice
from desktopmail.store.secrets import Memory
from tests.journeys.test_cli_mail import letter
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

SECONDS = 30.0


class Live:
    """A running engine with one account."""

    def __init__(self, engine: Engine, account: AccountId) -> None:
        self.engine = engine
        self.account = account
        self.notices: list[Notice] = []
        self._changed = asyncio.Event()
        engine.on_change(lambda _: self._changed.set())
        engine.on_activity(lambda _: self._changed.set())
        engine.on_notice(self.notices.append)

    def folder(self, role: Role) -> FolderId:
        """The account's folder with a role."""
        return next(each.id for each in self.engine.library.folders() if each.role is role)

    def ids(self, role: Role) -> list[MessageId]:
        """What is in it."""
        return [MessageId(each) for each in self.engine.library.ids(self.folder(role))]

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for something to be true after a change."""
        async with asyncio.timeout(SECONDS):
            while not done():
                self._changed.clear()
                await self._changed.wait()

    async def until_elsewhere(self, done: Callable[[], bool]) -> None:
        """Wait for something that only the server knows."""
        async with asyncio.timeout(SECONDS):
            while not await asyncio.to_thread(done):  # noqa: ASYNC110 - nothing here tells
                await asyncio.sleep(0.05)

    @property
    def settled(self) -> bool:
        """Whether the account says that it is up to date."""
        now = self.engine.activities.get(self.account)
        return now is not None and now.state is State.IDLE


@asynccontextmanager
async def living(folder: Path, dovecot: Dovecot, postfix: Postfix, user: User) -> AsyncIterator[Live]:
    engine = await Engine.open(folder, passwords=Memory())
    try:
        new = NewAccount(
            user.address,
            "Test",
            "Ada",
            ImapServer(dovecot.endpoint("imaps", user)),
            SmtpServer(postfix.endpoint("smtps", user)),
        )
        live = Live(engine, await engine.accounts.add(new, user.password))
        await engine.start()
        await live.until(lambda: live.settled)
        yield live
    finally:
        await engine.close()


def run(folder: Path, dovecot: Dovecot, postfix: Postfix, user: User, test: Callable[[Live], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with living(folder, dovecot, postfix, user) as live:
            await test(live)

    asyncio.run(inside())


def test_mail_comes_is_noticed_answered_and_filed(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    other = dovecot.add_user()

    async def test(live: Live) -> None:
        raw = letter("Hello there").replace(b"ada@example.org", other.address.encode())
        dovecot.seed(dovecot_user, "INBOX", [raw])
        await live.until(lambda: bool(live.notices))
        assert (live.notices[0].title, live.notices[0].text) == ("Ada Lovelace", "Hello there")
        (message,) = live.ids(Role.INBOX)
        draft = await live.engine.composing.reply(message)
        receipt = await live.engine.composing.send(replace(draft, text="Yes\n" + draft.text))
        await live.until(lambda: live.ids(Role.SENT) == list(receipt.messages))
        await live.until(lambda: live.engine.library.summary(receipt.messages[0]).copy is Copy.BOTH)
        assert len(await asyncio.to_thread(postfix.delivered, other)) == 1
        await live.until_elsewhere(
            lambda: "\\Answered" in dovecot.doveadm("fetch", "-u", dovecot_user.name, "flags", "mailbox", "INBOX")
        )
        assert len(dovecot.messages(dovecot_user, "Sent")) == 1

    run(tmp_path, dovecot, postfix, dovecot_user, test)


def test_sending_is_undone_in_time(tmp_path: Path, dovecot: Dovecot, postfix: Postfix, dovecot_user: User) -> None:
    async def test(live: Live) -> None:
        draft = replace(await live.engine.composing.new(), to=(Address("", dovecot_user.address),), subject="Oops")
        receipt = await live.engine.composing.send(draft, delay=60)
        (message,) = receipt.messages
        (entry,) = live.engine.library.outbox()
        assert entry.state is Sending.QUEUED
        await live.engine.outbox.cancel(message)
        assert live.ids(Role.DRAFTS) == [message]
        assert live.engine.library.outbox() == ()
        again = await live.engine.composing.edit(message)
        assert again.subject == "Oops"
        await live.until_elsewhere(lambda: len(dovecot.messages(dovecot_user, "Drafts")) == 1)

    run(tmp_path, dovecot, postfix, dovecot_user, test)


def test_verbs_reach_the_server_after_their_grace(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter("One", number=1), letter("Two", number=2)])

    async def test(live: Live) -> None:
        two, one = live.ids(Role.INBOX)
        kept = await live.engine.actions.trash([one])
        await live.engine.actions.undo(kept.undo)
        await live.engine.actions.trash([two])
        assert len(dovecot.messages(dovecot_user)) == 2
        await live.until_elsewhere(lambda: len(dovecot.messages(dovecot_user, "Trash")) == 1)
        assert len(dovecot.messages(dovecot_user)) == 1

    run(tmp_path, dovecot, postfix, dovecot_user, test)


def test_accounts_come_and_go_while_it_runs(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    other = dovecot.add_user()
    dovecot.seed(other, "INBOX", [letter("Second account")])

    async def test(live: Live) -> None:
        new = NewAccount(other.address, "Other", "Bob", ImapServer(dovecot.endpoint("imaps", other)), None)
        number = await live.engine.accounts.add(new, other.password)
        inbox = next(
            each.id for each in live.engine.library.folders() if each.account == number and each.role is Role.INBOX
        )
        await live.until(lambda: len(live.engine.library.ids(inbox)) == 1)
        await live.engine.accounts.remove(number)
        assert [each.id for each in live.engine.library.accounts()] == [live.account]
        dovecot.seed(dovecot_user, "INBOX", [letter("Still here")])
        await live.until(lambda: len(live.ids(Role.INBOX)) == 1)

    run(tmp_path, dovecot, postfix, dovecot_user, test)
