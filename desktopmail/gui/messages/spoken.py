"""A row as a screen reader says it: state first, then who, what and when."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.address import people
from desktopmail.domain.message import Copy, Flags, Summary
from desktopmail.gui import words
from desktopmail.gui.messages import dates
from desktopmail.gui.style.tags import shown_tags


def spoken(summary: Summary) -> str:
    """'Unread, starred, Ada Lovelace, subject, 2 attachments, 3 March 2026 14:32'."""
    translate = QCoreApplication.translate
    parts = [] if Flags.SEEN in summary.flags else [translate("spoken", "Unread")]
    for flag, word in (
        (Flags.STARRED, translate("spoken", "starred")),
        (Flags.ANSWERED, translate("spoken", "answered")),
        (Flags.FORWARDED, translate("spoken", "forwarded")),
        (Flags.DRAFT, translate("spoken", "draft")),
    ):
        if flag in summary.flags:
            parts.append(word)
    parts.append(people(summary.sender) or people(summary.to))
    parts.append(summary.subject or translate("spoken", "no subject"))
    if summary.thread_size > 1:
        parts.append(words.messages(summary.thread_size))
    if summary.attachments:
        parts.append(translate("spoken", "with attachment"))
    if summary.copy is Copy.SERVER:
        parts.append(translate("spoken", "only on the server"))
    elif summary.copy is Copy.HERE and Flags.DRAFT not in summary.flags:
        parts.append(translate("spoken", "only on this computer"))
    parts += [tag.name for tag in shown_tags(summary.tags)]
    parts += [summary.problem, dates.spoken(summary.date)]
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def tip(summary: Summary | None, verb: str) -> str:
    """What the tool tip of a row says: that of the verb under the pointer, else from when the message is and what is
    wrong with it."""
    if verb or summary is None:
        return verb
    return "\n".join(filter(None, (dates.spoken(summary.date), summary.problem)))
