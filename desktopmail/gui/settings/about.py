"""The page about the program itself: its version and its parts, new versions, licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktopmail import __version__
from desktopmail.domain.errors import MailError
from desktopmail.gui.loop import spawn
from desktopmail.gui.outside import open_outside
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page, Row
from desktopmail.gui.settings.papers import LICENCE, NOTICES, PaperWindow, paper
from desktopmail.gui.settings.preferencerow import fill
from desktopmail.gui.settings.words import moment
from desktopmail.gui.style import appicon, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.domain.release import Release
    from desktopmail.engine.engine import Engine

FACE = 56


class AboutPage(Page):
    """What runs here, in words that can be copied into a report."""

    def __init__(self, engine: Engine, preferences: Preferences) -> None:
        super().__init__(self.tr("About"))
        self._engine = engine
        self._release: Release | None = None
        self._versions: list[tuple[str, str]] = []
        self.heading.hide()
        self.column.insertWidget(0, self._face())
        self.newer = fill(self, preferences, "about")["New versions"]
        self.look = WordButton(self.tr("Look now"))
        self.look.clicked.connect(lambda: spawn(self._look(), self))
        self.standing = self.newer.row(self.tr("This is version {0}").format(__version__), "", self.look)
        self.read = WordButton(self.tr("What is new"), look="link")
        self.read.clicked.connect(self._read)
        self.read.hide()
        self.standing.below(self.read)
        self.parts = self.section(self.tr("Parts"))
        self._papers()
        if not engine.updates.possible:
            self._impossible()

    def words(self) -> str:
        return self.tr("version versions update licence license help report")

    def came(self) -> None:
        """The parts are asked when somebody looks, for the web engine is loaded with the question."""
        if self.isVisible() and not self._versions:
            self._versions = [*window_versions(), *self._own_versions()]
            self._show_versions()
        if self.isVisible() and self._release is None and self._engine.updates.possible:
            spawn(self._tell_when(), self)

    def showEvent(self, event: object) -> None:
        self.came()

    def report(self) -> str:
        """Everything on this page about versions, as text."""
        return "\n".join(f"{name}: {version}" for name, version in (("Desktopmail", __version__), *self._versions))

    # Made ---------------------------------------------------------------------------------------------------------

    def _face(self) -> QWidget:
        face, picture = QWidget(), QLabel()
        picture.setPixmap(appicon.picture(px(FACE), self.devicePixelRatioF()))
        picture.setAccessibleName(self.tr("The icon of Desktopmail"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(PlainLabel("Desktopmail", size=measures.SUBJECT, bold=True))
        words.addWidget(PlainLabel(self.tr("Version {0}").format(__version__), tone="secondary"))
        row = QHBoxLayout(face)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(16))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        return face

    def _papers(self) -> None:
        section = self.section(self.tr("Licence"))
        sentence = self.tr("Free software: use it, study it, change it, pass it on. It comes without a warranty.")
        self._paper(section.row(self.tr("GNU General Public License, version 3 or later"), sentence), LICENCE)
        sentence = self.tr("Others wrote the parts this program stands on. These are their names and terms.")
        self._paper(section.row(self.tr("Notices of the parts"), sentence), NOTICES)

    def _paper(self, row: Row, name: str) -> None:
        place = paper(name)
        if place is None:
            if name == NOTICES:
                row.say(row.title.text(), self.tr("They come with the installed program. This one runs from source."))
            return
        button = WordButton(self.tr("Read"))
        button.setAccessibleName(self.tr("Read: {0}").format(row.title.text()))
        title = row.title.text()
        button.clicked.connect(lambda: PaperWindow(title, place.read_text("utf-8", "replace"), self).open())
        row.control = button
        row.end.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _show_versions(self) -> None:
        self.parts.clear()
        for name, version in self._versions:
            words = PlainLabel(version, tone="secondary")
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row = self.parts.row(name)
            row.setMinimumHeight(px(36))
            row.end.addWidget(words, 0, Qt.AlignmentFlag.AlignVCenter)
            row.setAccessibleName(f"{name} {version}")
        copy = WordButton(self.tr("Copy"))
        copy.setAccessibleName(self.tr("Copy the versions"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.report()))
        self.parts.row(self.tr("For a report"), self.tr("Versions alone: nothing about you or your mail."), copy)

    def _own_versions(self) -> tuple[tuple[str, str], ...]:
        from desktopmail.engine.versions import versions

        return versions()

    # New versions -------------------------------------------------------------------------------------------------

    def _impossible(self) -> None:
        """A build of one's own has nobody to ask."""
        for row in [each for each in self.newer.rows if each is not self.standing]:
            self.newer.take(row)
        if self.standing.line is not None:
            self.standing.line.hide()
        self.look.hide()
        text = self.tr("This build does not know where new versions are announced. They are where it came from.")
        self.standing.say(self.standing.title.text(), text)

    async def _tell_when(self) -> None:
        at = await self._engine.updates.answered()
        if at and self.look.isEnabled():
            title = self.tr("This is version {0}").format(__version__)
            self.standing.say(title, self.tr("Looked for a newer one last {0}.").format(moment(at)))

    async def _look(self) -> None:
        self.look.setEnabled(False)
        self.standing.say(self.standing.title.text(), self.tr("Looking …"))
        try:
            self._release = await self._engine.updates.look()
        except MailError as error:
            self.standing.say(error.title, error.detail)
        else:
            self._told()
        finally:
            self.look.setEnabled(True)

    def _told(self) -> None:
        found = self._release
        self.read.setVisible(found is not None)
        if found is None:
            self.standing.say(self.tr("Version {0} is the newest").format(__version__), "")
        else:
            text = self.tr("Nothing is installed by itself. The page says how to get it.")
            self.standing.say(self.tr("Version {0} is out").format(found.version), text)

    def _read(self) -> None:
        if self._release is not None:
            open_outside(QUrl(self._release.page), self.read)


def window_versions() -> tuple[tuple[str, str], ...]:
    """The toolkit and the web engine with the level of its security patches."""
    from PySide6.QtWebEngineCore import qWebEngineChromiumSecurityPatchVersion, qWebEngineChromiumVersion

    patched = str(qWebEngineChromiumSecurityPatchVersion())
    words = QCoreApplication.translate("AboutPage", "{0} (security patches up to {1})")
    return (
        ("Qt", PySide6.__version__),
        ("Chromium", words.format(qWebEngineChromiumVersion(), patched)),
    )
