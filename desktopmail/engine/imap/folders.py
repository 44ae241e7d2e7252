"""Folders as the server lists them become folders of the account, with a mark of how far each is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktopmail.domain.account import Account
from desktopmail.domain.folder import ROLE_ORDER, Folder, Role
from desktopmail.domain.ids import FolderId
from desktopmail.protocols.imap.mailboxes import FolderStatus, ListedFolder
from desktopmail.store.rows import FolderMark
from desktopmail.store.transaction import Transaction

COMPLETE = 1
"""`FolderMark.down_to` once every message of the folder has been listed."""


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """One folder that can hold messages: ours, the server's name, what is known and what the server counts."""

    folder: Folder
    name: str
    mark: FolderMark
    status: FolderStatus | None


def people_path(listed: ListedFolder, prefix: str) -> str:
    """The path that people see: levels joined with '/', the Inbox by its usual name, without the server's prefix."""
    if listed.role is Role.INBOX:
        return "Inbox"
    name = listed.name
    if prefix and name.startswith(prefix) and len(name) > len(prefix):
        name = name[len(prefix) :]
    levels = name.split(listed.delimiter) if listed.delimiter else [name]
    if levels[0].upper() == "INBOX" and len(levels) > 1:
        levels[0] = "Inbox"
    return "/".join(level.replace("/", "∕") or "-" for level in levels)


def adopt_folders(tx: Transaction, account: Account, listed: Sequence[ListedFolder], prefix: str) -> list[ServerFolder]:
    """Take over what the server lists: new folders appear, folders that are gone leave with their copies. Those that
    can hold messages, Inbox first, then the others with a role, then the rest by path."""
    pairs: list[tuple[ListedFolder, FolderId]] = []
    for each in sorted(listed, key=lambda one: one.name.count(one.delimiter) if one.delimiter else 0):
        path = people_path(each, prefix)
        folder = tx.folders.adopt(account.id, each.name, path, each.role, each.delimiter, each.attributes)
        pairs.append((each, folder))
    for folder in tx.folders.gone(account.id, [each.name for each in listed]):
        tx.copies.drop_folder(folder)
    tree = {folder.id: folder for folder in tx.folders.all(account.id)}
    found = [
        ServerFolder(tree[folder], each.name, tx.folders.mark(folder), each.status)
        for each, folder in pairs
        if each.selectable and folder in tree
    ]
    found.sort(key=lambda one: (ROLE_ORDER.index(one.folder.role), one.folder.path.casefold()))
    return found


def differs(folder: ServerFolder) -> bool:
    """Whether the folder has to be read: its counters moved, or cannot tell (no mod-sequences: flags may have changed
    without a trace)."""
    mark, status = folder.mark, folder.status
    if status is None or not status.highest_mod_seq:
        return True
    return (
        mark.down_to != COMPLETE
        or mark.uid_validity != status.uid_validity
        or mark.uid_next != status.uid_next
        or mark.highest_mod_seq != status.highest_mod_seq
    )
