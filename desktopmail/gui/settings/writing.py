"""The page about writing: answers, and what is looked at before a message leaves."""

from __future__ import annotations

import sys

from desktopmail.domain.errors import StoreFailed
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.preferencerow import fill
from desktopmail.gui.widgets.button import WordButton


class WritingPage(Page):
    """Preferences, and whose window a mail link opens; names, addresses and signatures belong to accounts."""

    def __init__(self, preferences: Preferences) -> None:
        lead = self.tr("How answers begin, and what is checked before a message leaves.")
        super().__init__(self.tr("Writing"), lead)
        fill(self, preferences, "writing")
        windows = sys.platform == "win32"
        self.take = WordButton(self.tr("Choose in Windows…") if windows else self.tr("Open with Desktopmail"))
        self.take.clicked.connect(self._take)
        title = self.tr("Links to mail addresses")
        extra = self.tr("mailto default mail program standard client")
        self.links = self.section(self.tr("Mail links")).row(title, "", self.take, extra=extra)
        self.came()

    def came(self) -> None:
        """Ask the system whose links they are; its own tools may have changed it."""
        from desktopmail.gui.desktop.maillinks import Standing, standing

        now = standing()
        self.take.setVisible(now is Standing.THEIRS)
        told = {
            Standing.OURS: self.tr("In other programs and on web pages they open a new message here."),
            Standing.THEIRS: self.tr("They do not open in Desktopmail now."),
            Standing.ELSEWHERE: self.tr("Choose the program for them in the system’s settings."),
        }
        self.links.say(self.links.title.text(), told[now])

    def _take(self) -> None:
        from desktopmail.gui.desktop.maillinks import take

        try:
            take()
        except StoreFailed as error:
            self.links.say(self.links.title.text(), f"{error.title}. {error.detail}")
            return
        self.came()

    def words(self) -> str:
        return self.tr("compose composer send answer reply")
