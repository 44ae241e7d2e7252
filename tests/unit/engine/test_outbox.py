"""The Outbox against a submission server that does what a test tells it: nothing lost, nothing sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.draft import Sending
from desktopmail.domain.errors import ConnectionLost, DiskFull, MailError, NotFound, Unreachable, WrongUsage
from desktopmail.domain.folder import Role
from desktopmail.domain.hosts import SENDING
from desktopmail.domain.message import Flags
from desktopmail.engine.filing import look_into_sent
from desktopmail.engine.outbox import Outbox
from desktopmail.store.rows import CopyRow
from tests.fakes.smtp_script import DROP, SmtpScript
from tests.unit.engine.profile import Profile, profile

Test = Callable[[Profile, Outbox, SmtpScript], Awaitable[None]]


def run(folder: Path, test: Test, **script: Any) -> None:
    """Run a test with a fresh profile that sends to a scripted server."""

    async def inside() -> None:
        options = {each: script.pop(each) for each in ("cut_data_after",) if each in script}
        async with (
            SmtpScript(answers=script, **options) as server,
            profile(folder, server.endpoint(Security.NONE, user="")) as opened,
        ):
            await test(opened, Outbox(opened.store, opened.passwords), server)

    asyncio.run(inside())


def test_what_is_due_goes_out_once_and_lands_in_sent(tmp_path: Path) -> None:
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        (original,) = await opened.insert(Role.INBOX)
        message = await opened.queue("bob@example.org", "eve@example.org", answers=original)
        assert await outbox.send_due() == 1
        assert await outbox.send_due() == 0
        assert len(server.messages) == 1
        seen = await opened.store.read(lambda tx: tx.hosts.all())
        assert [(each.purpose, each.times) for each in seen] == [(SENDING, 1)]
        assert b"Bcc" not in server.messages[0]
        assert b"\r\n..dot\r\n" in server.messages[0]
        assert await opened.role_of(message) is Role.SENT
        assert await outbox.list() == ()
        flags = await opened.store.read(lambda tx: tx.messages.flags([original, message]))
        assert flags[original][0] == Flags.ANSWERED
        assert flags[message][0] == Flags.SEEN
        story = await opened.store.read(lambda tx: [each.kind for each in tx.history.of(original)])
        assert story == ["arrived", "answered"]
        people = await opened.store.read(lambda tx: tx.contacts.complete("bob"))
        assert [each.address for each in people] == ["bob@example.org"]

    run(tmp_path, test)


def test_what_is_not_due_waits(tmp_path: Path) -> None:
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue(due_at=1 << 40)
        assert await outbox.send_due() == 0
        assert server.connections == 0
        assert (await outbox.send_now(message)).state is Sending.SENT

    run(tmp_path, test)


@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail", "rcpt", "data"])
def test_a_line_lost_before_the_message_is_tried_again_and_goes_once(tmp_path: Path, step: str) -> None:  # D14
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        with pytest.raises(ConnectionLost):
            await outbox.send_now(message)
        (entry,) = await outbox.list()
        assert (entry.state, entry.attempts) == (Sending.WAITING, 1)
        server.answers.clear()
        assert (await outbox.send_now(message)).state is Sending.SENT
        assert len(server.messages) == 1

    run(tmp_path, test, **{step: DROP})


def test_a_line_lost_in_the_message_is_tried_again(tmp_path: Path) -> None:  # D14
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        with pytest.raises(ConnectionLost):
            await outbox.send_now(message)
        assert (await outbox.list())[0].state is Sending.WAITING
        server.cut_data_after = None
        assert (await outbox.send_now(message)).state is Sending.SENT

    run(tmp_path, test, cut_data_after=20)


def test_a_line_lost_after_the_final_dot_is_never_resent_by_itself(tmp_path: Path) -> None:  # D15
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        assert (await outbox.send_now(message)).state is Sending.POSSIBLY_SENT
        server.answers.clear()
        assert await outbox.send_due() == 0
        assert await outbox.settle() == 0
        assert len(server.messages) == 1
        with pytest.raises(WrongUsage):
            await outbox.send_now(message)
        await outbox.retry(message)
        assert (await outbox.send_now(message)).state is Sending.SENT
        ids = [line for raw in server.messages for line in raw.split(b"\r\n") if line.startswith(b"Message-ID")]
        assert len(ids) == 2
        assert len(set(ids)) == 1

    run(tmp_path, test, dot=DROP)


def test_the_person_says_it_arrived(tmp_path: Path) -> None:
    async def test(opened: Profile, outbox: Outbox, _: SmtpScript) -> None:
        message = await opened.queue()
        await outbox.send_now(message)
        assert (await outbox.mark_sent(message)).label == "Moved to Sent"
        assert await opened.role_of(message) is Role.SENT
        assert await outbox.list() == ()

    run(tmp_path, test, dot=DROP)


def test_what_was_possibly_sent_and_turns_up_in_sent_is_settled(tmp_path: Path) -> None:  # D15
    async def test(opened: Profile, outbox: Outbox, _: SmtpScript) -> None:
        message = await opened.queue()
        await outbox.send_now(message)
        (twin,) = await opened.insert(Role.SENT, message_id="<outbox-0@x>")
        sent = await opened.folder(Role.SENT)
        assert await outbox.settle() == 0
        await opened.store.write(lambda tx: tx.copies.add([CopyRow(sent, 7, twin, Flags.SEEN)]))
        assert await outbox.settle() == 1
        assert await outbox.list() == ()
        assert await opened.store.read(lambda tx: tx.messages.find_by_message_id(None, "<outbox-0@x>")) == (twin,)

    run(tmp_path, test, dot=DROP)


def test_found_in_sending_at_the_start_is_possibly_sent(tmp_path: Path) -> None:  # D13 D15
    async def first(opened: Profile, _: Outbox, __: SmtpScript) -> None:
        message = await opened.queue()
        await opened.store.write(lambda tx: tx.outbox.set_state(message, Sending.SENDING))

    async def second(_: Profile, outbox: Outbox, server: SmtpScript) -> None:
        assert await outbox.recover() == 1
        assert await outbox.send_due() == 0
        (entry,) = await outbox.list()
        assert entry.state is Sending.POSSIBLY_SENT
        assert "may have been sent" in entry.error
        assert server.connections == 0

    run(tmp_path, first)
    run(tmp_path, second)


def test_sending_is_on_disk_before_data_is_said(tmp_path: Path) -> None:  # D13
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        states = []

        def note() -> None:
            states.extend(each.state for each in opened.store.reader().outbox(message))

        real = server._take

        async def take(*streams: Any) -> None:
            note()
            await real(*streams)

        server._take = take  # type: ignore[method-assign]
        await outbox.send_now(message)
        assert states == [Sending.SENDING]

    run(tmp_path, test)


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_refused_for_good_goes_back_to_drafts_with_the_words(tmp_path: Path, step: str) -> None:  # D17
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        outcome = await outbox.send_now(message)
        assert outcome.state is Sending.REFUSED
        assert outcome.recipients[0].code == 550
        assert "no such mailbox" in outcome.error
        assert await opened.role_of(message) is Role.DRAFTS
        assert await outbox.send_due() == 0
        server.answers.clear()
        await outbox.retry(message)
        assert (await outbox.send_now(message)).state is Sending.SENT
        assert await opened.role_of(message) is Role.SENT

    run(tmp_path, test, **{step: b"550 5.1.1 no such mailbox\r\n"})


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_refused_for_now_waits_and_goes_later(tmp_path: Path, step: str) -> None:  # D17
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        outcome = await outbox.send_now(message)
        assert (outcome.state, outcome.attempts) == (Sending.WAITING, 1)
        assert await outbox.send_due() == 0
        server.answers.clear()
        assert (await outbox.send_now(message)).state is Sending.SENT

    run(tmp_path, test, **{step: b"451 4.7.1 later\r\n"})


def test_each_recipient_has_an_own_answer(tmp_path: Path) -> None:  # D17
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue("a@x.org", "b@x.org", "c@x.org")
        outcome = await outbox.send_now(message)
        assert outcome.state is Sending.WAITING
        assert [each.code for each in outcome.recipients] == [250, 550, 450]
        server.answers.clear()
        outcome = await outbox.send_now(message)
        assert outcome.state is Sending.SENT
        assert [each.code for each in outcome.recipients] == [250, 550, 250]
        asked = [line for line in server.lines if line.startswith(b"RCPT")]
        assert asked[3:] == [b"RCPT TO:<c@x.org>"]
        assert "2 of 3 people" in outcome.error

    run(tmp_path, test, rcpt=[b"250 ok\r\n", b"550 no\r\n", b"450 later\r\n"])


def test_taken_back_while_the_line_is_made(tmp_path: Path) -> None:
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        real = server._answer

        async def answer(step: str, writer: asyncio.StreamWriter) -> bytes:
            if step == "rcpt":
                await outbox.cancel(message)
            return await real(step, writer)

        server._answer = answer  # type: ignore[method-assign]
        assert await outbox.send_due() == 0
        assert server.messages == []
        assert b"DATA" not in server.lines
        assert await opened.role_of(message) is Role.DRAFTS

    run(tmp_path, test)


def test_cancel_puts_it_back_into_drafts(tmp_path: Path) -> None:
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        await outbox.cancel(message)
        assert await opened.role_of(message) is Role.DRAFTS
        flags = await opened.store.read(lambda tx: tx.messages.flags([message]))
        assert Flags.DRAFT in flags[message][0]
        assert await outbox.send_due() == 0
        with pytest.raises(NotFound):
            await outbox.cancel(message)

    run(tmp_path, test)


def test_the_servers_yes_is_not_forgotten_when_the_disk_is_full(tmp_path: Path) -> None:  # D15
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        message = await opened.queue()
        real = opened.store.write
        writes = 0

        async def write(work: Any, *, durable: bool = False) -> Any:
            nonlocal writes
            writes += 1
            if writes == 2:
                raise DiskFull("There is no room left")
            return await real(work, durable=durable)

        opened.store.write = write  # type: ignore[method-assign]
        with pytest.raises(DiskFull):
            await outbox.send_now(message)
        assert (await outbox.list())[0].state is Sending.SENDING
        await outbox.send_due()
        assert await opened.role_of(message) is Role.SENT
        assert len(server.messages) == 1

    run(tmp_path, test)


def test_trouble_is_reported_while_nobody_waits(tmp_path: Path) -> None:
    async def inside() -> None:
        heard: list[MailError] = []
        nowhere = Endpoint("localhost", 1, Security.NONE, "")
        async with profile(tmp_path, nowhere) as opened:
            outbox = Outbox(opened.store, opened.passwords, lambda _, error: heard.append(error))
            await opened.queue()
            assert await outbox.send_due() == 0
            (entry,) = await outbox.list()
            assert entry.state is Sending.WAITING
            assert isinstance(heard[0], Unreachable)

    asyncio.run(inside())


def test_the_lane_sends_when_something_is_queued(tmp_path: Path) -> None:
    async def test(opened: Profile, outbox: Outbox, server: SmtpScript) -> None:
        lane = asyncio.create_task(outbox.run())
        await opened.queue()
        await server.until(lambda: len(server.messages) == 1)
        lane.cancel()
        await asyncio.wait([lane])

    run(tmp_path, test)


def test_a_provider_that_files_sent_mail_itself_is_learned(tmp_path: Path) -> None:
    """The provider's copy turns up in Sent: ours goes, and the next one waits for the provider's."""

    async def test(opened: Profile, outbox: Outbox, _: SmtpScript) -> None:
        message = await opened.queue()
        await outbox.send_now(message)
        await look_into_sent(opened.store)
        assert await opened.role_of(message) is Role.SENT
        (twin,) = await opened.insert(Role.SENT, message_id="<outbox-0@x>", key=b"rewritten by the provider")
        sent = await opened.folder(Role.SENT)
        await opened.store.write(lambda tx: tx.copies.add([CopyRow(sent, 7, twin, Flags.SEEN)]))
        await look_into_sent(opened.store)
        reader = opened.store.reader()
        assert list(reader.ids(sent)) == [twin]
        (account,) = reader.accounts()
        assert account.outgoing is not None
        assert account.outgoing.files_sent is True
        again = await opened.queue()
        await outbox.send_now(again)
        due = await opened.store.read(lambda tx: tx.difference.for_account(opened.account, tx.now))
        assert again not in [each.message for each in due]

    run(tmp_path, test)
