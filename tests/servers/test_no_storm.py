"""An account that was refused waits for the person: a server hears a wrong password once, whatever happens here."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktopmail.domain.account import ImapServer, NewAccount, SmtpServer
from desktopmail.domain.activity import State
from desktopmail.domain.errors import MailError
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

RAW = b"From: ada@mail.test\r\nTo: bob@mail.test\r\nSubject: x\r\nMessage-ID: <%d@mail.test>\r\n\r\nHello\r\n"


def heard(dovecot: Dovecot, postfix: Postfix, user: User) -> tuple[int, int]:
    """How often the two servers refused somebody: the first by user, the second in all."""
    incoming = [line for line in dovecot.log().splitlines() if f"user=<{user.name}>" in line]
    outgoing = postfix.log().count("authentication failed")
    return sum("auth failed, 1 attempts" in line for line in incoming), outgoing


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
        stopped.clear()
        engine.retry(number)
        await asyncio.wait_for(stopped.wait(), 20)
        assert heard(dovecot, postfix, dovecot_user)[0] == 2
        await engine.close()

    asyncio.run(asyncio.wait_for(story(), 60))
