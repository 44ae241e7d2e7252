"""Writing: drafts kept and sent, answers with their quotation, and what never leaves with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.address import Address
from desktopmail.domain.body import REMOTE_URL
from desktopmail.domain.draft import Answer, Attachment, Draft
from desktopmail.domain.errors import ContentMissing, WrongUsage
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.composing import Composing
from desktopmail.engine.library import Library
from desktopmail.engine.pictures import Pictures
from desktopmail.engine.reading import Reading
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.mime.body import read
from desktopmail.protocols.tls import ssl_context
from desktopmail.store.rows import CopyRow, FolderMark
from desktopmail.store.transaction import Transaction
from tests.unit.engine.profile import ADA, Profile, profile

BOB = Address("Bob", "bob@example.org")
PAGE = (
    b"From: Bob <bob@example.org>\r\nTo: ada@example.org, eve@example.org\r\nSubject: Page\r\nMessage-ID: <page@x>\r\n"
    b"Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
    b"--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
    b"--r\r\nContent-Type: text/html\r\n\r\n<style>p{color:red}</style><p>Look <img src='cid:p1'>"
    b"<img src='https://tracker.example/x.png' alt='far'><img src='file:///etc/passwd'></p>\r\n"
    b"--r\r\nContent-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"iVBORw0KGgo=\r\n--r--\r\n--m\r\nContent-Type: text/plain; name=notes.txt\r\n"
    b"Content-Disposition: attachment; filename=notes.txt\r\n\r\nnotes\r\n--m--\r\n"
)


class Desk:
    """A profile with everything composing needs; no server."""

    def __init__(self, opened: Profile) -> None:
        self.profile = opened
        self.library = Library(opened.store)
        self.asked: list[MessageId] = []
        reading = Reading(opened.store, self._fetch, Pictures(lambda: ssl_context(_nowhere())))
        self.reading = reading
        self.composing = Composing(opened.store, self.library, reading)

    async def _fetch(self, message: MessageId) -> None:
        self.asked.append(message)
        raise ContentMissing("Not here", "No server.")

    async def receive(self, raw: bytes, role: Role = Role.INBOX) -> MessageId:
        """A message from outside."""
        sha = await self.profile.store.content(lambda content: content.put(raw))
        (message,) = await self.profile.insert(role, content=sha, message_id="<page@x>", size=len(raw))
        return message

    async def raw(self, message: MessageId) -> bytes:
        """The stored bytes."""
        return await self.reading.raw(message)


def _nowhere():  # type: ignore[no-untyped-def]
    from desktopmail.domain.account import Endpoint, Security

    return Endpoint("", 443, Security.TLS, "")


def run(folder: Path, test: Callable[[Desk], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with profile(folder) as opened:
            await test(Desk(opened))

    asyncio.run(inside())


def test_a_draft_is_kept_changed_and_opened_again(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        draft = await desk.composing.new()
        file = Attachment("notes.txt", "text/plain", b"notes")
        draft = replace(draft, to=(BOB,), bcc=(ADA,), subject="Plans", text="One", attachments=(file,))
        first = await desk.composing.save(draft)
        assert first.id is not None
        assert await desk.composing.save(first) is first
        second = await desk.composing.save(replace(first, text="One and two"))
        assert (second.id, second.message_id) == (first.id, first.message_id)
        opened = await Composing(desk.profile.store, desk.library, desk.reading).edit(second.id)  # type: ignore[arg-type]
        assert (opened.to, opened.bcc, opened.subject) == ((BOB,), (ADA,), "Plans")
        assert (opened.text.strip(), opened.attachments) == ("One and two", (file,))
        assert opened.identity == draft.identity
        versions = await desk.profile.store.read(lambda tx: tx.drafts.versions(second.id))  # type: ignore[arg-type]
        assert len(versions) == 2
        (row,) = desk.library.summaries(desk.library.ids(await desk.profile.folder(Role.DRAFTS)))
        assert row.flags == Flags.DRAFT | Flags.SEEN

    run(tmp_path, test)


def test_a_newer_draft_is_uploaded_before_the_older_goes(tmp_path: Path) -> None:  # D22
    async def test(desk: Desk) -> None:
        store = desk.profile.store
        drafts = await desk.profile.folder(Role.DRAFTS)
        saved = await desk.composing.save(replace(await desk.composing.new(), text="old"))
        await store.write(
            lambda tx: (
                tx.folders.set_mark(drafts, FolderMark("Drafts")),
                tx.copies.add([CopyRow(drafts, 7, saved.id, Flags.DRAFT | Flags.SEEN)]),  # type: ignore[arg-type]
            )
        )
        await desk.composing.save(replace(saved, text="new"))
        work = await store.read(lambda tx: tx.difference.for_account(desk.profile.account, tx.now))
        upload = next(each for each in work if each.known is None)
        removal = next(each for each in work if each.known is not None)
        assert (upload.message, upload.wanted.removed) == (saved.id, False)
        assert (removal.wanted.removed, removal.known.uid) == (True, 7)  # type: ignore[union-attr]

    run(tmp_path, test)


def test_sending_a_draft_empties_drafts_and_keeps_bcc_for_the_sender(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        draft = replace(await desk.composing.new(), to=(BOB,), bcc=(ADA,), subject="Plans", text="Hello")
        saved = await desk.composing.save(draft)
        receipt = await desk.composing.send(saved, 8)
        assert (receipt.label, receipt.messages) == ("Sending in 8 seconds", (saved.id,))
        (entry,) = desk.library.outbox()
        assert [each.address for each in entry.recipients] == ["bob@example.org", "ada@example.org"]
        raw = await desk.raw(entry.id)
        assert b"\r\nMessage-ID: " + saved.message_id.encode() in raw
        assert raw.count(b"Bcc: ") == 1
        assert read(raw).bcc == (ADA,)
        assert list(desk.library.ids(await desk.profile.folder(Role.DRAFTS))) == []
        flags = await desk.profile.store.read(lambda tx: tx.messages.flags([entry.id]))
        assert flags[entry.id][0] == Flags.SEEN

    run(tmp_path, test)


@pytest.mark.parametrize("people", [(), (Address("", "not an address"),), (Address("", "a@b\r\nBcc: eve@x"),)])
def test_nothing_is_queued_that_cannot_go(tmp_path: Path, people: tuple[Address, ...]) -> None:
    async def test(desk: Desk) -> None:
        with pytest.raises(WrongUsage):
            await desk.composing.send(replace(await desk.composing.new(), to=people, text="x"))
        assert desk.library.outbox() == ()

    run(tmp_path, test)


def test_a_reply_quotes_and_asks_nobody(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        message = await desk.receive(PAGE)
        draft = await desk.composing.reply(message, everybody=True)
        assert (draft.to, draft.subject) == ((BOB, Address("", "eve@example.org")), "Re: Page")
        assert (draft.in_reply_to, draft.references) == ("<page@x>", ("<page@x>",))
        assert (draft.answers, draft.answer) == (message, Answer.REPLY_ALL)
        assert "On 3 March 2026, Bob wrote:" in draft.text
        assert 'src="cid:p1"' in draft.html
        for leak in ("tracker.example", REMOTE_URL, "file:", "passwd", "<style", "desktopmail:"):
            assert leak not in draft.html
        assert "[far]" in draft.html
        assert [(each.content_id, each.data[:4]) for each in draft.attachments] == [("p1", b"\x89PNG")]
        queued = await desk.composing.queue(draft)
        sent = await desk.raw(queued)
        assert b"tracker.example" not in sent
        assert b"In-Reply-To: <page@x>" in sent

    run(tmp_path, test)


def test_answers_begin_as_the_person_prefers(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        message = await desk.receive(PAGE)
        store = desk.profile.store

        def sign(tx: Transaction) -> None:
            account = tx.accounts.all()[0]
            signed = tuple(replace(each, signature="Countess of Lovelace") for each in account.identities)
            tx.accounts.update(replace(account, identities=signed))

        await store.write(sign)
        draft = await desk.composing.reply(message)
        assert "Countess" in draft.text and "Bob wrote:" in draft.text and "Countess" in draft.html
        await SettingsVerbs(store).change(quote_in_replies=False, sign_answers=False)
        draft = await desk.composing.reply(message)
        assert (draft.text.strip(), draft.html, draft.attachments) == ("", "", ())
        assert (draft.answers, draft.references) == (message, ("<page@x>",))
        forwarded = await desk.composing.forward(message)
        assert "Countess" not in forwarded.text + forwarded.html and "Forwarded message" in forwarded.text

    run(tmp_path, test)


def test_a_forward_carries_what_came_along(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        draft = await desk.composing.forward(await desk.receive(PAGE))
        assert (draft.subject, draft.to, draft.answer) == ("Fwd: Page", (), Answer.FORWARD)
        assert [each.name for each in draft.attachments if not each.content_id] == ["notes.txt"]
        assert "Forwarded message" in draft.text
        assert "tracker.example" not in draft.html

    run(tmp_path, test)


def test_a_reply_kept_as_a_draft_still_answers(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        message = await desk.receive(PAGE)
        saved = await desk.composing.save(await desk.composing.reply(message))
        opened = await Composing(desk.profile.store, desk.library, desk.reading).edit(saved.id)  # type: ignore[arg-type]
        assert (opened.answers, opened.answer, opened.in_reply_to) == (message, Answer.REPLY, "<page@x>")

    run(tmp_path, test)


def test_any_message_can_be_the_start_of_a_new_one(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        draft = await desk.composing.edit(await desk.receive(PAGE))
        assert (draft.id, draft.message_id, draft.subject) == (None, "", "Page")

    run(tmp_path, test)


def test_a_discarded_draft_can_be_taken_back(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        saved = await desk.composing.save(replace(await desk.composing.new(), text="x"))
        receipt = await desk.composing.discard(saved)
        drafts = await desk.profile.folder(Role.DRAFTS)
        assert list(desk.library.ids(drafts)) == []
        await desk.profile.store.write(lambda tx: tx.journal.take_back(receipt.undo))  # type: ignore[arg-type]
        assert list(desk.library.ids(drafts)) == [saved.id]
        assert (await desk.composing.discard(Draft(saved.identity))).count == 0

    run(tmp_path, test)


def test_foreign_text_is_completed_and_nothing_else(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        raw = b"From: ada@example.org\nTo: Bob <bob@example.org>\nCc: bob@EXAMPLE.org\nX-Own: kept\n\n  text\n"
        queued = await desk.composing.queue_raw(raw)
        stored = await desk.raw(queued)
        assert stored.endswith(raw.replace(b"\n", b"\r\n"))
        assert stored.count(b"From:") == 1
        head = read(stored)
        assert head.message_id.endswith("@example.org>")
        assert head.date > 0
        (entry,) = desk.library.outbox()
        assert [each.address for each in entry.recipients] == ["bob@example.org"]
        for bad in (b"", b"\n\nonly text", b"From: ada@example.org\n\nnobody", b"To: a@b\n\n\0"):
            with pytest.raises(WrongUsage):
                await desk.composing.queue_raw(bad)

    run(tmp_path, test)


def test_what_is_not_here_is_said_and_not_guessed(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        (message,) = await desk.profile.insert(Role.INBOX, content=None)
        body = await desk.reading.load(message)
        assert (body.subject, body.text, body.warnings[0].kind) == ("Letter 0", "", "not-downloaded")
        for ask in (desk.reading.raw(message), desk.composing.forward(message), desk.reading.part(message, "1")):
            with pytest.raises(ContentMissing):
                await ask
        assert desk.asked == [message] * 4

    run(tmp_path, test)


def test_remote_pictures_only_when_allowed(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        message = await desk.receive(PAGE)
        body = await desk.reading.load(message)
        (private,) = body.remote_urls
        assert body.remote_content == 1
        assert await desk.reading.picture(message, private) is None
        assert await desk.reading.picture(message, "https://tracker.example/x.png") is None
        own = next(each for each in body.parts if each.type == "image/png")
        found = await desk.reading.picture(message, f"desktopmail://message/part/{own.section}")
        assert found is not None
        assert found[0] == "image/png"
        assert await desk.reading.picture(message, "desktopmail://message/part/1.1") is None

    run(tmp_path, test)


def test_typed_addresses() -> None:
    composing = Composing.__new__(Composing)
    assert composing.addresses(["Bob <bob@example.org>, eve@x.org", "BOB@example.org"]) == (
        BOB,
        Address("", "eve@x.org"),
    )
    with pytest.raises(WrongUsage):
        composing.addresses(["nobody"])
