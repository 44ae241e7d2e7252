"""A paused account rests and says so; resumed, it goes on by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.account import ImapServer, NewAccount, SmtpServer
from desktopmail.domain.activity import State
from desktopmail.domain.errors import ContentMissing
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.two_sides import letter


class Watched:
    """An engine at work, and waiting for what it says or shows."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._something = asyncio.Event()
        engine.on_activity(lambda _: self._something.set())
        engine.on_change(lambda _: self._something.set())

    async def until(self, done: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not done():
                self._something.clear()
                await self._something.wait()

    def state(self, account: AccountId) -> State | None:
        activity = self.engine.activities.get(account)
        return activity.state if activity else None

    def mail(self, role: Role = Role.INBOX) -> int:
        return sum(each.total for each in self.engine.library.folders() if each.role is role)

    async def pause(self, account: AccountId, paused: bool) -> None:
        found = next(each for each in self.engine.library.accounts() if each.id == account)
        await self.engine.accounts.change(replace(found, paused=paused))


def test_paused_and_resumed(dovecot: Dovecot, postfix: Postfix, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(1)])
    new = NewAccount(
        dovecot_user.address,
        "Work",
        "Ada",
        ImapServer(dovecot.endpoint("imaps", dovecot_user)),
        SmtpServer(postfix.endpoint("smtps", dovecot_user)),
    )

    async def story() -> None:
        engine = await Engine.open(tmp_path / "profile", passwords=Memory())
        watched = Watched(engine)
        try:
            account = await engine.accounts.add(new, dovecot_user.password)
            await engine.start()
            await watched.until(lambda: watched.state(account) is State.IDLE and watched.mail())
            await watched.pause(account, True)
            await watched.until(lambda: watched.state(account) is State.PAUSED)
            assert engine.activities[account].words == "Paused: nothing is fetched or sent"
            dovecot.seed(dovecot_user, "INBOX", [letter(2)])
            engine.wake()
            engine.retry(account)
            mine = dovecot_user.address.encode()
            raw = letter(3).replace(b"me@example.org", mine).replace(b"ada@example.org", mine)
            await engine.composing.queue_raw(raw, account)
            assert await engine.outbox.send_due() == 0
            inbox = next(each for each in engine.library.folders() if each.role is Role.INBOX)
            with pytest.raises(ContentMissing):
                await engine._lanes.fetch(engine.library.summaries(engine.library.ids(inbox.id))[0].id)
            assert await engine.sync() == []
            assert (watched.state(account), watched.mail(), watched.mail(Role.OUTBOX)) == (State.PAUSED, 1, 1)
            await watched.pause(account, False)
            await watched.until(lambda: watched.mail(Role.OUTBOX) == 0 and watched.mail() >= 2)
            await watched.until(lambda: watched.state(account) is State.IDLE)
        finally:
            await engine.close()

    asyncio.run(story())
