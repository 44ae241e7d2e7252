"""A profile with one account for tests of the engine: real store, no server unless a test brings one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security, SmtpServer
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Answer
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.store.rows import DraftFacts, Envelope, NewMessage
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

ADA = Address("Ada", "ada@example.org")
RAW = (
    b"From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nBcc: eve@example.org\r\n"
    b"Message-ID: <%b-%d@x>\r\nSubject: Letter %d\r\n\r\n.dot\r\n"
)


@dataclass
class Profile:
    """An open store with an account that receives by IMAP (nobody is asked) and sends to `smtp`."""

    store: Store
    passwords: Memory
    account: AccountId

    async def folder(self, role: Role) -> FolderId:
        """The account's folder with a role."""

        def work(tx: Transaction) -> FolderId:
            found = tx.folders.by_role(self.account, role)
            assert found is not None
            return found.id

        return await self.store.read(work)

    async def insert(self, role: Role, count: int = 1, **facts: object) -> list[MessageId]:
        """Messages in a folder, with content that tells them apart."""
        folder = await self.folder(role)
        raws = [RAW % (role.value.encode(), number, number) for number in range(count)]
        shas = await self.store.content(lambda content: content.put_many(raws))
        rows = [
            NewMessage(
                self.account,
                folder,
                key=f"{role}-{number}".encode(),
                message_id=f"<{role.value}-{number}@x>",
                date=1_700_000_000 + number,
                sender=(ADA,),
                to=(Address("", "bob@example.org"),),
                subject=f"Letter {number}",
                size=len(raw),
                fetched=Fetched.FULL,
                content=sha,
            )._replace(**facts)  # type: ignore[arg-type]
            for number, (raw, sha) in enumerate(zip(raws, shas, strict=True))
        ]
        return await self.store.write(lambda tx: tx.messages.insert(rows))

    async def queue(self, *recipients: str, answers: MessageId | None = None, due_at: int | None = None) -> MessageId:
        """One message in the Outbox."""
        (message,) = await self.insert(Role.OUTBOX, flags=Flags.SEEN)

        def work(tx: Transaction) -> None:
            identity = tx.accounts.get(self.account).identities[0].id
            answer = Answer.REPLY if answers else Answer.NEW
            tx.drafts.put(message, DraftFacts(identity, answers, answer.value))
            tx.outbox.put(
                message,
                Envelope("ada@example.org", recipients or ("bob@example.org",)),
                tx.now if due_at is None else due_at,
            )

        await self.store.write(work)
        return message

    async def role_of(self, message: MessageId) -> Role:
        """The role of the folder a message is in."""
        return await self.store.read(lambda tx: tx.folders.get(tx.messages.facts(message).folder).role)


@asynccontextmanager
async def profile(folder: Path, smtp: Endpoint | None = None, *, user: str = "") -> AsyncIterator[Profile]:
    """A profile in `folder`, opened again when it is there already."""
    store = Store.open(folder)
    try:
        yield Profile(store, Memory(), await store.write(lambda tx: _account(tx, smtp, user)))
    finally:
        await store.close()


def _account(tx: Transaction, smtp: Endpoint | None, user: str) -> AccountId:
    for each in tx.accounts.all():
        return each.id
    imap = ImapServer(Endpoint("localhost", 1, Security.TLS, "ada"))
    outgoing = SmtpServer(smtp or Endpoint("localhost", 1, Security.NONE, user))
    return tx.accounts.add(NewAccount("ada@example.org", "Test", "Ada", imap, outgoing))
