"""The menus, all from the table of commands: the one behind the menu button, the bar on macOS, and those of rows."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from desktopmail.gui.commands import Commands
from desktopmail.gui.marking import mark
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.style.tags import TAGS

ROW = ("open_apart", "", "reply", "reply_all", "forward", "edit", "", "archive", "trash", "junk", "", "mark_read",
       "star", "@tags", "", "move", "copy", "", "source", "print", "fetch_whole",
       "remove_there", "remove")  # fmt: skip
MORE = ("mark_read", "star", "@tags", "", "move", "copy", "", "open_apart", "find", "source", "print", "",
        "fetch_whole", "remove_there", "remove")  # fmt: skip
FILE, EDIT, VIEW = mark("menus", "File"), mark("menus", "Edit"), mark("menus", "View")
GO, MESSAGE, HELP = mark("menus", "Go"), mark("menus", "Message"), mark("menus", "Help")
BAR = (
    (FILE, ("write", "", "sync", "sync_all", "activity", "", "new_folder", "add_account", "settings", "",
              "import", "export", "print", "", "close", "quit")),
    (EDIT, ("undo", "select_all", "", "search", "find", "", "palette")),
    (VIEW, ("@density", "@theme", "@layout", "", "group", "quick_filter", "copy_filter", "", "toggle_folders",
              "toggle_reader", "", "zoom_in", "zoom_out", "zoom_reset")),
    (GO, ("next", "previous", "next_unread", "previous_unread", "", "go_to_folder", "next_pane", "back")),
    (MESSAGE, ("open_apart", "reply", "reply_all", "forward", "", "archive", "trash", "junk", "", "mark_read",
                 "star", "@tags", "", "move", "copy", "", "source", "fetch_whole",
                 "remove_there", "remove")),
    (HELP, ("shortcuts", "@letters", "", "glossary", "about")),
)  # fmt: skip
MAIN = ("sync", "activity", "undo", "", "@density", "@theme", "@layout", "group", "copy_filter", "toggle_folders",
        "toggle_reader", "", "go_to_folder", "new_folder", "import", "export", "", "add_account", "settings", "palette",
        "shortcuts", "@letters", "glossary", "about", "", "quit")  # fmt: skip


class Menus(QObject):
    """Builds menus from lists of names; a name with @ is a menu of its own."""

    def __init__(self, window: QMainWindow, commands: Commands, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
        self._preferences = preferences
        self._choices: list[tuple[str, str, QAction]] = []
        preferences.changed.connect(self._tick)
        self._parts: dict[str, Callable[[], QMenu]] = {
            "@tags": self._tags,
            "@density": lambda: self._choice(
                self.tr("Rows"),
                "density",
                {"roomy": self.tr("Roomy"), "normal": self.tr("Normal"), "compact": self.tr("Compact")},
            ),
            "@theme": lambda: self._choice(
                self.tr("Colours"),
                "theme",
                {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")},
            ),
            "@layout": lambda: self._choice(
                self.tr("Reader"), "layout", {"right": self.tr("Beside the list"), "below": self.tr("Below the list")}
            ),
            "@letters": lambda: self._choice(
                self.tr("Single keys"),
                "letter_set",
                {"classic": self.tr("As in Thunderbird"), "gmail": self.tr("As in Gmail"), "none": self.tr("None")},
            ),
        }
        self.main = self._menu("", MAIN)
        self.row = self._menu("", ROW)
        self.more = self._menu("", MORE)
        if sys.platform == "darwin":
            for title, names in BAR:
                window.menuBar().addMenu(self._menu(QCoreApplication.translate("menus", title), names))

    def _menu(self, title: str, names: tuple[str, ...]) -> QMenu:
        menu = QMenu(title, self._window)
        menu.setAccessibleName(title or self.tr("Menu"))
        menu.setToolTipsVisible(False)
        for name in names:
            if name.startswith("@"):
                menu.addMenu(self._parts[name]())
            else:
                self._commands.menu(menu, (name,))
        return menu

    def _tags(self) -> QMenu:
        names = ("tag", "", *(f"tag_{number}" for number in range(1, len(TAGS) + 1)), "", "tag_0")
        return self._menu(self.tr("Tags"), names)

    def _choice(self, title: str, setting: str, values: dict[str, str]) -> QMenu:
        menu = QMenu(title, self._window)
        group = QActionGroup(menu)
        for value, text in values.items():
            action = QAction(text, menu, checkable=True)
            action.triggered.connect(lambda _=False, value=value: self._preferences.change(**{setting: value}))
            group.addAction(action)
            menu.addAction(action)
            self._choices.append((setting, value, action))
        self._tick()
        return menu

    def _tick(self) -> None:
        for setting, value, action in self._choices:
            action.setChecked(getattr(self._preferences.now, setting) == value)
