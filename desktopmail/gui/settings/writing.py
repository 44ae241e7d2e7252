"""The page about writing: answers, and what is looked at before a message leaves."""

from __future__ import annotations

from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.preferencerow import fill


class WritingPage(Page):
    """Only preferences; names, addresses and signatures belong to accounts."""

    def __init__(self, preferences: Preferences) -> None:
        lead = self.tr("How answers begin, and what is checked before a message leaves.")
        super().__init__(self.tr("Writing"), lead)
        fill(self, preferences, "writing")

    def words(self) -> str:
        return self.tr("compose composer send answer reply")
