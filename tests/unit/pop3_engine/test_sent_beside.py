"""Sent mail of a POP3 account that is kept beside its Sent folder: in an IMAP account's, or by a copy to oneself that
is recognised when it comes back. Whatever becomes of the copy, nothing is sent twice."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from desktopmail.domain.account import Account, ImapServer, NewAccount, Pop3Server, Security, SmtpServer
from desktopmail.domain.address import Address
from desktopmail.domain.arrangement import Beside
from desktopmail.domain.draft import Draft, Sending
from desktopmail.domain.errors import DiskFull, WrongUsage
from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Copy, Flags
from desktopmail.engine import filing
from desktopmail.engine.arrangements import Arrangements
from desktopmail.engine.composing import Composing
from desktopmail.engine.library import Library
from desktopmail.engine.outbox import Outbox
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.store.transaction import Transaction
from tests.fakes.pop3_mailbox import Mail
from tests.fakes.smtp_script import DROP, Reply, SmtpScript
from tests.unit.pop3_engine.desk import ENDPOINT, PopDesk

Desks = Callable[..., PopDesk]
BOB = (Address("", "bob@example.org"),)


def imap(desk: PopDesk) -> Account:
    """An IMAP account beside the desk's own."""
    new = NewAccount("ada@imap.test", "Far", "Ada", ImapServer(replace(ENDPOINT, host="imap.test")), None)
    number = desk.write(lambda tx: tx.accounts.add(new))
    return desk.read(lambda tx: tx.accounts.get(number))


def write(desk: PopDesk, **more: object) -> MessageId:
    """A message that waits to be sent."""
    composing = Composing(desk.store, Library(desk.store), None)  # type: ignore[arg-type]
    draft = Draft(desk.account.identities[0].id, to=BOB, subject="Kettle", text="It boils.\n")
    return desk.run(composing.queue(replace(draft, **more)))  # type: ignore[arg-type]


def send(desk: PopDesk, **answers: Reply | list[Reply]) -> list[bytes]:
    """Let the Outbox do its work once; what the server took."""

    async def once() -> list[bytes]:
        async with SmtpScript(answers=dict(answers)) as server:
            out = SmtpServer(server.endpoint(Security.NONE, user=""))
            desk.account = replace(desk.account, outgoing=out)
            await desk.store.write(lambda tx: tx.accounts.update(desk.account))
            await Outbox(desk.store, desk.passwords).send_due()
            return list(server.messages)

    return desk.run(once())


def sending(desk: PopDesk) -> None:
    """The account can send."""
    out = SmtpServer(replace(ENDPOINT, host="127.0.0.1", port=1))
    desk.account = replace(desk.account, outgoing=out)
    desk.write(lambda tx: tx.accounts.update(desk.account))


def arrange(desk: PopDesk, beside: Beside, to: Account | None = None) -> None:
    sending(desk)
    desk.run(Arrangements(desk.store).keep_sent(desk.account.id, beside, to.id if to else None))


def comes_back(desk: PopDesk, raw: bytes, name: str = "back") -> None:
    """The copy is in the mailbox, with what the servers on the way wrote above it."""
    desk.box.mails.append(Mail(name, b"Received: from a by b; Fri, 02 Jan 2026 10:00:00 +0000\r\n" + raw))


def rows_of(desk: PopDesk, account: Account, role: Role = Role.SENT) -> int:
    def work(tx: Transaction) -> int:
        found = tx.folders.by_role(account.id, role)
        assert found is not None
        return found.total

    return desk.read(work)


def test_a_second_copy_goes_into_the_chosen_sent_folder(desks: Desks) -> None:  # D18
    desk = desks([])
    far = imap(desk)
    arrange(desk, Beside.FOLDER, far)
    write(desk)
    assert len(send(desk)) == 1
    assert (rows_of(desk, desk.account), rows_of(desk, far)) == (1, 1)
    (wanted,) = desk.read(lambda tx: tx.difference.for_account(far.id, 1 << 40))
    assert wanted.known is None and wanted.content
    (row,) = desk.rows(Role.SENT)
    assert len(desk.read(lambda tx: tx.messages.thread(row.thread))) == 1
    assert send(desk) == []


def test_gathered_sent_mail_shows_it_once(desks: Desks) -> None:
    """Each folder shows its own; where all sent mail is gathered there is one row, whichever of the two is left."""
    desk = desks([])
    other = imap(desk)
    arrange(desk, Beside.FOLDER, other)
    write(desk)
    assert len(send(desk)) == 1
    with contextlib.closing(desk.store.reader()) as reader:
        own, far = (
            desk.read(lambda tx, one=one: tx.folders.by_role(one, Role.SENT).id)  # type: ignore[misc]
            for one in (desk.account.id, other.id)
        )
        (first,), (second,) = reader.ids(own), reader.ids(far)
        for grouped in (False, True):
            assert list(reader.ids(Unified.SENT, grouped)) == [first]
            assert list(reader.rows(Unified.SENT, grouped=grouped)[0]) == [first]
        threads = [row.thread for row in reader.summaries([first])]
        assert [row[0] for row in reader.heads(Unified.SENT, threads)] == [first]
        assert reader.elsewhere(first) == (far,) and reader.elsewhere(second) == (own,)
        desk.write(lambda tx: tx.messages.remove([MessageId(first)], settle_at=0))
        assert list(reader.ids(Unified.SENT)) == [second] and reader.elsewhere(second) == ()


def test_filing_again_makes_no_second_copy(desks: Desks) -> None:
    desk = desks([])
    far = imap(desk)
    arrange(desk, Beside.FOLDER, far)
    message = write(desk)
    send(desk)
    desk.write(lambda tx: filing.to_sent(tx, message, "again"))
    assert rows_of(desk, far) == 1


def test_without_its_account_there_is_only_the_folder_here(desks: Desks) -> None:
    desk = desks([])
    far = imap(desk)
    arrange(desk, Beside.FOLDER, far)
    desk.write(lambda tx: tx.accounts.remove(far.id))
    write(desk)
    assert len(send(desk)) == 1 and rows_of(desk, desk.account) == 1
    assert desk.run(Arrangements(desk.store).of(desk.account.id)).now.beside is Beside.NOWHERE


def test_only_an_imap_account_keeps_it(desks: Desks) -> None:
    desk = desks([])
    other = NewAccount("bob@example.org", "Bob", "Bob", Pop3Server(replace(ENDPOINT, host="b.test")), None)
    number = desk.write(lambda tx: tx.accounts.add(other))
    for to in (number, None):
        with pytest.raises(WrongUsage):
            desk.run(Arrangements(desk.store).keep_sent(desk.account.id, Beside.FOLDER, to))


def test_the_choice_can_be_taken_back(desks: Desks) -> None:
    desk = desks([])
    far = imap(desk)
    arrange(desk, Beside.FOLDER, far)
    arrange(desk, Beside.BCC)
    settings = SettingsVerbs(desk.store)
    desk.run(settings.undo())
    now = desk.read(lambda tx: tx.arrangements.get(desk.account.id))
    assert (now.beside, now.sent_to) == (Beside.FOLDER, far.id)
    desk.run(settings.undo())
    assert desk.read(lambda tx: tx.arrangements.get(desk.account.id)).beside is Beside.NOWHERE


def test_a_copy_to_oneself_goes_with_the_message(desks: Desks) -> None:
    desk = desks([])
    arrange(desk, Beside.BCC)
    message = write(desk)
    entry = desk.read(lambda tx: tx.outbox.get(message))
    assert entry is not None
    assert [each.address for each in entry.recipients] == ["bob@example.org", "ada@example.org"]
    (sent,) = send(desk)
    assert b"ada@example.org" not in sent.partition(b"\r\n\r\n")[0].replace(b"From: Ada <ada@example.org>", b"")
    assert desk.read(lambda tx: [each.address for each in tx.contacts.complete("ada")]) == []


def test_nobody_gets_it_twice(desks: Desks) -> None:
    desk = desks([])
    arrange(desk, Beside.BCC)
    message = write(desk, to=(Address("", "Ada@Example.org"),))
    entry = desk.read(lambda tx: tx.outbox.get(message))
    assert entry is not None and [each.address for each in entry.recipients] == ["Ada@example.org"]


def test_the_copy_that_comes_back_is_the_message_in_sent(desks: Desks) -> None:
    desk = desks([])
    arrange(desk, Beside.BCC)
    message = write(desk)
    (sent,) = send(desk)
    comes_back(desk, sent)
    assert desk.clean_sync().new == 0
    assert desk.rows() == []
    (row,) = desk.rows(Role.SENT)
    assert (row.id, row.copy) == (message, Copy.BOTH)
    assert desk.entries()["back"].message == message
    assert desk.clean_sync().new == 0 and desk.box.fetches["back"] == 1
    assert len(desk.read(lambda tx: tx.messages.thread(row.thread))) == 1


def test_a_copy_that_was_changed_on_its_way_is_kept_and_is_not_unread(desks: Desks) -> None:
    desk = desks([])
    arrange(desk, Beside.BCC)
    write(desk)
    (sent,) = send(desk)
    comes_back(desk, sent + b"-- \r\nScanned.\r\n")
    desk.clean_sync()
    (row,) = desk.rows()
    assert Flags.SEEN in row.flags
    assert len(desk.read(lambda tx: tx.messages.thread(row.thread))) == 1
    assert len(desk.raws()) == 1


def test_mail_of_somebody_else_under_that_name_is_mail(desks: Desks) -> None:
    """Whoever was written to knows the Message-ID."""
    desk = desks([])
    arrange(desk, Beside.BCC)
    write(desk)
    (sent,) = send(desk)
    comes_back(desk, sent.replace(b"From: Ada <ada@example.org>", b"From: Mallory <m@example.net>"))
    desk.clean_sync()
    (row,) = desk.rows()
    assert Flags.SEEN not in row.flags


def test_a_note_to_oneself_comes_into_the_inbox(desks: Desks) -> None:
    desk = desks([])
    arrange(desk, Beside.BCC)
    write(desk, to=(Address("", "ada@example.org"),))
    (sent,) = send(desk)
    comes_back(desk, sent)
    desk.clean_sync()
    (row,) = desk.rows()
    assert Flags.SEEN not in row.flags


def test_a_refused_copy_to_oneself_is_not_tried_again(desks: Desks) -> None:  # D18
    desk = desks([])
    arrange(desk, Beside.BCC)
    message = write(desk)
    assert len(send(desk, rcpt=[b"250 ok\r\n", b"450 later\r\n"])) == 1
    entry = desk.read(lambda tx: tx.outbox.get(message))
    assert entry is not None and entry.state is Sending.SENT
    assert "ada@example.org: 450 later" in entry.error
    assert send(desk) == []


def test_a_message_that_nobody_else_gets_was_not_sent(desks: Desks) -> None:
    desk = desks([])
    arrange(desk, Beside.BCC)
    message = write(desk)
    send(desk, rcpt=[b"550 no\r\n", b"250 ok\r\n"])
    entry = desk.read(lambda tx: tx.outbox.get(message))
    assert entry is not None and entry.state is Sending.REFUSED


def test_the_copy_proves_that_a_message_was_sent(desks: Desks) -> None:  # D18
    """The line broke after the final dot; the copy in the mailbox says what the server did."""
    desk = desks([])
    arrange(desk, Beside.BCC)
    message = write(desk)
    raw = desk.run(desk.store.raw(desk.read(lambda tx: tx.messages.facts(message).content or b"")))
    assert raw is not None
    send(desk, dot=DROP)
    entry = desk.read(lambda tx: tx.outbox.get(message))
    assert entry is not None and entry.state is Sending.POSSIBLY_SENT
    comes_back(desk, raw)
    desk.clean_sync()
    assert desk.read(lambda tx: tx.outbox.get(message)) is None
    assert [row.id for row in desk.rows(Role.SENT)] == [message]


def test_a_copy_that_cannot_be_stored_has_nothing_sent_again(desks: Desks) -> None:  # D15, D18
    """The server said yes, then the disk was full: the message is filed later, with its one copy."""
    desk = desks([])
    far = imap(desk)
    arrange(desk, Beside.FOLDER, far)
    write(desk)
    real, writes = desk.store.write, 0

    async def full_once(work: Any, *, durable: bool = False) -> Any:
        nonlocal writes
        writes += 1
        if writes == 2:
            raise DiskFull("There is no room left")
        return await real(work, durable=durable)

    async def story() -> list[bytes]:
        async with SmtpScript() as server:
            out = SmtpServer(server.endpoint(Security.NONE, user=""))
            desk.account = replace(desk.account, outgoing=out)
            await desk.store.write(lambda tx: tx.accounts.update(desk.account))
            outbox = Outbox(desk.store, desk.passwords)
            desk.store.write = full_once  # type: ignore[method-assign,assignment]
            await outbox.send_due()
            assert [each.state for each in await outbox.list()] == [Sending.SENDING]
            await outbox.send_due()
            await outbox.send_due()
            return list(server.messages)

    assert len(desk.run(story())) == 1
    assert (rows_of(desk, desk.account), rows_of(desk, far)) == (1, 1)


def test_what_was_being_sent_when_the_program_died_waits_for_the_person(desks: Desks) -> None:  # D18
    desk = desks([])
    far = imap(desk)
    arrange(desk, Beside.FOLDER, far)
    message = write(desk)
    desk.write(lambda tx: tx.outbox.set_state(message, Sending.SENDING))
    outbox = Outbox(desk.store, desk.passwords)
    assert desk.run(outbox.recover()) == 1
    assert send(desk) == [] and rows_of(desk, far) == 0
    desk.run(outbox.mark_sent(message))
    assert (rows_of(desk, desk.account), rows_of(desk, far)) == (1, 1)
