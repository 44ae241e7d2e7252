"""A session on a line in memory, with a script at the other end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import MailError
from desktopmail.protocols.imap.dialogue import Patience
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.imap.wire import Wire
from tests.fakes.imap_script import OFFERED, USUAL, ImapScript, Reply

T = TypeVar("T")
QUICK = Patience(answer=0.3, slow=0.3, progress=0.3, progress_bytes=100, turn=0.3, upload_rate=1_000_000)
SELECT = bytes(USUAL["SELECT"])
POOR = "IMAP4rev1 SASL-IR AUTH=PLAIN"
HERE = Endpoint("server.test", 993, Security.TLS, "alice")


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(limited())


async def signed_in(script: ImapScript, size: int = 0, cut: int = 0, patience: Patience = QUICK) -> ImapSession:
    """A session on a line in memory, with INBOX open; replies cut as `ImapScript.line` says."""
    wire = Wire(HERE.host)
    script.line(size, cut).connect(wire)
    await wire.greeting
    session = ImapSession(wire, HERE, patience)
    await session.sign_in("secret", 5)
    await session.select("INBOX")
    return session


def script_of(offered: str = OFFERED, **answers: Reply | list[Reply]) -> ImapScript:
    return ImapScript(offered=offered, answers={name.replace("_", " "): reply for name, reply in answers.items()})


def told(script: ImapScript, act: Callable[[ImapSession], Awaitable[T]], patience: Patience = QUICK) -> T:
    """The result of one verb."""

    async def attempt() -> T:
        session = await signed_in(script, patience=patience)
        try:
            return await act(session)
        finally:
            await session.close()

    return run(attempt())


def broken(script: ImapScript, act: Callable[[ImapSession], Awaitable[object]]) -> MailError:
    """The error of a verb that ends the connection, and the next verb's the same."""

    async def attempt() -> MailError:
        session = await signed_in(script)
        with pytest.raises(MailError) as caught:
            await act(session)
        assert session.closed
        with pytest.raises(MailError):
            await session.noop()
        await session.close()
        assert len(asyncio.all_tasks()) == 1
        return caught.value

    return run(attempt())


def since(script: ImapScript) -> list[bytes]:
    """What was said after INBOX was opened."""
    return script.lines[[line.startswith(b"SELECT") for line in script.lines].index(True) + 1 :]


async def ignore(*_: object) -> None:
    """A sink."""
