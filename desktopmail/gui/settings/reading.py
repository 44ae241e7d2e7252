"""The page about reading: the list, what counts as read, how messages are shown."""

from __future__ import annotations

from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.preferencerow import fill


class ReadingPage(Page):
    """Only preferences."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__(self.tr("Reading"), self.tr("How mail is listed, and what happens when you open it."))
        fill(self, preferences, "reading")
