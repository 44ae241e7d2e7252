"""The page about looks: colours, density of the list, place of the reader, size of text."""

from __future__ import annotations

from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.preferencerow import fill


class AppearancePage(Page):
    """Only preferences; what is chosen is seen at once in the main window and in this one."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__(self.tr("Appearance"), self.tr("Changes are seen at once."))
        fill(self, preferences, "appearance")

    def words(self) -> str:
        return self.tr("look design view")
