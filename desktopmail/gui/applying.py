"""What a changed preference does to the main window, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopmail.domain.settings import keys_by_command
from desktopmail.gui.style.theme import theme

if TYPE_CHECKING:
    from desktopmail.gui.window import MainWindow


class Applying(QObject):
    """Knows the frame; holds nothing itself."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.preferences.changed.connect(self.apply)

    def apply(self, names: set[str]) -> None:
        """Do what these preferences say now."""
        window, now = self._window, self._window.preferences.now
        reader = window.reader.reader
        if "theme" in names:
            theme().choose(now.theme)
        if "density" in names:
            window.messages.density(now.density)
        if "layout" in names:
            window.panes.below(now.layout == "below")
        if "group_conversations" in names:
            window.messages.regroup(now.group_conversations)
        if names & {"letter_keys", "letter_set", "shortcut_keys"}:
            self.keys()
        if "reader_zoom" in names and reader is not None:
            reader.set_zoom(now.reader_zoom)
        if "plain_text" in names and reader is not None:
            reader.show_again()
        if "show_count" in names:
            window.notify.count()

    def keys(self) -> None:
        """Give the commands their keys, and the single letters to list and reader."""
        window, now = self._window, self._window.preferences.now
        panes = [window.messages] + ([window.reader.reader] if window.reader.reader else [])
        window.commands.use(keys_by_command(now.shortcut_keys))
        window.commands.listen(panes, now.letter_set if now.letter_keys else "none")
