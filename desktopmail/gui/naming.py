"""What folders and views are called and drawn with, the same in every pane."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.folder import Folder, Role, Unified

ICONS = {
    Role.INBOX: "inbox",
    Role.DRAFTS: "file-pen",
    Role.SENT: "send",
    Role.ARCHIVE: "archive",
    Role.JUNK: "octagon-alert",
    Role.TRASH: "trash-2",
    Role.ALL: "mails",
    Role.OUTBOX: "clock",
    Role.NONE: "folder",
}
UNIFIED_ICONS = {Unified.INBOX: "inbox", Unified.STARRED: "star", Unified.DRAFTS: "file-pen", Unified.SENT: "send"}


def role_name(role: Role) -> str:
    """A special folder in the person's language."""
    tr = QCoreApplication.translate
    return {
        Role.INBOX: tr("folders", "Inbox"),
        Role.DRAFTS: tr("folders", "Drafts"),
        Role.SENT: tr("folders", "Sent"),
        Role.ARCHIVE: tr("folders", "Archive"),
        Role.JUNK: tr("folders", "Junk"),
        Role.TRASH: tr("folders", "Trash"),
        Role.ALL: tr("folders", "All mail"),
        Role.OUTBOX: tr("folders", "Outbox"),
        Role.NONE: "",
    }[role]


def unified_name(view: Unified) -> str:
    """A unified view in the person's language."""
    tr = QCoreApplication.translate
    return {
        Unified.INBOX: tr("folders", "Inbox"),
        Unified.STARRED: tr("folders", "Starred"),
        Unified.DRAFTS: tr("folders", "Drafts"),
        Unified.SENT: tr("folders", "Sent"),
    }[view]


def folder_title(folder: Folder) -> str:
    """What a folder is called here: special folders by their role, others by their own name."""
    return role_name(folder.role) or folder.name
