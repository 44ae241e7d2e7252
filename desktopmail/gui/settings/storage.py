"""The page about storage: how much room mail takes, whether it is whole, and a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, QUrl
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.domain.preferences import preference
from desktopmail.engine import keeping
from desktopmail.gui import backupwords, words
from desktopmail.gui.loop import spawn
from desktopmail.gui.outside import open_outside
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.jobrow import Ended, JobRow
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.preferencerow import PreferenceRow, fill
from desktopmail.gui.settings.sizebar import SizeBar
from desktopmail.gui.settings.words import size
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.whereto import ask_folder

if TYPE_CHECKING:
    from desktopmail.domain.progress import Progress
    from desktopmail.engine.engine import Engine

MOST_SHOWN = 5
REMOVED = "Removed mail"


class StoragePage(Page):
    """Looks at the disk whenever it is shown; checks and copies on a thread."""

    def __init__(self, engine: Engine, preferences: Preferences) -> None:
        super().__init__(self.tr("Storage"), self.tr("Everything lies on this computer, in one folder."))
        self._engine, self._profile = engine, engine.profile
        self._room()
        fill(self, preferences, "storage", (REMOVED,))
        self._care()
        reminder = preference("backup_reminder_days")
        assert reminder is not None
        self.sections[-1].add(PreferenceRow(preferences, reminder))
        self.came()

    def words(self) -> str:
        return self.tr("disk space size backup check repair profile folder")

    def _room(self) -> None:
        section = self.section(self.tr("Room on the disk"))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(px(16), px(14), px(16), px(12))
        column.setSpacing(px(10))
        self.whole = PlainLabel("", wrap=True)
        self.bar = SizeBar()
        column.addWidget(self.whole)
        column.addWidget(self.bar)
        section.put(inside)
        self.open = WordButton(self.tr("Open folder"))
        self.open.clicked.connect(self._open)
        where = section.row(self.tr("Folder"), str(self._profile), self.open, extra=self.tr("profile location"))
        where.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _care(self) -> None:
        section = self.section(self.tr("Care"))
        self.check = JobRow(
            self.tr("Check that everything is whole"),
            self.tr(
                "Reads every message and compares it with what was stored. Mail can be read and written meanwhile."
            ),
            self.tr("Check now"),
            extra=self.tr("verify integrity damage repair"),
        )
        self.copy = JobRow(
            self.tr("Back up"),
            self.tr("Copies all mail and settings into another folder. Passwords stay in the key store."),
            self.tr("Back up…"),
            extra=self.tr("backup copy save restore"),
        )
        self.saved = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self.saved.hide()
        self.copy.below(self.saved)
        self.check.wanted.connect(lambda: self.check.run(self._check))
        self.copy.wanted.connect(self._ask)
        section.add(self.check)
        section.add(self.copy)

    def came(self) -> None:
        """Look how much room is taken now."""
        now = keeping.sizes(self._profile)
        text = self.tr("{0} of mail on this computer. {1} are free on the disk.")
        self.whole.setText(text.format(size(now.all), size(now.free)))
        names = (self.tr("Messages"), self.tr("Lists, folders and settings"), self.tr("Search index"))
        found = (now.content, now.mail, now.search)
        spawn(self._look_saved(), self)
        self.bar.show_parts([(name, size(each), each) for name, each in zip(names, found, strict=True)])

    async def _look_saved(self) -> None:
        """Say what only this computer has, and when it was copied last."""
        self.saved.setText(backupwords.standing(await self._engine.backups.only_here()))
        self.saved.show()

    def _open(self) -> None:
        open_outside(QUrl.fromLocalFile(str(self._profile)), self.open)

    async def _check(self, progress: Progress) -> Ended:
        found = await keeping.check(self._profile, progress)
        if not found.findings:
            text = self.tr("Everything is whole: {0} in the lists, {1} contents read and compared.")
            return text.format(words.messages(found.messages), words.number(found.contents)), "good"
        text = self.tr("Something is damaged. To repair it, close the program and run: desktopmail check --repair")
        return "\n".join([text, *found.findings[:MOST_SHOWN]]), "bad"

    def _ask(self) -> None:
        ask_folder(self.window(), self.tr("Folder for the backup"), self.back_up)

    def back_up(self, place: Path) -> None:
        """Copy everything into a new folder below `place`."""
        target = _free(place / f"Desktopmail {QDate.currentDate().toString(Qt.DateFormat.ISODate)}")

        async def work(progress: Progress) -> Ended:
            await keeping.backup(self._profile, target, progress)
            await self._engine.backups.made()
            return self.tr("Everything was copied to {0} and read through.").format(target), "good"

        self.copy.run(work)


def _free(target: Path) -> Path:
    """A name that is not taken yet: the second backup of a day gets a number."""
    found, number = target, 2
    while found.exists():
        found = target.with_name(f"{target.name} ({number})")
        number += 1
    return found
