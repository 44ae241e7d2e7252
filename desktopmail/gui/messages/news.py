"""How a ChangeSet becomes changes of rows. Small news is worked in place; a flood is answered by reading again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from desktopmail.domain.folder import Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags
from desktopmail.gui.messages.source import Only
from desktopmail.gui.messages.vector import Vector, blocks, difference

if TYPE_CHECKING:
    from desktopmail.gui.messages.model import MessageModel

FLOOD = 64
"""More heads than this at once are cheaper to read again than to work in."""

Key = tuple[int, int, int, int, int]


def apply(model: MessageModel, added: set[MessageId], changed: set[MessageId], removed: set[MessageId]) -> None:
    """Work news of the shown place into its rows. A row never leaves because its flags changed: what was read under
    an 'unread' filter stays until the filter is chosen again."""
    if model.grouped:
        _apply_grouped(model, added, changed, removed)
        return
    gone = [one for one in removed if one not in added]
    if gone and model.place is Unified.STARRED:
        kept = {key[0] for key in model.source.keys(gone) if key[4] & Flags.STARRED}
        gone = [one for one in gone if one not in kept]
    model.remove(gone)
    filtered = model.only is not Only.ALL or model.place is Unified.STARRED
    fresh = added | changed if filtered else added
    if fresh:
        keys = [key for key in model.source.keys(fresh) if _belongs(model, key)]
        model.insert(blocks(model.vector, [key[:3] for key in keys]))
    model.refresh(changed | added)


def _belongs(model: MessageModel, key: Key) -> bool:
    flags = key[4]
    if model.place is Unified.STARRED and not flags & Flags.STARRED:
        return False
    if model.only is Only.UNREAD:
        return not flags & Flags.SEEN
    return model.only is not Only.STARRED or bool(flags & Flags.STARRED)


def _apply_grouped(
    model: MessageModel, added: set[MessageId], changed: set[MessageId], removed: set[MessageId]
) -> None:
    """Rows are conversations: a message changes the row of its conversation, or its row's place."""
    if len(added) + len(removed) > FLOOD or any(model.vector.row_of(one) >= 0 for one in removed):
        model.reread()
    else:
        keys = sorted(model.source.keys(added), key=lambda key: (key[1], key[0]))
        for one, sort, thread, _, flags in keys:
            row = model.vector.row_of_thread(thread)
            if row < 0:
                if _belongs(model, (one, sort, thread, 0, flags)):
                    model.insert(blocks(model.vector, [(one, sort, thread)]))
            elif (model.vector.sorts[row], model.vector.ids[row]) < (sort, one):
                to = model.vector.place_of(sort, one)
                model.replace_head(row, (one, sort, thread), to - 1 if to > row else to)
    _refresh_heads(model, added | changed | removed)


def _refresh_heads(model: MessageModel, ids: Iterable[MessageId]) -> None:
    touched = set(ids)
    if len(touched) > FLOOD:
        model.refresh(None)
        return
    threads = {key[2] for key in model.source.keys(touched)}
    rows = [model.vector.row_of_thread(thread) for thread in threads]
    model.refresh([model.vector.ids[row] for row in rows if row >= 0])


def reread(model: MessageModel, fresh: Vector) -> None:
    """Lead the model to a fresh reading by removals and insertions; a conversation that got another newest message
    keeps its row."""
    _swap_heads(model, fresh)
    gone, come = difference(model.vector.ids, fresh.ids)
    model.remove([model.vector.ids[row] for first, last in gone for row in range(first, last + 1)])
    entries = [(fresh.ids[row], fresh.sorts[row], fresh.threads[row]) for first, last in come
               for row in range(first, last + 1)]  # fmt: skip
    model.insert(blocks(model.vector, entries))
    model.refresh(None)


def _swap_heads(model: MessageModel, fresh: Vector) -> None:
    if not model.grouped:
        return
    old = dict(zip(model.vector.ids, model.vector.threads, strict=True))
    heads = {thread: row for row, (one, thread) in enumerate(zip(fresh.ids, fresh.threads, strict=True))
             if one not in old}  # fmt: skip
    if len(heads) > FLOOD:
        return
    for thread, row in heads.items():
        here = model.vector.row_of_thread(thread)
        if here >= 0:
            entry = (fresh.ids[row], fresh.sorts[row], thread)
            to = model.vector.place_of(entry[1], entry[0])
            model.replace_head(here, entry, to - 1 if to > here else to)
