"""A TCP end without TLS's farewell may be an attacker's cut: nothing unfinished is taken for whole."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import ImapServer, NewAccount, Security
from desktopmail.domain.draft import Sending
from desktopmail.domain.errors import ConnectionLost, PossiblySent
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Fetched
from desktopmail.engine.activity import Teller
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.engine.outbox import Outbox
from desktopmail.engine.runner import Runner
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.fakes.imap_script import ImapScript, Over, Reply
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Pair
from tests.unit.engine.profile import profile
from tests.unit.engine_imap.test_dialogues import PLAIN, row, search, selected
from tests.unit.transport_cases.judge import BOTH, PASSWORD, hand_over, run

END = b"<fin>"
BODY = b"Subject: whole\r\n\r\n" + b"x" * 200 + b"\r\n"
WHOLE = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n<tag> OK done\r\n" % (len(BODY), BODY)


def fin(writer: asyncio.StreamWriter) -> None:
    """End TCP behind TLS's back."""
    line: socket.socket = writer.get_extra_info("socket")
    with socket.socket(fileno=socket.dup(line.fileno())) as twin:
        twin.shutdown(socket.SHUT_WR)


class Cutting(ImapScript):
    """`<fin>` at the end of a reply ends the connection there, without TLS's farewell."""

    async def _perform(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not (isinstance(reply, bytes) and reply.endswith(END)):
            await super()._perform(reply, reader, writer)
            return
        writer.write(reply.removesuffix(END))
        await writer.drain()
        fin(writer)
        raise Over


def cuts(whole: bytes) -> list[bytes]:
    """The answer up to every interesting place."""
    inside = whole.index(BODY)
    places = [0, 1, inside - 1, inside, inside + 1, inside + len(BODY) - 1, inside + len(BODY), inside + len(BODY) + 1]
    return [whole[:place] for place in [*places, whole.index(b"<tag>"), len(whole) - 1]]


@pytest.mark.parametrize("always", [True, False])
@pytest.mark.parametrize("said", cuts(WHOLE))
@pytest.mark.parametrize("security", BOTH)
def test_a_body_that_is_cut_is_not_stored(
    pair: Pair, tmp_path: Path, said: bytes, security: Security, always: bool
) -> None:  # T33
    """The message stays one whose text is not here, unless all of its bytes came; asked again, it comes whole."""
    rows = row(1, len(BODY)) + b"<tag> OK done\r\n"
    script = Cutting(
        pair.context(),
        security is Security.TLS,
        PLAIN,
        {
            "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n<tag> OK done\r\n',
            "SELECT": selected(1, 2),
            "UID SEARCH": search(1),
            "UID FETCH": [rows, said + END] if always else [rows, said + END, WHOLE],
        },
    )

    async def story() -> bytes | None:
        store = Store.open(tmp_path)
        async with script:
            new = NewAccount("me@x", "Me", "Me", ImapServer(script.endpoint(security)), None)
            number = await store.write(lambda tx: tx.accounts.add(new))
            account = await store.read(lambda tx: tx.accounts.get(number))
            passwords, teller = Memory(), Teller(number, lambda _: None)
            await passwords.set(account, "incoming", PASSWORD)
            await Runner(account, ImapRemote(account, store, passwords, teller), store, teller).sync_once()
        inbox = await store.read(lambda tx: tx.folders.by_role(number, Role.INBOX))
        assert inbox is not None
        reader = store.reader()
        (message,) = reader.ids(inbox.id)
        reader.close()
        facts = await store.read(lambda tx: tx.messages.facts(message))
        assert bool(facts.content) is (facts.fetched is Fetched.FULL)
        raw = await store.raw(facts.content) if facts.content else None
        await store.close()
        return raw

    came = b")\r\n" in said
    assert run(story()) == (BODY if came or not always else None)


@pytest.mark.parametrize("step", ["greeting", "CAPABILITY", "AUTHENTICATE", "LIST", "SELECT"])
@pytest.mark.parametrize("said", [b"", b"* OK", b'* LIST () "/" INB', b"<tag> OK"])
def test_a_session_that_is_cut(pair: Pair, step: str, said: bytes) -> None:  # T33
    script = Cutting(pair.context(), True, answers={step: said + END})

    async def attempt() -> None:
        async with script:
            with pytest.raises(ConnectionLost):
                session = await ImapSession.open(script.endpoint(Security.TLS), PASSWORD, timeout=10)
                try:
                    await session.list_folders()
                    await session.select("INBOX")
                finally:
                    await session.close()

    run(attempt())


class CuttingSmtp(SmtpScript):
    """The same for SMTP."""

    async def _answer(self, step: str, writer: asyncio.StreamWriter) -> bytes:
        reply: Any = self.answers.get(step)
        if not (isinstance(reply, bytes) and reply.endswith(END)):
            return await super()._answer(step, writer)
        writer.write(reply.removesuffix(END))
        await writer.drain()
        fin(writer)
        return reply


@pytest.mark.parametrize("said", [b"", b"2", b"250", b"250 ", b"250 2.0.0 queued", b"250-queued\r\n", b"250 queued\r"])
@pytest.mark.parametrize("security", BOTH)
def test_an_answer_to_data_that_is_cut(pair: Pair, tmp_path: Path, said: bytes, security: Security) -> None:  # T33
    """Possibly sent, never sent: the person decides, and nothing is sent again by itself."""
    script = CuttingSmtp(pair.context(), security is Security.TLS, answers={"dot": said + END})

    async def story() -> None:
        async with script, profile(tmp_path, script.endpoint(security)) as opened:
            account = await opened.store.read(lambda tx: tx.accounts.get(opened.account))
            await opened.passwords.set(account, "outgoing", PASSWORD)
            outbox = Outbox(opened.store, opened.passwords)
            message = await opened.queue()
            assert (await outbox.send_now(message)).state is Sending.POSSIBLY_SENT
            script.answers = {}
            assert await outbox.send_due() == 0
            assert len(script.messages) == 1 and await opened.role_of(message) is Role.OUTBOX

    run(story())


def test_an_answer_that_came_whole_counts(pair: Pair) -> None:  # T33
    script = CuttingSmtp(pair.context(), True, answers={"dot": b"250 queued\r\n" + END})

    async def attempt() -> None:
        async with script:
            await hand_over(script, Security.TLS, 10)

    run(attempt())
    assert len(script.messages) == 1


@pytest.mark.parametrize("step", ["greeting", "tls_ehlo", "auth", "mail", "rcpt", "data"])
@pytest.mark.parametrize("said", [b"", b"250", b"250-x\r\n", b"354"])
def test_a_submission_that_is_cut_before_the_message(pair: Pair, step: str, said: bytes) -> None:  # T33
    script = CuttingSmtp(pair.context(), True, answers={step: said + END})

    async def attempt() -> None:
        async with script:
            with pytest.raises(ConnectionLost) as caught:
                await hand_over(script, Security.TLS, 10)
            assert not isinstance(caught.value, PossiblySent)

    run(attempt())
    assert not script.messages
