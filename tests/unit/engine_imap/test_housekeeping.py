"""The index ends: whatever state a message is in, it is indexed once and not looked at again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktopmail.domain.account import NewAccount
from desktopmail.domain.address import Address
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Fetched
from desktopmail.engine.housekeeping import AFTER_START_SECONDS, TIDY_SECONDS, index_piece, tidy, until_tidying
from desktopmail.store.rows import NewMessage
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

RAW = b"From: Ada <ada@example.org>\r\nSubject: bridge\r\n\r\nThe whole text.\r\n"


async def fill(store: Store) -> list[MessageId]:
    """One message of every state: headers only, stored, stored but damaged, removed, vanished."""
    new = NewAccount("me@example.org", "Me", "Me", None, None)
    sha = await store.content(lambda content: content.put(RAW))

    def put(tx: Transaction) -> list[MessageId]:
        account = tx.accounts.add(new)
        inbox = tx.folders.by_role(account, Role.INBOX)
        assert inbox is not None

        def row(**facts: object) -> NewMessage:
            people = (Address("Ada", "ada@example.org"),)
            return NewMessage(account, FolderId(inbox.id), subject="bridge", sender=people)._replace(**facts)

        ids = tx.messages.insert(
            [
                row(),
                row(content=sha, fetched=Fetched.FULL),
                row(content=b"?" * 32, fetched=Fetched.FULL),
                row(),
                row(uid=5),
            ]
        )
        tx.messages.remove(ids[3:4])
        tx.copies.vanish(inbox.id, [5])
        return ids

    return await store.write(put)


def test_every_message_is_indexed_once(tmp_path: Path) -> None:
    async def story() -> None:
        store = Store.open(tmp_path)
        ids = await fill(store)
        pieces = 0
        while await index_piece(store, 2):
            pieces += 1
            assert pieces <= len(ids)
        assert await store.text(lambda index: index.pending(10)) == []
        assert await tidy(store) == 0
        await store.close()

    asyncio.run(story())


def test_tidying_waits_for_the_start_and_then_a_day(tmp_path: Path) -> None:
    async def story() -> None:
        store = Store.open(tmp_path)
        assert await until_tidying(store) == AFTER_START_SECONDS
        await tidy(store)
        assert TIDY_SECONDS - 60 < await until_tidying(store) <= TIDY_SECONDS
        await store.close()

    asyncio.run(story())
