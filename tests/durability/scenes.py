"""What a person has the program do, each in a process of its own while everything it asks of the disk is recorded.

    python -m tests.durability.scenes SCENE PROFILE SAID WORD…

A scene writes one line to the file SAID for everything that it holds to be safe from then on. Before the profile is
opened, DURABILITY_CARELESS takes away what makes commits safe: the tests must see that.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktopmail.domain.account import Endpoint, Keep, Leave, NewAccount, Pop3Server, Security, SmtpServer
from desktopmail.domain.address import Address
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.engine.composing import Composing
from desktopmail.engine.housekeeping import tidy
from desktopmail.engine.library import Library
from desktopmail.engine.outbox import Outbox
from desktopmail.engine.pictures import Pictures
from desktopmail.engine.reading import Reading
from desktopmail.store.backup import backup_profile
from desktopmail.store.connection import Writer
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.servers.doomed_pop3 import visit
from tests.servers.two_sides import Ours

Say = Callable[[str], None]
DRAFTS = 5
OUTGOING = (
    b"From: Me <me@mail.test>\r\nTo: bob@example.org\r\nMessage-ID: <going@mail.test>\r\nSubject: Going out\r\n"
    b"Date: Thu, 01 Jan 2026 10:00:00 +0000\r\n\r\nA word at a time.\r\n" + b"More words.\r\n" * 900
)


def account_with(outgoing: int) -> NewAccount:
    """Somebody who receives nothing here and sends through this port of the loopback."""
    server = Pop3Server(Endpoint("127.0.0.1", 1, Security.NONE, "ada"), Leave())
    return NewAccount(
        "me@mail.test", "Me", "Me", server, SmtpServer(Endpoint("127.0.0.1", outgoing, Security.NONE, "ada"))
    )


async def receive(profile: Path, say: Say, port: str, keep: str) -> None:
    """One visit of a POP3 mailbox."""
    endpoint = Endpoint("127.0.0.1", int(port), Security.NONE, "ada")
    report = await visit(profile, endpoint, Leave(Keep(keep), 14), "secret")
    assert report.problems == ()
    say("done")


async def send(profile: Path, say: Say, port: str) -> None:
    """A message from the Outbox to the server."""
    store = Store.open(profile)
    account = (await store.read(lambda tx: tx.accounts.all()))[0]
    account = replace(account, outgoing=SmtpServer(Endpoint("127.0.0.1", int(port), Security.NONE, "ada")))
    await store.write(lambda tx: tx.accounts.update(account), durable=True)
    passwords = Memory()
    await passwords.set(account, "outgoing", "secret")
    await _composing(store).queue_raw(OUTGOING)
    say("queued")
    assert await Outbox(store, passwords).send_due() == 1
    say("sent")
    await store.close()


def _composing(store: Store) -> Composing:
    async def nothing(message: MessageId) -> None:
        raise AssertionError("nothing is fetched here")

    return Composing(store, Library(store), Reading(store, nothing, Pictures(ssl.create_default_context)))


async def draft(profile: Path, say: Say) -> None:
    """A draft that is kept again and again while it grows."""
    store = Store.open(profile)
    composing = _composing(store)
    kept = replace(await composing.new(), to=(Address("", "bob@example.org"),), subject="Growing")
    for number in range(1, DRAFTS + 1):
        kept = await composing.save(replace(kept, text=f"version {number}\n" + "words and words\n" * number * 40))
        say(f"kept {number}")
    await store.close()


async def move(profile: Path, say: Say, port: str, user: str) -> None:
    """Messages of an IMAP account into the folders of an account that keeps its mail here, and some within those."""
    ours = await Ours.open(
        profile, Endpoint("127.0.0.1", int(port), Security.NONE, user), os.environ["DURABILITY_PASSWORD"]
    )
    inbox = await ours.folder("Inbox")
    other = AccountId(2)
    home, archive = await ours.store.read(
        lambda tx: [tx.folders.by_role(other, each) for each in (Role.INBOX, Role.ARCHIVE)]
    )
    assert home is not None and archive is not None
    receipt = await ours.actions.move((await ours.ids(inbox))[:5], home.id)
    say("moved")
    assert (await ours.sync()).problems == ()
    say("removed there")
    await ours.actions.move(list(await ours.ids(home))[:3], archive.id)
    await ours.actions.star(list(await ours.ids(archive))[:1], True)
    say(f"put away {receipt.count}")
    await ours.store.close()


async def upgrade(profile: Path, say: Say) -> None:
    """A profile of an older version is opened for the first time."""
    store = Store.open(profile)
    say("upgraded")
    await store.close()


async def clean(profile: Path, say: Say) -> None:
    """What was removed long ago is forgotten, and its bytes are swept away."""
    store = Store.open(profile)
    assert await tidy(store) == 2
    say("swept")
    await store.close()


async def back_up(profile: Path, say: Say, source: str) -> None:
    """A copy of the profile `source`, where there was none."""
    backup_profile(Path(source), profile)
    say("copied")


SCENES: dict[str, Callable[..., Awaitable[None]]] = {
    "receive": receive, "send": send, "draft": draft, "move": move, "upgrade": upgrade, "clean": clean,
    "back up": back_up,
}  # fmt: skip


def careless() -> None:
    """Commits are never synced; only checkpoints are, as SQLite does it at `synchronous` NORMAL."""
    real = Writer.transact

    def transact(self: Writer, fn: Callable[..., object], *, durable: bool = False, **more: Any) -> object:
        return real(self, fn, durable=False, **more)

    Writer.transact = transact  # type: ignore[method-assign, assignment]


def main(arguments: list[str]) -> None:
    scene, profile, said, *words = arguments
    handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if os.environ.get("DURABILITY_CARELESS"):
        careless()
    asyncio.run(SCENES[scene](Path(profile), lambda text: os.write(handle, f"{text}\n".encode()), *words))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1:])
