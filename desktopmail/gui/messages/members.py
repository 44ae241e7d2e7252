"""What a row stands for: itself, or every message of its conversation in the shown place."""

from __future__ import annotations

from collections.abc import Sequence

from desktopmail.domain.ids import MessageId, ThreadId
from desktopmail.domain.message import Summary
from desktopmail.gui.messages.model import MessageModel
from desktopmail.gui.messages.source import Found

MANY = 20
"""From here on one reading of the whole place is cheaper than one per conversation."""


def members(model: MessageModel, rows: Sequence[MessageId]) -> list[MessageId]:
    """The messages that a verb on these rows is about."""
    place = model.place
    if not model.grouped or place is None or isinstance(place, Found):
        return list(rows)
    if len(rows) < MANY:
        threads = [thread for one in rows if (thread := thread_of(model, one))]
        found = [each.id for thread in threads for each in model.source.thread(ThreadId(thread)) if model.holds(each)]
        return found or list(rows)
    heads = set(rows)
    wanted = {owner for one, owner in zip(model.vector.ids, model.vector.threads, strict=True) if one in heads}
    ids, _, owners = model.source.rows(place)
    return [MessageId(one) for one, owner in zip(ids, owners, strict=True) if owner in wanted]


def thread_of(model: MessageModel, one: MessageId) -> int:
    """The conversation a row stands for; 0 when it is not here."""
    row = model.vector.row_of(one)
    return model.vector.threads[row] if row >= 0 else 0


def unread_rows(model: MessageModel) -> list[int]:
    """The rows with something unread, rising: one query, however long the list is."""
    place = model.place
    model.whole()
    if place is None:
        return []
    if isinstance(place, Found):
        unread = {key[0] for key in model.source.keys([MessageId(one) for one in model.vector.ids]) if not key[4] & 1}
        return [row for row, one in enumerate(model.vector.ids) if one in unread]
    ids, _, threads = model.source.rows(place, unread=True)
    column, wanted = (model.vector.threads, set(threads)) if model.grouped else (model.vector.ids, set(ids))
    return [row for row, one in enumerate(column) if one in wanted]


def conversation(model: MessageModel, one: MessageId) -> tuple[list[Summary], MessageId]:
    """What the reader shows for a row, oldest first, and which of it to read: the oldest unread, or the newest."""
    summary = model.summary(model.vector.row_of(one))
    if summary is None:
        return [], one
    if not model.grouped:
        return [summary], one
    place = model.place
    folder = summary.folder if not isinstance(place, Found) else None
    found = model.source.thread(summary.thread, folder) or [summary]
    unread = [each.id for each in found if not each.flags & 1 and model.holds(each)]
    return found, unread[0] if unread else one if any(each.id == one for each in found) else found[-1].id
