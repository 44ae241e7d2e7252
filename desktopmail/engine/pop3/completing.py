"""Gives messages that are here in part the rest of their bytes, in the rows they have already."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from desktopmail.domain.account import Account
from desktopmail.domain.ids import MessageId
from desktopmail.engine.pop3.storing import Brought, head_of, index_row, put
from desktopmail.engine.pop3.visit import ensure_receiving
from desktopmail.mime.headers import quick
from desktopmail.mime.text import IndexText, for_index
from desktopmail.store.ledger_rows import Entry, Stored
from desktopmail.store.rows import NewContent
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


class Completed(NamedTuple):
    """SHA-256 by name of what is whole now; `others` are different messages under names that were known."""

    shas: dict[str, bytes]
    others: list[Brought]


async def complete(store: Store, account: Account, came: Sequence[Brought], begun: Mapping[str, Entry]) -> Completed:
    """Store whole messages whose tops are here; `begun` are their lines by name. When this returns they survive a power
    cut. Raises DiskFull, StoreFailed."""
    places = {each.name: begun[each.name].message for each in came}
    ids = [message for message in places.values() if message is not None]
    known = {row.id: row.message_id for row in await store.read(lambda tx: tx.messages.summaries(ids))}
    right: list[Brought] = []
    others: list[Brought] = []
    for each in came:
        message = places[each.name]
        same = message is not None and known.get(message) == quick(each.raw).message_id
        (right if same else others).append(each)
    if not right:
        return Completed({}, others)
    rows = [message for each in right if (message := places[each.name]) is not None]
    texts = await asyncio.to_thread(lambda: [for_index(each.raw) for each in right])
    shas = await put(store, right)
    await store.write(lambda tx: _fill_in(tx, account, list(zip(rows, right, shas, texts, strict=True))), durable=True)
    index = [index_row(message, text) for message, text in zip(rows, texts, strict=True)]
    await store.text(lambda into: into.add(index))
    return Completed({each.name: sha for each, sha in zip(right, shas, strict=True)}, others)


def _fill_in(tx: Transaction, account: Account, rows: Sequence[tuple[MessageId, Brought, bytes, IndexText]]) -> None:
    ensure_receiving(tx, account)
    tx.messages.set_content(
        [NewContent(message, sha, each.length, text.preview, text.attachments) for message, each, sha, text in rows]
    )
    damaged = [head_of(message, each.raw) for message, each, _, text in rows if text.damaged]
    if damaged:
        tx.messages.set_heads(damaged)
    tx.ledger.stored(account.id, [Stored(each.name, each.size, message, sha) for message, each, sha, _ in rows])
