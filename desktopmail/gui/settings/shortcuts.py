"""The page of keys: every command of the table, changed by pressing keys, with what is in the way said first."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from desktopmail.domain.settings import keys_by_command, stored_keys
from desktopmail.gui.commands import COMMANDS, GROUPS, Commands
from desktopmail.gui.overview import named, title
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.keyrow import KeyRow
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.preferencerow import fill
from desktopmail.gui.widgets.button import WordButton


class ShortcutsPage(Page):
    """Keys are one preference, kept as what differs from the usual ones, so that every change can be taken back."""

    def __init__(self, preferences: Preferences, commands: Commands) -> None:
        lead = self.tr("Choose a key and press another one. + adds a second key to a command.")
        super().__init__(self.tr("Keyboard"), lead)
        self._preferences = preferences
        self._commands = commands
        fill(self, preferences, "shortcuts")
        self.all_back = WordButton(self.tr("All keys back to default"))
        self.all_back.clicked.connect(lambda: self._store({}))
        self.column.addWidget(self.all_back, 0, Qt.AlignmentFlag.AlignLeading)
        self.lines: dict[str, KeyRow] = {}
        for group in GROUPS:
            section = self.section(title(group))
            for command in COMMANDS:
                if command.group == group:
                    words = commands.text(command.id) if command.id.startswith("inbox_") else named(command)
                    row = self.lines[command.id] = KeyRow(words, partial(self._owner, command.id))
                    row.wanted.connect(partial(self._want, command.id))
                    row.taken.connect(partial(self._take, command.id))
                    row.reset.connect(partial(self._reset, command.id))
                    section.add(row)
        preferences.changed.connect(self._heard)
        self._show()

    def words(self) -> str:
        return self.tr("shortcuts keys keyboard hotkeys")

    # What is so now -------------------------------------------------------------------------------------------

    def _heard(self, names: set[str]) -> None:
        if names & {"shortcut_keys", "letter_set", "letter_keys"}:
            self._show()

    def _show(self) -> None:
        own = self._own()
        for name, row in self.lines.items():
            row.show_keys(self._keys(name), changed=name in own)
        self.all_back.setVisible(bool(own))

    def _own(self) -> dict[str, tuple[str, ...]]:
        found = keys_by_command(self._preferences.now.shortcut_keys)
        return {name: keys for name, keys in found.items() if name in self.lines}

    def _set(self) -> str:
        now = self._preferences.now
        return now.letter_set if now.letter_keys else "none"

    def _keys(self, name: str) -> tuple[str, ...]:
        own = self._own()
        return own[name] if name in own else self._commands.usual_keys(name, self._set())

    def _holder(self, key: str, but: str) -> str:
        return next((name for name in self.lines if name != but and key in self._keys(name)), "")

    def _owner(self, name: str, key: str) -> str:
        """In words, what has a key now; empty when it is free."""
        holder = self._holder(key, name)
        return self.lines[holder].title.text() if holder else ""

    # Changes --------------------------------------------------------------------------------------------------

    def _want(self, name: str, keys: tuple[str, ...]) -> None:
        self._store(self._own() | {name: keys})

    def _take(self, name: str, keys: tuple[str, ...], key: str) -> None:
        own = self._own() | {name: keys}
        holder = self._holder(key, name)
        if holder:
            own[holder] = tuple(each for each in self._keys(holder) if each != key)
        self._store(own)

    def _reset(self, name: str) -> None:
        """Back to the usual keys, which other commands may have taken meanwhile: they give them up."""
        own = {each: keys for each, keys in self._own().items() if each != name}
        usual = set(self._commands.usual_keys(name, self._set()))
        own = {each: tuple(key for key in keys if key not in usual) for each, keys in own.items()}
        self._store(own)

    def _store(self, own: dict[str, tuple[str, ...]]) -> None:
        letter_set = self._set()
        kept = {name: keys for name, keys in own.items() if keys != self._commands.usual_keys(name, letter_set)}
        self._preferences.change(shortcut_keys=stored_keys(kept))
