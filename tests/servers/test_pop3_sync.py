"""POP3 against a real Dovecot, as the program does it: every rule, a moved mailbox, a line that is cut on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.account import Endpoint, Keep, Leave, NewAccount, Pop3Server
from desktopmail.domain.activity import Remedy
from desktopmail.domain.folder import Lives, Role
from desktopmail.domain.health import Side
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.message import Copy, Summary
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.durability.server import here
from tests.servers.doomed_pop3 import visit
from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import CuttingProxy
from tests.servers.two_sides import letter

NO = Leave(Keep.NO)
LETTERS = [letter(number) for number in range(1, 61)]
Story = Callable[["House"], Awaitable[None]]


class House:
    """The program with one POP3 account."""

    def __init__(self, engine: Engine, account: AccountId) -> None:
        self.engine = engine
        self.account = account

    async def sync(self) -> int:
        (report,) = await self.engine.sync()
        assert report.problems == ()
        return report.new

    def rows(self, role: Role = Role.INBOX) -> list[Summary]:
        place = next(each.id for each in self.engine.library.folders() if each.role is role)
        return self.engine.library.summaries([MessageId(each) for each in self.engine.library.ids(place)])


def at_home(
    folder: Path, endpoint: Endpoint, password: str, story: Story, leave: Leave = NO, max_size: int = 0
) -> None:
    async def inside() -> None:
        engine = await Engine.open(folder, passwords=Memory())
        try:
            new = NewAccount("me@mail.test", "Me", "Me", Pop3Server(endpoint, leave, max_size), None)
            await engine.accounts.check(new, password)
            await story(House(engine, await engine.accounts.add(new, password)))
        finally:
            await engine.close()

    asyncio.run(inside())


@pytest.mark.parametrize("kind", ["pop3s", "pop3"])
def test_mail_comes_and_is_removed_there(dovecot: Dovecot, dovecot_user: User, tmp_path: Path, kind: str) -> None:
    dovecot.seed(dovecot_user, "INBOX", LETTERS)

    async def story(house: House) -> None:
        assert await house.sync() == len(LETTERS)
        rows = house.rows()
        assert {row.copy for row in rows} == {Copy.HERE} and rows[0].subject.startswith("letter 60")
        raws = [await house.engine.reading.raw(row.id) for row in rows]
        assert sorted(raws) == sorted(LETTERS)
        assert all(each.lives is Lives.HERE for each in house.engine.library.folders())
        health = house.engine.library.health(house.account)
        line = health.line(Side.INCOMING)
        assert line is not None and line.encryption.there and health.full_sync
        assert await house.sync() == 0

    at_home(tmp_path, dovecot.endpoint(kind, dovecot_user), dovecot_user.password, story)
    assert dovecot.messages(dovecot_user) == []


def test_everything_else_works_as_for_any_account(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """Moves, search, conversations, drafts and undo happen here; the server hears nothing of them."""
    dovecot.seed(dovecot_user, "INBOX", LETTERS[:6])

    async def story(house: House) -> None:
        engine = house.engine
        await house.sync()
        first, second, *_ = [row.id for row in house.rows()]
        folder = await engine.folders.create(house.account, "Projects/Sea")
        await engine.actions.move([first], folder)
        await engine.actions.star([second], True)
        receipt = await engine.actions.trash([second])
        assert receipt.undo is not None
        await engine.actions.undo(receipt.undo)
        await house.sync()
        assert len(house.rows()) == 5
        assert engine.library.summaries([first])[0].copy is Copy.BOTH

    at_home(tmp_path, dovecot.endpoint("pop3s", dovecot_user), dovecot_user.password, story, Leave())
    assert sorted(dovecot.messages(dovecot_user)) == sorted(LETTERS[:6])


def test_large_messages_come_when_they_are_opened(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    big = letter(7) + b"large " * 30_000 + b"\r\n"
    dovecot.seed(dovecot_user, "INBOX", [letter(1), big])

    async def story(house: House) -> None:
        await house.sync()
        row = next(each for each in house.rows() if each.subject.startswith("letter 7"))
        assert row.copy is Copy.SERVER
        assert await house.engine.reading.raw(row.id) == big
        assert house.engine.library.summaries([row.id])[0].copy is Copy.BOTH
        await house.sync()

    at_home(tmp_path, dovecot.endpoint("pop3s", dovecot_user), dovecot_user.password, story, max_size=50_000)
    assert dovecot.messages(dovecot_user) == []


def test_a_mailbox_whose_names_changed_is_linked_again(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """D05"""
    dovecot.seed(dovecot_user, "INBOX", LETTERS[:20])

    async def story(house: House) -> None:
        engine = house.engine
        await house.sync()
        dovecot.doveadm("mailbox", "update", "-u", dovecot_user.name, "--uid-validity", "1234567", "INBOX")
        dovecot.seed(dovecot_user, "INBOX", [letter(21)])
        (report,) = await engine.sync()
        assert report.new == 0 and report.problems[0].remedy is Remedy.RELINK
        done = await engine.pop3.relink(house.account)
        assert (done.linked, done.new) == (20, 1)
        assert await house.sync() == 1
        assert {row.copy for row in house.rows()} == {Copy.BOTH} and len(house.rows()) == 21

    at_home(tmp_path, dovecot.endpoint("pop3s", dovecot_user), dovecot_user.password, story, Leave())
    assert len(dovecot.messages(dovecot_user)) == 21


def test_a_mailbox_on_another_server_brings_only_what_is_new(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:
    """D05: the names there may be those of other messages here."""
    dovecot.seed(dovecot_user, "INBOX", LETTERS[:2])
    other = dovecot.add_user()
    dovecot.seed(other, "INBOX", [letter(999), *LETTERS[:3]])

    async def story(house: House) -> None:
        engine = house.engine
        await house.sync()
        account = engine.library.accounts()[0]
        moved = Pop3Server(dovecot.endpoint("pop3s", other), Leave())
        await engine.accounts.change(replace(account, incoming=moved))
        await engine.accounts.set_password(account.id, other.password)
        assert await house.sync() == 2
        assert {row.copy for row in house.rows()} == {Copy.BOTH} and len(house.rows()) == 4

    at_home(tmp_path, dovecot.endpoint("pop3s", dovecot_user), dovecot_user.password, story, Leave())
    assert len(dovecot.messages(other)) == 4


def test_lines_that_break_lose_and_double_nothing(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """D02 D04 D24"""
    dovecot.seed(dovecot_user, "INBOX", LETTERS)

    async def inside() -> None:
        async with CuttingProxy(dovecot.ports["pop3s"]) as proxy:
            endpoint = replace(dovecot.endpoint("pop3s", dovecot_user), port=proxy.port)
            for down in (3_000, 9_000, 30_000, 60_000, 90_000):
                proxy.cut_after(down=down)
                await visit(tmp_path, endpoint, NO, dovecot_user.password)
                assert set(here(tmp_path)) | set(dovecot.messages(dovecot_user)) == set(LETTERS)
            for up in (1_500, 2_200):
                proxy.cut_after(up=up)
                await visit(tmp_path, endpoint, NO, dovecot_user.password)
                assert set(here(tmp_path)) | set(dovecot.messages(dovecot_user)) == set(LETTERS)
            proxy.cut_after()
            report = await visit(tmp_path, endpoint, NO, dovecot_user.password)
            assert report.problems == ()

    asyncio.run(inside())
    assert sorted(here(tmp_path)) == sorted(LETTERS) and dovecot.messages(dovecot_user) == []
