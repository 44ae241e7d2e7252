"""What stands in the tree, and in which order: worked out from accounts and folders. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from desktopmail.domain.account import Account
from desktopmail.domain.folder import ROLE_ORDER, Folder, Lives, Role, Unified
from desktopmail.domain.ids import FolderId
from desktopmail.gui.naming import ICONS, UNIFIED_ICONS, folder_title, unified_name

UNIFIED_ROLES = {Unified.INBOX: Role.INBOX, Unified.DRAFTS: Role.DRAFTS, Unified.SENT: Role.SENT}
COUNTS_ALL = (Role.DRAFTS, Role.OUTBOX)
"""Roles whose number says how many there are, not how many are unread."""


class Kind(Enum):
    """What a node is."""

    UNIFIED = "unified"
    ACCOUNT = "account"
    FOLDER = "folder"


@dataclass(slots=True, eq=False)
class Node:
    """One line of the tree. `place` is what the list shows for it (None: an account, which only opens and closes)."""

    key: str
    kind: Kind
    title: str
    icon: str
    place: FolderId | Unified | None = None
    folder: Folder | None = None
    count: int = 0
    strong: bool = False
    here: bool = False
    colour: int = -1
    problem: str = ""
    children: list[Node] = field(default_factory=list)

    def facts(self) -> tuple[object, ...]:
        """Everything that is drawn, for telling whether a line has to be drawn again."""
        return (self.title, self.icon, self.count, self.strong, self.here, self.colour, self.problem)


def tree(accounts: Sequence[Account], folders: Sequence[Folder]) -> list[Node]:
    """The whole tree. With one account its folders carry everything; unified views come with the second account."""
    if not accounts:
        return []
    groups = [_account(account, [each for each in folders if each.account == account.id]) for account in accounts]
    if len(accounts) == 1:
        starred = _unified(Unified.STARRED, folders)
        starred.key = f"{starred.key}:{accounts[0].id}"
        groups[0].children.insert(1, starred)
        return groups
    return [_unified(view, folders) for view in Unified] + groups


def _unified(view: Unified, folders: Iterable[Folder]) -> Node:
    role = UNIFIED_ROLES.get(view)
    members = [each for each in folders if each.role is role]
    count = sum(each.total if view is Unified.DRAFTS else each.unread for each in members)
    count = count if view in (Unified.INBOX, Unified.DRAFTS) else 0
    strong = view is Unified.INBOX and count > 0
    return Node(f"u:{view.value}", Kind.UNIFIED, unified_name(view), UNIFIED_ICONS[view], view, None, count, strong)


def _account(account: Account, folders: list[Folder]) -> Node:
    here = account.kind != "imap"
    top = [each for each in folders if each.parent is None]
    special = sorted((each for each in top if each.role is not Role.NONE), key=lambda each: ROLE_ORDER.index(each.role))
    own = sorted((each for each in top if each.role is Role.NONE), key=lambda each: each.name.casefold())
    shown = [each for each in special if each.role is not Role.OUTBOX or each.total or each.problem]
    children = [_folder(each, folders, here) for each in [*shown, *own]]
    return Node(f"a:{account.id}", Kind.ACCOUNT, account.name or account.address, "", None, None, 0, False, here,
                account.colour, "", children)  # fmt: skip


def _folder(folder: Folder, folders: list[Folder], all_here: bool) -> Node:
    below = sorted((each for each in folders if each.parent == folder.id), key=lambda each: each.name.casefold())
    count = folder.total if folder.role in COUNTS_ALL else folder.unread
    if folder.role in (Role.SENT, Role.TRASH, Role.ARCHIVE):
        count = 0
    here = folder.lives is Lives.HERE and not all_here and folder.role is not Role.OUTBOX
    strong = folder.role is Role.INBOX and folder.unread > 0
    node = Node(f"f:{folder.id}", Kind.FOLDER, folder_title(folder), ICONS[folder.role], folder.id, folder, count,
                strong, here, -1, folder.problem)  # fmt: skip
    node.children = [_folder(each, folders, all_here) for each in below]
    return node


def flat(nodes: Iterable[Node]) -> Iterable[Node]:
    """Every node, parents before children."""
    for node in nodes:
        yield node
        yield from flat(node.children)
