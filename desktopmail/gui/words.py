"""Counted words and numbers in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale


def number(value: int) -> str:
    """A whole number with the person's separators: 2,310."""
    return QLocale().toString(value)


def messages(count: int) -> str:
    """'1 message', '2,310 messages'."""
    if count == 1:
        return QCoreApplication.translate("words", "1 message")
    return QCoreApplication.translate("words", "{0} messages").format(number(count))


def conversations(count: int) -> str:
    """'1 conversation', '12 conversations'."""
    if count == 1:
        return QCoreApplication.translate("words", "1 conversation")
    return QCoreApplication.translate("words", "{0} conversations").format(number(count))


def new_messages(count: int) -> str:
    """'1 new message', '12 new messages'."""
    if count == 1:
        return QCoreApplication.translate("words", "1 new message")
    return QCoreApplication.translate("words", "{0} new messages").format(number(count))
