"""What is noticed of real servers while mail is fetched and sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopmail.domain.account import ImapServer, NewAccount, Pop3Server, SmtpServer
from desktopmail.domain.health import DAY, Others, Side
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.two_sides import OtherProgram, Ours, letter


@pytest.fixture(scope="module")
def small(certificates: Certificates) -> Iterator[Dovecot]:
    """A server with ten megabytes for everybody."""
    if reason := Dovecot.missing():
        pytest.skip(reason)
    server = Dovecot(certificates=certificates, quota="10M")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("kind", ["imaps", "imap"])
def test_protection_sign_in_and_room(small: Dovecot, tmp_path: Path, kind: str) -> None:
    user = small.add_user()
    small.seed(user, "INBOX", [letter(number) for number in range(3)])

    async def story() -> None:
        ours = await Ours.open(tmp_path / "profile", small.endpoint(kind, user), user.password)
        assert (await ours.sync()).problems == ()
        found = await ours.store.read(lambda tx: tx.sightings.health(ours.account.id))
        line = found.line(Side.INCOMING)
        assert line is not None
        assert line.encryption.version in ("TLSv1.2", "TLSv1.3") and line.encryption.cipher
        assert line.encryption.issuer and len(line.encryption.fingerprint) == 64
        assert line.encryption.ends > time.time() - DAY
        assert line.mechanism.startswith("SCRAM-SHA-")
        assert (line.host, line.port) == ("localhost", small.ports[kind])
        assert found.room is not None
        assert found.room.allowed == 10 << 20 and 0 < found.room.used < 1 << 20
        assert len(found.trend) == 1
        assert abs(found.full_sync - time.time()) < 60
        assert not found.others
        await ours.store.close()

    asyncio.run(story())


def test_no_limit_is_no_room(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    async def story() -> None:
        ours = await Ours.open(tmp_path / "profile", dovecot.endpoint("imaps", dovecot_user), dovecot_user.password)
        await ours.sync()
        assert (await ours.store.read(lambda tx: tx.sightings.health(ours.account.id))).room is None
        await ours.store.close()

    asyncio.run(story())


def test_another_program_is_noticed(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """What somebody else removed and marked is counted, what was done here is not."""
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(5)])

    async def story() -> None:
        ours = await Ours.open(tmp_path / "profile", dovecot.endpoint("imaps", dovecot_user), dovecot_user.password)
        await ours.sync()
        inbox = await ours.folder("Inbox")
        mine = await ours.ids(inbox)
        await ours.actions.star(mine[:2], True)
        await ours.sync()
        await ours.sync()
        assert not (await ours.store.read(lambda tx: tx.sightings.health(ours.account.id))).others
        other = OtherProgram(dovecot, dovecot_user)
        uids = other.open("INBOX")
        other.verb("STORE", ",".join(uids[:2]), "+FLAGS", "(\\Answered)")
        other.verb("STORE", uids[4], "+FLAGS", "(\\Deleted)")
        other.verb("EXPUNGE", uids[4])
        other.close()
        await ours.sync()
        found = await ours.store.read(lambda tx: tx.sightings.health(ours.account.id))
        assert found.others == Others(removed=1, marked=2)
        await ours.store.close()

    asyncio.run(story())


def test_the_server_for_sending_is_known_after_the_first_message(
    dovecot: Dovecot, postfix: Postfix, dovecot_user: User, tmp_path: Path
) -> None:
    new = NewAccount(
        dovecot_user.address,
        "Work",
        "Ada",
        ImapServer(dovecot.endpoint("imaps", dovecot_user)),
        SmtpServer(postfix.endpoint("submission", dovecot_user)),
    )

    async def story() -> None:
        engine = await Engine.open(tmp_path / "profile", passwords=Memory())
        try:
            account = await engine.accounts.add(new, dovecot_user.password)
            raw = (
                letter(1)
                .replace(b"me@example.org", dovecot_user.address.encode())
                .replace(b"ada@example.org", b"me@mail.test")
            )
            queued = await engine.composing.queue_raw(raw, account)
            await engine.outbox.send_now(queued)
            line = engine.library.health(account).line(Side.OUTGOING)
            assert line is not None
            assert line.port == postfix.ports["submission"] and line.encryption.there and line.mechanism
        finally:
            await engine.close()

    asyncio.run(story())


def test_a_pop3_server(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    """Protection and sign-in are noted, and what another program took away is counted."""
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(4)])
    new = NewAccount(dovecot_user.address, "Box", "Ada", Pop3Server(dovecot.endpoint("pop3s", dovecot_user)), None)

    async def story() -> None:
        engine = await Engine.open(tmp_path / "profile", passwords=Memory())
        try:
            account = await engine.accounts.add(new, dovecot_user.password)
            assert [report.problems for report in await engine.sync()] == [()]
            found = engine.library.health(account)
            line = found.line(Side.INCOMING)
            assert line is not None and line.encryption.there and line.mechanism
            assert found.full_sync and found.retention is not None and not found.others
            other = OtherProgram(dovecot, dovecot_user)
            uids = other.open("INBOX")
            other.verb("STORE", ",".join(uids[:2]), "+FLAGS", "(\\Deleted)")
            other.verb("EXPUNGE", ",".join(uids[:2]))
            other.close()
            await engine.sync()
            assert engine.library.health(account).others == Others(removed=2)
        finally:
            await engine.close()

    asyncio.run(story())
