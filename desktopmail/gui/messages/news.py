"""How a ChangeSet becomes changes of rows. Small news is worked in place; a flood is answered by reading again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from desktopmail.domain.folder import Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags
from desktopmail.gui.messages.source import Only
from desktopmail.gui.messages.vector import Vector, blocks

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


def append(model: MessageModel, fresh: Vector) -> None:
    """Put the rest below the rows that were read first; when something changed meanwhile, whatever differs."""
    have = len(model.vector)
    if fresh.ids[:have] != model.vector.ids:
        reread(model, fresh)
    elif len(fresh) > have:
        rest = zip(fresh.ids[have:], fresh.sorts[have:], fresh.threads[have:], strict=True)
        model.insert([(have, list(rest))])


def reread(model: MessageModel, fresh: Vector) -> None:
    """Lead the model to a fresh reading: by removals and insertions when little changed, else all at once. A
    conversation that got another newest message keeps its row."""
    old = set(model.vector.ids)
    gone, come = old.difference(fresh.ids), [row for row, one in enumerate(fresh.ids) if one not in old]
    if len(gone) + len(come) <= FLOOD:
        entries = [(fresh.ids[row], fresh.sorts[row], fresh.threads[row]) for row in come]
        if model.grouped:
            entries = [each for each in entries if not _new_head(model, each, gone)]
        model.remove(gone)
        model.insert(blocks(model.vector, entries))
    if model.vector.ids != fresh.ids:
        model.swap(fresh)
    model.refresh(None)


def _new_head(model: MessageModel, entry: tuple[int, int, int], gone: set[int]) -> bool:
    """Give an entry to the row of its conversation, if there is one whose newest message is another one now."""
    here = model.vector.row_of_thread(entry[2])
    if here < 0:
        return False
    gone.discard(model.vector.ids[here])
    to = model.vector.place_of(entry[1], entry[0])
    model.replace_head(here, entry, to - 1 if to > here else to)
    return True
