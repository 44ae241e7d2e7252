"""The overview of keys, made from the table of commands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.gui.commands import COMMANDS, GROUPS, Command, Commands, worded
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.area import Area
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line


def native(key: str) -> str:
    """A key as it is written on this system."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class Overview(QDialog):
    """Two columns of groups; everything that has a key is in it. `change_wanted` when keys are to be changed."""

    change_wanted = Signal()

    def __init__(self, window: QWidget, commands: Commands, letter_set: str) -> None:
        super().__init__(window)
        self._commands = commands
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(px(24), px(20), px(24), px(16))
        columns.setSpacing(px(40))
        for groups in (("message", "edit"), ("go", "view", "mail", "help", "program")):
            column = QVBoxLayout()
            column.setSpacing(px(8))
            for group in groups:
                self._group(column, group, letter_set)
            column.addStretch()
            columns.addLayout(column)
        scroll = Area(page)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(self.tr("Keyboard shortcuts"))
        close = WordButton(self.tr("Close"), look="primary")
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll)
        layout.addWidget(Line())
        foot = QHBoxLayout()
        foot.setContentsMargins(px(24), px(14), px(24), px(16))
        foot.setSpacing(px(8))
        foot.addWidget(PlainLabel(self._hint(letter_set), size=measures.SMALL, tone="secondary"), 1)
        change = WordButton(self.tr("Change keys…"))
        change.clicked.connect(self._change)
        foot.addWidget(change)
        foot.addWidget(close)
        layout.addLayout(foot)
        self.resize(px(820), px(640))

    def _change(self) -> None:
        self.accept()
        self.change_wanted.emit()

    def _hint(self, letter_set: str) -> str:
        if letter_set == "none":
            return self.tr("Single keys are switched off.")
        return self.tr("Single keys work in the list and in the reader.")

    def _group(self, column: QVBoxLayout, group: str, letter_set: str) -> None:
        rows = [
            (named(command), [native(key) for key in found])
            for command in COMMANDS
            if command.group == group
            and (found := self._commands.keys(command.id, letter_set))
            and not _repeated(command)
        ]
        if not rows:
            return
        column.addWidget(PlainLabel(title(group), size=measures.BODY, bold=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(6))
        for row, (text, keys) in enumerate(rows):
            grid.addWidget(PlainLabel(text), row, 0)
            grid.addLayout(_caps(keys), row, 1)
        grid.setColumnStretch(0, 1)
        column.addLayout(grid)
        column.addSpacing(px(12))


def _repeated(command: Command) -> bool:
    """The Inboxes beyond the first are named with it."""
    return command.id.startswith("inbox_") and command.id != "inbox_1"


def named(command: Command) -> str:
    """A command in words, without the dots of those that ask something."""
    if command.id == "inbox_1":
        return QCoreApplication.translate("overview", "First Inbox, and so on to the ninth")
    return worded(command.text).rstrip("…")


def _caps(keys: Sequence[str]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(px(4))
    row.addStretch()
    for key in keys:
        cap = PlainLabel(key, size=measures.SMALL, tone="secondary")
        cap.setProperty("look", "key")
        row.addWidget(cap)
    return row


def title(group: str) -> str:
    """A group of commands in the person's language."""
    translate = QCoreApplication.translate
    names = {
        "message": translate("overview", "Messages"),
        "edit": translate("overview", "Editing and searching"),
        "go": translate("overview", "Going places"),
        "view": translate("overview", "View"),
        "mail": translate("overview", "Mail"),
        "help": translate("overview", "Help"),
        "program": translate("overview", "Program"),
    }
    assert set(names) == set(GROUPS)
    return names[group]
