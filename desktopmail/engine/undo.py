"""Receipts and taking back. The journal holds what each verb changed, so that undo works after a restart and after the
push, and leaves later changes alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import JournalId, MessageId
from desktopmail.domain.saying import phrase, plural
from desktopmail.engine.deeds import Deed
from desktopmail.store.rows import Before
from desktopmail.store.transaction import Transaction


def receipt(tx: Transaction, done: Deed, before: Sequence[Before], made: Sequence[MessageId] = ()) -> Receipt:
    """Enter a verb into the journal and the messages' stories, called after it in the same transaction. `done` says
    what happened; `before` is what the messages were; `made` are copies that the verb made. Both keep the words as they
    were said."""
    ids = tuple(row.message for row in before) or tuple(made)
    label = done.receipt(len(ids))
    entry = tx.journal.add(label, before, made)
    tx.history.add(dict.fromkeys((*ids, *made)), done.kind, done.story)
    return Receipt(label, entry, len(ids), tuple(made) or ids)


def take_back(tx: Transaction, entry: JournalId | None) -> Receipt:
    """Take back an entry, or the latest one. Raises NotFound when there is none."""
    label = ""
    if entry is None:
        latest = tx.journal.latest()
        if latest is None:
            raise NotFound(phrase("There is nothing to take back"))
        entry, label = latest.id, latest.label
    else:
        label = next((each.label for each in tx.journal.entries(1000) if each.id == entry), "")
    ids = tx.journal.take_back(entry)
    tx.history.add(ids, "undone", label)
    return Receipt(phrase("Undone: {0}", label) if label else phrase("Undone"), None, len(ids), tuple(ids))


def counted(count: int) -> str:
    """'1 message', '2,310 messages'."""
    return plural(count, "1 message", "{0:,} messages")
