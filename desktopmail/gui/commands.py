"""Every command of the window once: its name, words, drawing, keys and when it makes sense. Menus, tool bars, context
menus, the palette and the overview of keys are made from this table alone. Two commands with the same key fail a test.

Modified keys are the same in every set; single letters are a set the person picks, and work only in the list and the
reader, never where text is written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from desktopmail.gui.marking import mark
from desktopmail.gui.style import icons
from desktopmail.gui.style.tags import TAGS
from desktopmail.gui.style.theme import theme


@dataclass(frozen=True, slots=True)
class Situation:
    """What commands look at when they say whether they make sense, and how they are worded. `left_there`: a POP3 server
    still has some of what is selected; `in_part`: of some only the beginning was fetched from there. `narrow`: the list
    shows a place that can be narrowed to where messages are."""

    accounts: int = 0
    selected: int = 0
    unread: bool = False
    starred: bool = False
    in_junk: bool = False
    in_trash: bool = False
    in_drafts: bool = False
    in_archive: bool = False
    left_there: bool = False
    in_part: bool = False
    narrow: bool = False
    folder: bool = False
    can_undo: bool = False
    grouped: bool = True


def _always(now: Situation) -> bool:
    return True


def _some(now: Situation) -> bool:
    return now.selected > 0


def _one(now: Situation) -> bool:
    return now.selected == 1


def _account(now: Situation) -> bool:
    return now.accounts > 0


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do. `keys` in Qt's portable form (Ctrl is ⌘ on macOS); the first is shown. `letters` are
    the single keys of the two sets. `other` is the wording when `turned` holds."""

    id: str
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    classic: str = ""
    gmail: str = ""
    enabled: Callable[[Situation], bool] = _always
    other: str = ""
    turned: Callable[[Situation], bool] | None = None
    group: str = "message"


MAC_KEYS = {
    "trash": ("Ctrl+Backspace",),
    "remove": ("Ctrl+Alt+Backspace",),
    "remove_there": ("Ctrl+Shift+Backspace",),
}
"""Keyboards there have no key for deleting forwards."""


def _command(id: str, text: str, icon: str = "", keys: str = "", **more: object) -> Command:
    more_keys = MAC_KEYS.get(id, ()) if sys.platform == "darwin" else ()
    return Command(id, text, icon, (*keys.split(), *more_keys), **more)  # type: ignore[arg-type]


INBOX, TAG = mark("commands", "Inbox"), mark("commands", "Tag")

COMMANDS: tuple[Command, ...] = (
    _command("write", mark("commands", "Write"), "square-pen", "Ctrl+N", gmail="C", enabled=_account),
    _command("reply", mark("commands", "Reply"), "reply", "Ctrl+R", gmail="R", enabled=_one),
    _command("reply_all", mark("commands", "Reply to all"), "reply-all", "Ctrl+Shift+R", gmail="A", enabled=_one),
    _command("forward", mark("commands", "Forward"), "forward", "Ctrl+L", gmail="F", enabled=_one),
    _command("edit", mark("commands", "Edit draft"), "pencil", "",
             enabled=lambda now: now.selected == 1 and now.in_drafts),
    _command("archive", mark("commands", "Archive"), "archive", "Ctrl+Shift+A", classic="A", gmail="E",
             enabled=lambda now: now.selected > 0 and not now.in_archive),
    _command("trash", mark("commands", "Move to Trash"), "trash-2", "Del", gmail="#", enabled=_some,
             other=mark("commands", "Remove for ever…"),
             turned=lambda now: now.in_trash),
    _command("remove", mark("commands", "Remove for ever…"), "x", "Shift+Del", enabled=_some),
    _command("remove_there", mark("commands", "Remove from the server now…"), "cloud-off",
             "Ctrl+Shift+Del",
             enabled=lambda now: now.left_there),
    _command("fetch_whole", mark("commands", "Fetch the whole message"), "cloud-download", "Ctrl+Shift+D",
             enabled=lambda now: now.in_part),
    _command("junk", mark("commands", "Junk"), "octagon-alert", "Ctrl+J", classic="J", gmail="!", enabled=_some,
             other=mark("commands", "Not junk"),
             turned=lambda now: now.in_junk),
    _command("mark_read", mark("commands", "Mark as unread"), "mail", "Ctrl+Shift+I", classic="M", gmail="U",
             enabled=_some,
             other=mark("commands", "Mark as read"), turned=lambda now: now.unread),
    _command("star", mark("commands", "Star"), "star", "Ctrl+Shift+S", classic="S", gmail="S", enabled=_some,
             other=mark("commands", "Remove star"),
             turned=lambda now: now.starred),
    _command("move", mark("commands", "Move to folder…"), "folder-input", "Ctrl+Shift+V", gmail="V", enabled=_some),
    _command("copy", mark("commands", "Copy to folder…"), "copy", "Ctrl+Shift+Y", enabled=_some),
    _command("tag", mark("commands", "Tag…"), "tag", "", gmail="L", enabled=_some),
    _command("open_apart", mark("commands", "Open in its own window"), "external-link", "Ctrl+Return Ctrl+Enter",
             enabled=lambda now: now.selected == 1 and not now.in_drafts),
    _command("source", mark("commands", "Show source"), "code", "Ctrl+U", enabled=_one),
    _command("print", mark("commands", "Print…"), "printer", "Ctrl+P", enabled=_one),
    _command("undo", mark("commands", "Undo"), "undo-2", "Ctrl+Z", gmail="Z", group="edit",
             enabled=lambda now: now.can_undo),
    _command("select_all", mark("commands", "Select all"), "list-checks", "Ctrl+A", group="edit"),
    _command("find", mark("commands", "Find in message"), "search", "Ctrl+F", group="edit", enabled=_one),
    _command("search", mark("commands", "Search"), "search", "Ctrl+E Ctrl+K F3 Ctrl+Shift+F", gmail="/", group="edit"),
    _command("quick_filter", mark("commands", "Next quick filter"), "list-filter", "Ctrl+Shift+K", group="view"),
    _command("copy_filter", mark("commands", "Filter by where messages are…"), "hard-drive", "Ctrl+Shift+L",
             group="view", enabled=lambda now: now.narrow),
    _command("next", mark("commands", "Next message"), "arrow-down", "Ctrl+.", classic="F", gmail="J", group="go"),
    _command("previous", mark("commands", "Previous message"), "arrow-up", "", classic="B", gmail="K", group="go"),
    _command("next_unread", mark("commands", "Next unread"), "mail", "", classic="N", gmail="N", group="go"),
    _command("previous_unread", mark("commands", "Previous unread"), "mail", "", classic="P", gmail="P", group="go"),
    _command("go_to_folder", mark("commands", "Go to folder…"), "folder", "Ctrl+G", group="go", enabled=_account),
    _command("next_pane", mark("commands", "Next pane"), "panel-right", "F6", group="go"),
    _command("previous_pane", mark("commands", "Previous pane"), "panel-left", "Shift+F6", group="go"),
    _command("back", mark("commands", "Back to the list"), "arrow-left", "Alt+Left", group="go"),
    _command("sync", mark("commands", "Get mail"), "refresh-cw", "F5", group="mail", enabled=_account),
    _command("sync_all", mark("commands", "Get mail of all accounts"), "refresh-cw", "Shift+F5", group="mail",
             enabled=_account),
    _command("new_folder", mark("commands", "New folder…"), "folder-plus", "", group="mail", enabled=_account),
    _command("import", mark("commands", "Import…"), "folder-input", "", group="mail", enabled=_account),
    _command("export", mark("commands", "Export…"), "download", "", group="mail", enabled=_account),
    _command("add_account", mark("commands", "Add account…"), "user-plus", "", group="mail"),
    _command("activity", mark("commands", "Activity"), "history", "Ctrl+Shift+J", group="mail"),
    _command("toggle_folders", mark("commands", "Show or hide folders"), "panel-left", "F9", group="view"),
    _command("toggle_reader", mark("commands", "Show or hide the reader"), "panel-right", "F8", group="view"),
    _command("group", mark("commands", "Group conversations"), "", "", group="view"),
    _command("zoom_in", mark("commands", "Larger text"), "zoom-in", "Ctrl++ Ctrl+=", group="view"),
    _command("zoom_out", mark("commands", "Smaller text"), "zoom-out", "Ctrl+-", group="view"),
    _command("zoom_reset", mark("commands", "Usual text size"), "baseline", "Ctrl+0", group="view"),
    _command("palette", mark("commands", "All commands…"), "keyboard", "Ctrl+Shift+P", group="help"),
    _command("shortcuts", mark("commands", "Keyboard shortcuts"), "keyboard", "F1 Ctrl+?", gmail="?", group="help"),
    _command("glossary", mark("commands", "How mail travels"), "circle-help", "", group="help"),
    _command("about", mark("commands", "About Desktopmail"), "info", "", group="help"),
    _command("settings", mark("commands", "Settings…"), "settings", "Ctrl+,", group="program"),
    _command("close", mark("commands", "Close window"), "x", "Ctrl+W", group="program"),
    _command("quit", mark("commands", "Quit"), "power", "Ctrl+Q", group="program"),
    *(_command(f"inbox_{n}", f"{INBOX} {n}", "inbox", f"Alt+{n}", group="go", enabled=_account) for n in range(1, 10)),
    *(_command(f"tag_{n}", f"{TAG}: {TAGS[n - 1].name}", "tag", "", classic=str(n), gmail=str(n), enabled=_some)
      for n in range(1, len(TAGS) + 1)),
    _command("tag_0", mark("commands", "Remove all tags"), "tags", "", classic="0", gmail="0", enabled=_some),
)  # fmt: skip

GROUPS = ("message", "edit", "go", "view", "mail", "help", "program")


def single(key: str) -> bool:
    """Whether a key is a letter, digit or sign alone, which would be typed where text is written."""
    return len(key.removeprefix("Shift+")) == 1


def letters(command: Command, letter_set: str) -> str:
    """The single key of a command in a set: `classic`, `gmail`, or none for any other word."""
    return {"classic": command.classic, "gmail": command.gmail}.get(letter_set, "")


def worded(text: str) -> str:
    """A command's text in the person's language. What stands behind a number sign or a colon is put in afterwards."""
    head, colon, tag = text.partition(": ")
    if colon:
        return f"{QCoreApplication.translate('commands', head)}: {QCoreApplication.translate('tags', tag)}"
    name, space, number = text.rpartition(" ")
    if number.isdigit():
        return f"{QCoreApplication.translate('commands', name)}{space}{number}"
    return QCoreApplication.translate("commands", text)


class Commands(QObject):
    """The table come alive: one QAction per command, bound to the verbs by the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._situation = Situation()
        self._verbs: dict[str, Callable[[], object]] = {}
        self._letters: list[QShortcut] = []
        self._own: dict[str, tuple[str, ...]] = {}
        self._panes: list[QWidget] = []
        self.all = {command.id: command for command in COMMANDS}
        self.actions = {command.id: self._action(command) for command in COMMANDS}
        theme().changed.connect(self._draw)

    def _action(self, command: Command) -> QAction:
        action = QAction(self._window)
        action.setObjectName(command.id)
        action.setShortcuts(self._sequences(command))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda: self.run(command.id))
        if command.id == "group":
            action.setCheckable(True)
        self._word(command, action)
        # Ctrl+A belongs to whatever has the focus: the action is for menus only.
        if command.id == "select_all":
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._window.addAction(action)
        return action

    def use(self, own: Mapping[str, tuple[str, ...]]) -> None:
        """Let commands have the keys a person gave them, whole lists by command, and the others their own."""
        before, self._own = self._own, {name: keys for name, keys in own.items() if name in self.all}
        for name in before.keys() | self._own.keys():
            if before.get(name) != self._own.get(name):
                self.actions[name].setShortcuts(self._sequences(self.all[name]))
                self._word(self.all[name], self.actions[name])

    def keys(self, name: str, letter_set: str = "none") -> tuple[str, ...]:
        """All keys of a command in Qt's portable form: those a person chose, or else its own and its single letter."""
        return self._own[name] if name in self._own else self.usual_keys(name, letter_set)

    def usual_keys(self, name: str, letter_set: str) -> tuple[str, ...]:
        """The keys of a command when nobody changed them."""
        letter = letters(self.all[name], letter_set)
        return (*self.all[name].keys, letter) if letter else self.all[name].keys

    def _sequences(self, command: Command) -> list[QKeySequence]:
        return [QKeySequence(key) for key in self.keys(command.id) if not single(key)]

    def bind(self, verbs: dict[str, Callable[[], object]]) -> None:
        """Say what commands do."""
        self._verbs.update(verbs)

    def run(self, name: str) -> None:
        """Do it, if it makes sense now."""
        verb = self._verbs.get(name)
        if verb is not None and self.all[name].enabled(self._situation):
            verb()

    def text(self, name: str) -> str:
        """The command in words, as it would act now."""
        command = self.all[name]
        turned = command.turned is not None and command.turned(self._situation)
        return worded(command.other if turned else command.text)

    def update(self, now: Situation) -> None:
        """Enable and word everything for another situation."""
        if now == self._situation:
            return
        self._situation = now
        for command in COMMANDS:
            action = self.actions[command.id]
            action.setEnabled(command.enabled(now))
            if command.turned is not None:
                self._word(command, action)
        self.actions["group"].setChecked(now.grouped)

    def _word(self, command: Command, action: QAction) -> None:
        text = self.text(command.id)
        action.setText(text.replace("&", "&&"))
        keys = self.keys(command.id)[:1]
        native = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        action.setToolTip(f"{text.rstrip('…')} ({native})" if native else text.rstrip("…"))

    def draw_soon(self) -> None:
        """Make the drawings of all commands, which none sees before a menu or a message opens."""
        QTimer.singleShot(0, self, self._draw)

    def _draw(self) -> None:
        for command in COMMANDS:
            if command.icon:
                self.actions[command.id].setIcon(icons.icon(command.icon))

    def menu(self, menu: QMenu, names: Iterable[str]) -> QMenu:
        """Fill a menu with commands; an empty name is a line between groups."""
        for name in names:
            if name:
                menu.addAction(self.actions[name])
            else:
                menu.addSeparator()
        return menu

    def listen(self, panes: Iterable[QWidget], letter_set: str) -> None:
        """Make single letters work in these panes and what lies in them."""
        for shortcut in self._letters:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._letters = []
        for pane in panes:
            for command in COMMANDS:
                for key in self.keys(command.id, letter_set):
                    if single(key):
                        shortcut = QShortcut(QKeySequence(key), pane)
                        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                        shortcut.activated.connect(lambda name=command.id: self.run(name))
                        self._letters.append(shortcut)
