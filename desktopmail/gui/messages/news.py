"""How a ChangeSet becomes changes of rows: what it names is looked up and worked in, the place is not read again.

News may be several announcements at once, and the order among them is lost; what the store says now is what counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktopmail.domain.folder import Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags
from desktopmail.gui.messages.source import Only
from desktopmail.gui.messages.vector import Entry, Vector

if TYPE_CHECKING:
    from desktopmail.gui.messages.model import MessageModel

FEW = 16
"""Conversations that get another newest message one by one; more are exchanged together with all rows."""
MANY = 4_000
"""News of more messages than this is answered by reading the place again."""

Key = tuple[int, int, int, int, int]


def apply(model: MessageModel, added: set[MessageId], changed: set[MessageId], removed: set[MessageId]) -> None:
    """Work news of the shown place into its rows. A row never leaves because its flags changed: what was read under
    an 'unread' filter stays until the filter is chosen again."""
    touched = added | changed | removed
    filtered = model.only is not Only.ALL or model.place is Unified.STARRED
    if len(touched) > MANY and not filtered:
        if added or removed:
            model.reread()
        else:
            model.refresh(None)
        return
    if model.place is Unified.SENT and (added or removed):
        model.reread()  # what another account keeps too is one row, and takes the place of the one that went
        return
    keys: dict[int, Key] = {key[0]: key for key in model.source.keys(touched)}
    fresh = [keys[one] for one in (added | changed if filtered else added) if one in keys]
    fresh = _in_state(model, [key for key in fresh if _belongs(model, key)])
    gone = [one for one in touched if one not in keys or not model.within(keys[one][3])]
    if model.grouped:
        _work_in_talks(model, keys, fresh, [*gone, *_in_other_talks(model, keys, changed)])
        _refresh_talks(model, keys, gone)
    else:
        _work_in(model, keys, fresh, gone)


def _belongs(model: MessageModel, key: Key) -> bool:
    """Whether a message would be among the rows if the place was read now."""
    flags = key[4]
    if not model.within(key[3]) or (model.place is Unified.STARRED and not flags & Flags.STARRED):
        return False
    if model.only is Only.UNREAD:
        return not flags & Flags.SEEN
    return model.only is not Only.STARRED or bool(flags & Flags.STARRED)


def _in_state(model: MessageModel, keys: list[Key]) -> list[Key]:
    """Those that are in the state of copies that is shown alone, if one is."""
    wanted = model.only.copy
    if wanted is None:
        return keys
    there = {row.id for row in model.source.summaries([MessageId(key[0]) for key in keys]) if row.copy is wanted}
    return [key for key in keys if key[0] in there]


def _work_in(model: MessageModel, keys: dict[int, Key], fresh: list[Key], gone: list[MessageId]) -> None:
    """Rows are messages. A draft that was saved again has another date, and its row another place."""
    vector = model.vector
    new = {key[0] for key in fresh}
    moved = {one: key[:3] for one, key in keys.items() if one not in new and vector.row_with(key[1], one) < 0}
    stray = vector.known(moved).difference(gone) if moved else set()
    _exchange(model, {one: moved[one] for one in stray}, gone, [key[:3] for key in fresh])
    model.refresh(keys)


def _work_in_talks(model: MessageModel, keys: dict[int, Key], fresh: list[Key], gone: list[MessageId]) -> None:
    """Rows are conversations: a message changes the row of its conversation, or its row's place."""
    vector = model.vector
    lost = set(vector.rows_of(gone)) if gone else set()
    joined = {one: keys[one][2] for row in lost if (one := vector.ids[row]) in keys}
    best: dict[int, Entry] = {
        entry[2]: entry for entry in model.heads({*joined.values(), *(vector.threads[row] for row in lost)})
    }
    for key in fresh:
        if key[2] not in best or (key[1], key[0]) > (best[key[2]][1], best[key[2]][0]):
            best[key[2]] = key[:3]
    heads: dict[int, Entry] = {}
    for thread, row in vector.rows_of_threads(best).items():
        entry = best.pop(thread)
        if row in lost or (vector.sorts[row], vector.ids[row]) < (entry[1], entry[0]):
            heads[vector.ids[row]] = entry
    for one, thread in joined.items():
        if thread in best and one not in heads:
            heads[one] = best.pop(thread)
    leaving = [one for row in lost if (one := vector.ids[row]) not in heads]
    _exchange(model, heads, leaving, list(best.values()))


def _in_other_talks(model: MessageModel, keys: dict[int, Key], changed: set[MessageId]) -> list[MessageId]:
    """Messages whose row is that of another conversation than they belong to now: two became one."""
    vector = model.vector
    rows = [(key, vector.row_with(key[1], key[0])) for one in changed if (key := keys.get(one)) is not None]
    return [MessageId(key[0]) for key, row in rows if row >= 0 and vector.threads[row] != key[2]]


def _exchange(model: MessageModel, heads: dict[int, Entry], leaving: Sequence[int], come: Sequence[Entry]) -> None:
    """Give some rows another message, take some out and put some in."""
    if not (heads or leaving or come):
        return
    with model.changing():
        if len(heads) > FEW:
            left = model.vector.without(model.vector.rows_of([*heads, *leaving]))
            model.swap(left.with_rows([*heads.values(), *come]))
            model.refresh([entry[0] for entry in heads.values()])
            return
        model.remove(leaving)
        for old, entry in heads.items():
            model.replace_head(model.vector.row_of(old), entry)
        model.insert(come)


def _refresh_talks(model: MessageModel, keys: dict[int, Key], gone: list[MessageId]) -> None:
    """The rows of everything that was touched; all, when something is gone whose conversation nobody knows any more."""
    if any(one not in keys for one in gone):
        model.refresh(None)
        return
    model.refresh_threads({key[2] for key in keys.values()})


def append(model: MessageModel, fresh: Vector) -> None:
    """Put the rest below the rows that were read first; when something changed meanwhile, whatever differs."""
    have = len(model.vector)
    if fresh.ids[:have] != model.vector.ids:
        reread(model, fresh)
    elif len(fresh) > have:
        rest = zip(fresh.ids[have:], fresh.sorts[have:], fresh.threads[have:], strict=True)
        model.put([(have, list(rest))])


def reread(model: MessageModel, fresh: Vector) -> None:
    """Lead the model to a fresh reading: by removals and insertions when little differs, else all at once. A
    conversation that got another newest message keeps its row."""
    with model.changing():
        _approach(model, fresh)
        if model.vector.ids != fresh.ids:
            model.swap(fresh)
    model.refresh(None)


def _approach(model: MessageModel, fresh: Vector) -> None:
    old = set(model.vector.ids)
    gone, come = old.difference(fresh.ids), [row for row, one in enumerate(fresh.ids) if one not in old]
    if len(gone) + len(come) > 4 * FEW:
        return
    entries = [(fresh.ids[row], fresh.sorts[row], fresh.threads[row]) for row in come]
    if model.grouped:
        rows = model.vector.rows_of_threads(entry[2] for entry in entries)
        heads = {model.vector.ids[rows[entry[2]]]: entry for entry in entries if entry[2] in rows}
        _exchange(model, heads, list(gone.difference(heads)), [each for each in entries if each[2] not in rows])
    else:
        model.remove(gone)
        model.insert(entries)
