"""What a committed transaction touched: the only way news travels from the store to everybody else."""

from __future__ import annotations

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
