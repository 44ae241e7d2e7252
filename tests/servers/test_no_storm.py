"""An account that was refused waits for the person: a server hears a wrong password once, whatever happens here."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktopmail.domain.account import ImapServer, NewAccount, Pop3Server, SmtpServer
from desktopmail.domain.activity import State
from desktopmail.domain.errors import MailError
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.process import wait_until

RAW = b"From: ada@mail.test\r\nTo: bob@mail.test\r\nSubject: x\r\nMessage-ID: <%d@mail.test>\r\n\r\nHello\r\n"


def refusals(dovecot: Dovecot, user: User) -> int:
    """How often Dovecot refused somebody; it says so when the line ends."""
    lines = [line for line in dovecot.log().splitlines() if f"user=<{user.name}>" in line]
    return sum("auth failed, 1 attempts" in line for line in lines)


def heard(dovecot: Dovecot, postfix: Postfix, user: User) -> tuple[int, int]:
    """How often the two servers refused somebody: the first by user, the second in all."""
    return refusals(dovecot, user), postfix.log().count("authentication failed")


def test_one_attempt_for_each_secret(tmp_path: Path, dovecot: Dovecot, dovecot_user: User, postfix: Postfix) -> None:
    _, before = heard(dovecot, postfix, dovecot_user)

    async def story() -> None:
        engine = await Engine.open(tmp_path, passwords=Memory())
        incoming = ImapServer(dovecot.endpoint("imaps", dovecot_user))
        outgoing = SmtpServer(postfix.endpoint("smtps", dovecot_user))
        number = await engine.accounts.add(
            NewAccount(dovecot_user.address, "Work", "Ada", incoming, outgoing), "wrong", outgoing_password="wrong too"
        )
        stopped = asyncio.Event()
        problems: list[str] = []
        engine.on_activity(lambda each: stopped.set() if each.state is State.PROBLEM else None)
        engine.on_problem(lambda each: problems.append(each.kind))
        await engine.start()
        await asyncio.wait_for(stopped.wait(), 20)
        message = await engine.composing.queue_raw(RAW % 1, number)
        for _ in range(5):
            stopped.clear()
            engine.wake()
            await asyncio.wait_for(stopped.wait(), 20)
            await engine.outbox.send_due(force=True)
            try:
                await engine.outbox.send_now(message)
            except MailError as error:
                assert error.kind == "sign-in-refused"
        assert problems.count("sign-in-refused") <= 1
        assert heard(dovecot, postfix, dovecot_user) == (1, before + 1)
        engine.retry(number)
        assert await asyncio.to_thread(wait_until, lambda: heard(dovecot, postfix, dovecot_user)[0] == 2, 20)
        await engine.close()

    asyncio.run(asyncio.wait_for(story(), 60))


def test_one_attempt_by_pop3(tmp_path: Path, dovecot: Dovecot, dovecot_user: User) -> None:
    async def story() -> None:
        engine = await Engine.open(tmp_path, passwords=Memory())
        incoming = Pop3Server(dovecot.endpoint("pop3s", dovecot_user))
        await engine.accounts.add(NewAccount(dovecot_user.address, "Work", "Ada", incoming, None), "wrong")
        stopped = asyncio.Event()
        engine.on_activity(lambda each: stopped.set() if each.state is State.PROBLEM else None)
        await engine.start()
        for _ in range(4):
            await asyncio.wait_for(stopped.wait(), 20)
            stopped.clear()
            engine.wake()
        await asyncio.wait_for(stopped.wait(), 20)
        await engine.close()
        assert await asyncio.to_thread(wait_until, lambda: refusals(dovecot, dovecot_user) > 0, 20)
        assert refusals(dovecot, dovecot_user) == 1

    asyncio.run(asyncio.wait_for(story(), 60))
