"""Work that nobody waits for: the search index brought up to date, what nothing names swept away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Fetched, Summary
from desktopmail.engine.large import handy
from desktopmail.mime.text import for_index
from desktopmail.store.store import Store
from desktopmail.store.text import TextRow
from desktopmail.store.transaction import Transaction

INDEX_SLICE = 200
TIDIED, TIDY_SECONDS, AFTER_START_SECONDS = "tidied.at", 86_400.0, 120.0
"""A setting that says when things were tidied last, how often that is done, and how long after the start at least."""


async def index_piece(store: Store, limit: int = INDEX_SLICE) -> bool:
    """Index some messages that are not in the search index as fully as they are stored. Whether there were any."""
    ids = await store.text(lambda index: index.pending(limit))
    if not ids:
        return False
    await index_messages(store, ids)
    return True


async def index_messages(store: Store, ids: Sequence[MessageId]) -> None:
    """Index these messages as fully as they can be: whole texts of what is stored, headers of the rest."""
    rows = {message: TextRow(message, "", "") for message in ids}
    raws: dict[MessageId, bytes] = {}
    for summary, sha in await store.read(lambda tx: _named(tx, ids)):
        who = " ".join(f"{each.name} {each.address}" for each in (*summary.sender, *summary.to))
        rows[summary.id] = TextRow(summary.id, who, summary.subject, whole=summary.fetched is Fetched.FULL)
        found = await handy(store, sha) if sha else None
        if found is not None:
            raws[summary.id] = found.raw
    if raws:
        rows |= await asyncio.to_thread(_whole, raws)
    await store.text(lambda index: index.add(list(rows.values())))


def _whole(raws: dict[MessageId, bytes]) -> dict[MessageId, TextRow]:
    texts = {message: for_index(raw) for message, raw in raws.items()}
    return {
        message: TextRow(message, text.people, text.subject, text.text, text.attachment_names)
        for message, text in texts.items()
    }


def _named(tx: Transaction, ids: Sequence[MessageId]) -> list[tuple[Summary, bytes | None]]:
    return [
        (summary, tx.messages.facts(summary.id).content if summary.fetched is Fetched.FULL else None)
        for summary in tx.messages.summaries(ids)
    ]


async def tidy(store: Store) -> int:
    """Forget what was removed longer ago than the person wants to bring things back, and the contents that nothing
    names any more. How many contents went."""
    now = int(time.time())

    def work(tx: Transaction) -> None:
        days = max(1, tx.settings.all().keep_removed_days)
        tx.messages.purge(now - days * 86_400)
        tx.settings.set(TIDIED, now)

    await store.write(work)
    return await store.sweep()


async def until_tidying(store: Store) -> float:
    """Seconds until `tidy` is due: a day after the last time, and not while the program starts, for it reads all
    messages."""
    last = await store.read(lambda tx: int(tx.settings.get(TIDIED, 0)))
    return max(AFTER_START_SECONDS, last + TIDY_SECONDS - time.time())
