"""What a committed transaction touched: the only way news travels from the store to everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from desktopmail.domain.ids import AccountId, FolderId, MessageId


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Announced once, on the loop, after the commit. Ids may repeat over the three kinds only in the order
    added → changed → removed. `arrivals` are new messages that deserve a notice (after filters and junk)."""

    added: dict[FolderId, tuple[MessageId, ...]] = field(default_factory=dict)
    changed: dict[FolderId, tuple[MessageId, ...]] = field(default_factory=dict)
    removed: dict[FolderId, tuple[MessageId, ...]] = field(default_factory=dict)
    folders: frozenset[FolderId] = frozenset()
    tree: bool = False
    accounts: frozenset[AccountId] = frozenset()
    outbox: bool = False
    work: bool = False
    settings: bool = False
    arrivals: tuple[MessageId, ...] = ()

    def __bool__(self) -> bool:
        return bool(
            self.added
            or self.changed
            or self.removed
            or self.folders
            or self.tree
            or self.accounts
            or self.outbox
            or self.work
            or self.settings
            or self.arrivals
        )


def together(news: Sequence[ChangeSet]) -> ChangeSet:
    """Several announcements as one, for whoever looks again only now and then. Which of `added`, `changed` and
    `removed` came last is lost: an id in more than one of them is whatever the store says it is now."""
    if len(news) == 1:
        return news[0]
    return ChangeSet(
        _joined(each.added for each in news),
        _joined(each.changed for each in news),
        _joined(each.removed for each in news),
        frozenset().union(*(each.folders for each in news)),
        any(each.tree for each in news),
        frozenset().union(*(each.accounts for each in news)),
        any(each.outbox for each in news),
        any(each.work for each in news),
        any(each.settings for each in news),
        tuple(dict.fromkeys(one for each in news for one in each.arrivals)),
    )


def _joined(parts: Iterable[dict[FolderId, tuple[MessageId, ...]]]) -> dict[FolderId, tuple[MessageId, ...]]:
    found: dict[FolderId, dict[MessageId, None]] = {}
    for part in parts:
        for folder, ids in part.items():
            found.setdefault(folder, {}).update(dict.fromkeys(ids))
    return {folder: tuple(ids) for folder, ids in found.items()}
