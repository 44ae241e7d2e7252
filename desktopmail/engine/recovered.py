"""Gives a place to messages whose bytes are here and that no list names any more, after a mail database was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from desktopmail.domain.account import ImapServer, NewAccount
from desktopmail.domain.errors import StoreDamaged
from desktopmail.domain.message import Flags
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.large import handy
from desktopmail.mime.text import for_index
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

FOLDER, ACCOUNT, ADDRESS = "Recovered", "Recovered mail", "recovered@localhost"
AT_ONCE = 50
HEADER = 200_000
"""Bytes of a message that are read for its row."""


async def gather(store: Store) -> int:
    """Put every content that nothing names into a folder of its own, in an account that keeps its mail here. How many
    those were. What also lies on a server may be there a second time then: nobody can tell any more. Raises
    DiskFull, StoreFailed."""
    named = await store.read(lambda tx: tx.messages.contents() | tx.messages.let_go())
    shas = [sha for sha in await store.content(lambda content: content.shas()) if sha not in named]
    if not shas:
        return 0
    door = await store.write(_door)
    found = 0
    for start in range(0, len(shas), AT_ONCE):
        rows = await _rows(store, shas[start : start + AT_ONCE])
        arrived = await store.write(lambda tx, rows=rows: arrive(tx, door, rows), durable=True)  # type: ignore[misc]
        found += len(arrived.new)
    return found


async def _rows(store: Store, shas: Sequence[bytes]) -> list[Arriving]:
    rows = []
    for sha in shas:
        try:
            found = await handy(store, sha)
        except StoreDamaged:
            continue
        if found is not None:
            text = await asyncio.to_thread(for_index, found.raw)
            rows.append(
                Arriving(
                    found.raw[:HEADER],
                    found.size,
                    0,
                    Flags.SEEN,
                    content=sha,
                    preview=text.preview,
                    attachments=text.attachments,
                )
            )
    return rows


def _door(tx: Transaction) -> Door:
    """The folder, in the first account that keeps its mail on this computer; without one, in an account made for it."""
    here = [each for each in tx.accounts.all() if not isinstance(each.incoming, ImapServer)]
    account = here[0] if here else tx.accounts.get(tx.accounts.add(NewAccount(ADDRESS, ACCOUNT, "", None, None)))
    folder = tx.folders.by_path(account.id, FOLDER)
    if folder is None:
        folder = tx.folders.get(tx.folders.create(account.id, None, FOLDER))
    return Door(account, folder, first=True)
