"""Tries to sign in or to send, and judges by the server's ledger: nothing secret in clear, the line closed, a specific
error, nobody else spoken to."""

from __future__ import annotations

import asyncio
import base64
import quopri
import ssl
import sys
import urllib.parse
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.errors import MailError
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.protocols.smtp.envelope import Envelope
from desktopmail.protocols.smtp.session import check, submit
from tests.fakes.imap_script import ImapScript
from tests.fakes.pop3_script import Pop3Script
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Pair

T = TypeVar("T")
Script = ImapScript | SmtpScript | Pop3Script
PASSWORD = "canary words"
BODY = "canary in a letter"
MAIL = Envelope("alice@example.org", ("bob@example.org",), f"Subject: hi\r\n\r\n{BODY}\r\n".encode())
BOTH = [Security.TLS, Security.STARTTLS]
CLOSE_SECONDS = 5.0
PASSIVE = {"", "STARTTLS", "CAPABILITY", "LOGOUT", "NOOP", "EHLO", "QUIT", "STLS", "CAPA"}
"""Commands that carry nothing of the person's."""


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(30):
            return await work

    return asyncio.run(limited())


def forms(secret: str, user: str = "alice") -> set[bytes]:
    """A secret in every shape it may leak in: raw, base64 at each alignment, quoted-printable, URL, UTF-16, and joined
    with the user as SASL does."""
    raw = secret.encode()
    joined = f"\0{user}\0{secret}".encode()
    found = {
        raw,
        quopri.encodestring(raw),
        urllib.parse.quote(secret).encode(),
        urllib.parse.quote_plus(secret).encode(),
    }
    found |= {secret.encode("utf-16-le"), secret.encode("utf-16-be"), joined, raw.hex().encode(), raw[::-1]}
    for text in (raw, joined, f"user={user}\1auth=Bearer {secret}\1\1".encode()):
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + text)
            found.add(coded[4 if shift else 0 : len(coded) // 4 * 4 - 4])
    return {each for each in found if len(each) > 5}


def leaks(data: bytes, *secrets: str) -> list[str]:
    """The secrets that are somewhere in `data`, in whatever form."""
    return [secret for secret in secrets if any(form in data for form in forms(secret))]


@dataclass
class Wires:
    """Whom this process has connected to and which names it has looked up."""

    connects: list[tuple[str, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


_watching: list[Wires] = []


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    for wires in _watching:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            wires.connects.append((arguments[1][0], arguments[1][1]))
        elif event == "socket.getaddrinfo":
            name = arguments[0]
            wires.names.append(name.decode() if isinstance(name, bytes) else str(name))


sys.addaudithook(_heard)


@contextmanager
def watched() -> Iterator[Wires]:
    """What goes to the network meanwhile."""
    wires = Wires()
    _watching.append(wires)
    yield wires
    _watching.remove(wires)


def only(wires: Wires, port: int) -> None:
    """Nobody but the one server was spoken to, or even looked up."""
    assert {where[1] for where in wires.connects} <= {port}
    assert set(wires.names) <= {"localhost", "127.0.0.1"}


async def sign_in(script: ImapScript, security: Security, timeout: float) -> None:
    """A whole IMAP session: sign in, list, open a folder."""
    session = await ImapSession.open(script.endpoint(security), PASSWORD, timeout=timeout)
    try:
        await session.list_folders()
        await session.select("INBOX")
        await session.noop()
    finally:
        await session.close(politely=True)


async def hand_over(script: SmtpScript, security: Security, timeout: float) -> None:
    """Send a letter."""
    await submit(script.endpoint(security), PASSWORD, MAIL, timeout=timeout)


async def collect(script: Pop3Script, security: Security, timeout: float) -> None:
    """A whole POP3 session: sign in, list, fetch everything, leave."""
    session = await Pop3Session.open(script.endpoint(security), PASSWORD, timeout=timeout)
    sizes = dict(await session.sizes())
    await session.retrieve(list(sizes), sizes, lambda _, raw: script.handed.append(raw))
    await session.quit()


async def try_out(script: SmtpScript, security: Security, timeout: float) -> None:
    """Sign in to an SMTP server."""
    await check(script.endpoint(security), PASSWORD, timeout=timeout)


Act = Callable[[Any, Security, float], Coroutine[Any, Any, None]]


def refusal(
    script: Script, security: Security = Security.STARTTLS, timeout: float = 10, act: Act | None = None
) -> MailError:
    """The error of an attempt. NOCRED: no word of the person's in clear. CLOSE: the line is closed at once. One
    connection to one server, no second attempt, no task left."""
    attempt_: Act = act or _usual_act(script)

    async def attempt() -> MailError:
        async with script:
            with pytest.raises(MailError) as caught:
                await attempt_(script, security, timeout)
            async with asyncio.timeout(CLOSE_SECONDS):
                await script.until(lambda: script.open == 0)
            assert product_tasks() == []
            return caught.value

    with watched() as wires:
        error = run(attempt())
    only(wires, script.port)
    assert script.connections <= 1
    no_credentials(script)
    whole = repr(error) + error.title + error.detail + error.log
    assert not leaks(whole.encode("utf-8", "surrogatepass"), PASSWORD, BODY) and whole.isprintable()
    assert error.title and error.kind not in ("error", "usage")
    return error


def _usual_act(script: Script) -> Act:
    match script:
        case ImapScript():
            return sign_in
        case Pop3Script():
            return collect
        case SmtpScript():
            return hand_over


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def serving(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of a few lines; gives its port. When `talk` ends, so does the connection; when this ends, all do."""

    async def whole(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    tasks: set[asyncio.Task[Any]] = set()
    server = await asyncio.start_server(whole, "127.0.0.1", 0, ssl=context)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(5):
            await asyncio.sleep(0)


def no_credentials(script: Script) -> None:
    """NOCRED, from the ledger."""
    for line in script.in_clear:
        assert line.split(b" ")[0].decode("latin-1").upper() in PASSIVE, line
    assert not leaks(b"\n".join(script.in_clear), PASSWORD, BODY)


def unsaid(script: Script) -> None:
    """Not even over TLS was anything of the person's said."""
    assert not leaks(b"\n".join(script.lines), PASSWORD, BODY)
    assert not isinstance(script, SmtpScript) or not script.messages


def product_tasks() -> list[asyncio.Task[Any]]:
    """Tasks of the product that still run."""
    codes = {task: getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks()}
    return [task for task, code in codes.items() if code is not None and "/desktopmail/" in code.co_filename]


def imap(pair: Pair | None, implicit: bool = False, **answers: Any) -> ImapScript:
    """An IMAP server that shows `pair`; `tls_` in a name stands for `tls:`, other underscores for blanks."""
    named = {_step(name): reply for name, reply in answers.items()}
    return ImapScript(pair.context() if pair else None, implicit, answers=named)


def _step(name: str) -> str:
    inside = name.startswith("tls_")
    return ("tls:" if inside else "") + name.removeprefix("tls_").replace("_", " ")


def smtp(pair: Pair | None, implicit: bool = False, **answers: Any) -> SmtpScript:
    """A submission server that shows `pair`."""
    return SmtpScript(pair.context() if pair else None, implicit, answers=dict(answers))


def pop3(pair: Pair | None, implicit: bool = False, **answers: Any) -> Pop3Script:
    """A POP3 server that shows `pair`."""
    return Pop3Script(pair.context() if pair else None, implicit, answers=dict(answers))
