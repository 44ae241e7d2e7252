"""A message is sent, a draft is kept again and again, and the power goes."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import apsw

from desktopmail.domain.account import Endpoint
from desktopmail.domain.draft import RecipientResult, Sending
from desktopmail.engine.outbox import Outbox
from desktopmail.protocols.smtp.envelope import Envelope
from desktopmail.protocols.smtp.session import Submission
from desktopmail.store.content import read_content
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.durability.plays import Play, play, said, sent, sound
from tests.durability.scenes import OUTGOING, account_with
from tests.durability.trace import Event
from tests.fakes.smtp_script import SmtpScript

EHLO = b"250-script\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n"


def settled(profile: Path) -> None:
    """A profile with an account that can send."""

    async def move_in() -> None:
        store = Store.open(profile)
        await store.write(lambda tx: tx.accounts.add(account_with(1)), durable=True)
        await store.close()

    asyncio.run(move_in())


def sending(place: Path) -> Play:
    """A message goes into the Outbox and out to a server that takes it."""
    profile = place / "profile"
    settled(profile)

    async def perform() -> Play:
        async with SmtpScript(answers={"ehlo": EHLO}) as script:
            disk = await asyncio.to_thread(play, "send", profile, str(script.port))
            assert len(script.messages) == 1
            return Play("send", disk, _look_at_outgoing, _send_on)

    return asyncio.run(perform())


def rows(folder: Path, account: int = 0) -> list[tuple[str, bytes, str]]:
    """Role of the folder, bytes and state in the Outbox of every message that is shown, of one account or of all."""
    with (
        contextlib.closing(apsw.Connection(str(folder / "mail.db"))) as db,
        contextlib.closing(apsw.Connection(str(folder / "content.db"))) as content,
    ):
        found = db.execute(
            "SELECT f.role, m.content, coalesce(o.state, '') FROM message AS m JOIN folder AS f ON f.id = m.folder"
            " LEFT JOIN outbox AS o ON o.message = m.id WHERE m.hidden = 0 AND (?1 = 0 OR m.account = ?1)",
            (account,),
        )
        return [(role, read_content(content, sha) or b"", state) for role, sha, state in found]


def _look_at_outgoing(folder: Path, events: Sequence[Event]) -> None:
    done, out = said(events), sent(events)
    there = rows(folder)
    assert len(there) <= 1
    if "queued" in done:
        assert there, "a queued message is nowhere"
    for role, raw, state in there:
        assert raw == OUTGOING, "the message is not what was queued"
        assert role in ("outbox", "sent") and (state or role == "sent")
        if b"DATA\r\n" in out:
            assert state in ("sending", "sent", ""), "a message that may have arrived would go again"
        if "sent" in done:
            assert role == "sent"


def _send_on(folder: Path, events: Sequence[Event]) -> None:
    """At the next start: what may have arrived waits for the person; what was queued goes out once."""
    went: list[bytes] = []

    async def submit(
        endpoint: Endpoint,
        password: str,
        envelope: Envelope,
        *,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Submission:
        assert before_data is not None
        await before_data()
        went.append(envelope.raw)
        return Submission(tuple(RecipientResult(each, 250, "taken") for each in envelope.recipients), "taken")

    async def start() -> None:
        store = Store.open(folder)
        try:
            passwords = Memory()
            for account in await store.read(lambda tx: tx.accounts.all()):
                await passwords.set(account, "outgoing", "secret")
            outbox = Outbox(store, passwords, submit=submit)
            await outbox.recover()
            await outbox.send_due()
        finally:
            await store.close()

    before = rows(folder)
    asyncio.run(start())
    after = rows(folder)
    assert len(before) == len(after)
    for (_, raw, state), (role, same, now) in zip(before, after, strict=True):
        assert raw == same
        assert went == ([raw] if state in ("queued", "waiting") else [])
        assert (role, now) == (("outbox", Sending.POSSIBLY_SENT.value) if state == "sending" else ("sent", ""))
    sound(folder)


def drafting(place: Path) -> Play:
    """A draft that is kept five times."""
    profile = place / "profile"
    settled(profile)
    return Play("draft", play("draft", profile), _look_at_draft, lambda folder, events: None)


def _look_at_draft(folder: Path, events: Sequence[Event]) -> None:
    there = rows(folder)
    kept = len(said(events))
    assert len(there) == 1 if kept else len(there) <= 1
    for role, raw, _ in there:
        found = re.search(rb"version (\d+)\r\n", raw)
        assert role == "drafts" and found is not None
        number = int(found[1])
        assert number >= kept, f"version {kept} was kept, version {number} is here"
        assert raw.count(b"words and words") == number * 40
