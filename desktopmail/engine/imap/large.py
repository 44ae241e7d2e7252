"""Brings one message that is too long to be held in memory: a piece at a time into a file, and from there."""

from __future__ import annotations

import asyncio

from desktopmail.domain.ids import MessageId
from desktopmail.engine.large import Coming
from desktopmail.mime.headers import quick
from desktopmail.mime.text import for_index
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.rows import Head, NewContent
from desktopmail.store.store import Store
from desktopmail.store.text import TextRow
from desktopmail.store.transaction import Transaction

WHOLE, PIECE = 16_000_000, 2_000_000
"""Bytes of a message up to which it comes as a whole, and how many are asked for at a time beyond that."""


async def bring_large(session: ImapSession, store: Store, message: MessageId, uid: int) -> int:
    """Bring a message of the open folder: bytes first, then its row, then the index. How many bytes came. Raises
    ContentMissing and other MailErrors."""
    coming = Coming(store)
    try:
        length = await session.fetch_in_pieces(uid, lambda piece: asyncio.to_thread(coming.add, piece), PIECE)
        beginning = coming.abridged.raw
        text = await asyncio.to_thread(for_index, beginning)
        sha = await coming.store()
    finally:
        coming.discard()

    def work(tx: Transaction) -> None:
        tx.messages.set_content([NewContent(message, sha, length, text.preview, text.attachments)])
        if text.damaged:
            found = quick(beginning)
            tx.messages.set_heads([Head(message, found.sender, found.to, found.cc, found.subject)])

    await store.write(work)
    row = TextRow(message, text.people, text.subject, text.text, text.attachment_names)
    await store.text(lambda table: table.add([row]))
    return length
