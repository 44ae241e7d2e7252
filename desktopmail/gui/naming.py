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
    translate = QCoreApplication.translate
    return {
        Role.INBOX: translate("folders", "Inbox"),
        Role.DRAFTS: translate("folders", "Drafts"),
        Role.SENT: translate("folders", "Sent"),
        Role.ARCHIVE: translate("folders", "Archive"),
        Role.JUNK: translate("folders", "Junk"),
        Role.TRASH: translate("folders", "Trash"),
        Role.ALL: translate("folders", "All mail"),
        Role.OUTBOX: translate("folders", "Outbox"),
        Role.NONE: "",
    }[role]


def unified_name(view: Unified) -> str:
    """A unified view in the person's language."""
    translate = QCoreApplication.translate
    return {
        Unified.INBOX: translate("folders", "Inbox"),
        Unified.STARRED: translate("folders", "Starred"),
        Unified.DRAFTS: translate("folders", "Drafts"),
        Unified.SENT: translate("folders", "Sent"),
    }[view]


def folder_title(folder: Folder) -> str:
    """What a folder is called here: special folders by their role, others by their own name."""
    return role_name(folder.role) or folder.name
