"""Why a message was found: the piece of its text in which a word that was searched for stands."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from desktopmail.domain.errors import StoreDamaged
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Fetched
from desktopmail.domain.query import beginnings
from desktopmail.mime.text import for_index
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

LARGEST = 2_000_000
"""Bytes of a message that is read for this; larger ones keep their usual preview."""
LONGEST = 400_000
"""Characters of a text in which the word is looked for."""
BEFORE, LENGTH = 10, 160
"""Characters in front of the word at the most, and of the whole piece."""


async def excerpts(store: Store, ids: Sequence[MessageId], terms: Sequence[str]) -> dict[MessageId, str]:
    """For each message whose text is here and has one of the words: the piece around the first of them. Raises
    StoreFailed."""
    wanted = beginnings(terms)
    if wanted is None:
        return {}
    contents = await store.read(lambda tx: _contents(tx, ids))
    found: dict[MessageId, str] = {}
    for message, content in contents.items():
        try:
            raw = await store.raw_within(content, LARGEST)
        except StoreDamaged:
            continue  # opening it tells; the others are found all the same
        piece = await asyncio.to_thread(_piece, raw, wanted) if isinstance(raw, bytes) else ""
        if piece:
            found[message] = piece
    return found


def _contents(tx: Transaction, ids: Sequence[MessageId]) -> dict[MessageId, bytes]:
    found = {}
    for summary in tx.messages.summaries(ids):
        content = tx.messages.facts(summary.id).content
        if content and summary.fetched is Fetched.FULL:
            found[summary.id] = content
    return found


def _piece(raw: bytes, wanted: re.Pattern[str]) -> str:
    return excerpt(for_index(raw).text, wanted)


def excerpt(text: str, wanted: re.Pattern[str]) -> str:
    """The piece of a text around the first hit, on one line, beginning at a word; empty when there is no hit."""
    line = " ".join(text[:LONGEST].split())
    hit = wanted.search(line)
    if hit is None:
        return ""
    start = max(0, hit.start() - BEFORE)
    if start:
        start = line.find(" ", start, hit.start()) + 1 or hit.start()
    return ("… " if start else "") + line[start : start + LENGTH]
