"""Web views for messages: each with its own profile, page and source; made when needed, kept warm, taken down in order.

Importing this module loads the web engine.
"""

from __future__ import annotations

from functools import lru_cache

import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from desktopmail.gui.reader.scheme import MessageSource, Pictures
from desktopmail.gui.reader.walls import DOCUMENT, MailPage, MailProfile, register_scheme

WIDTH = 600
SPARE = 2
"""Views kept warm for the next message."""

WIPE_AFTER = 700
"""Milliseconds a spare page keeps what it showed: wiping it at once would delay the message that comes next."""

BLANK = b"<!doctype html><title></title>"


@lru_cache(maxsize=1)
def tell_of_screen_readers() -> None:
    """The web engine hears when a screen reader comes, but not that one came before the engine did: say it again, or
    no message in HTML is ever read out. Needs the first view to be there."""
    if QAccessible.isActive():
        QAccessible.setActive(True)


class Sheet:
    """One view and everything behind it. It shows one message at a time and never shares a profile, so no message can
    see the pictures of another. `close` takes it down in the one order the engine bears: view, page, profile."""

    def __init__(self) -> None:
        register_scheme()
        self.source = MessageSource()
        self.profile = MailProfile(self.source)
        self.page = MailPage(self.profile)
        self.view = QWebEngineView()
        self.view.setPage(self.page)
        self.view.setAccessibleName(QCoreApplication.translate("reader", "Text in HTML"))
        self.view.setAcceptDrops(False)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.resize(WIDTH, 24)
        self.view.hide()
        tell_of_screen_readers()
        self._wipe = QTimer(singleShot=True, interval=WIPE_AFTER)
        self._wipe.timeout.connect(lambda: self.load(BLANK, None))

    def load(self, document: bytes, pictures: Pictures | None) -> None:
        """Show a composed document; `pictures` answers for its pictures."""
        self._wipe.stop()
        self.source.show(document, pictures)
        self.page.load(DOCUMENT)

    def wipe_soon(self) -> None:
        """Forget what is shown, unless something else is shown before."""
        self._wipe.start()

    def close(self) -> None:
        """Take everything down; the sheet is of no use afterwards."""
        self._wipe.stop()
        for each in (self.view, self.page, self.profile, self.source):
            if shiboken6.isValid(each):
                shiboken6.delete(each)


class Sheets:
    """The stock of sheets. `warm` makes the first one ready while nobody waits for it."""

    def __init__(self) -> None:
        self._spare: list[Sheet] = []
        self._used: list[Sheet] = []
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    def warm(self) -> None:
        """Have at least one sheet whose web process already runs."""
        if not self._spare:
            sheet = Sheet()
            sheet.load(BLANK, None)
            self._spare.append(sheet)

    def take(self, parent: QWidget) -> Sheet:
        """A sheet whose view is a child of `parent`, hidden."""
        sheet = self._spare.pop() if self._spare else Sheet()
        self._used.append(sheet)
        sheet.view.setParent(parent)
        return sheet

    def give_back(self, sheet: Sheet) -> None:
        """Forget what the sheet showed, and keep it or take it down."""
        self._used.remove(sheet)
        if not shiboken6.isValid(sheet.view):
            sheet.close()
            return
        sheet.view.hide()
        sheet.view.setParent(None)
        sheet.view.resize(WIDTH, 24)
        if len(self._spare) < SPARE:
            sheet.page.setZoomFactor(1.0)
            sheet.wipe_soon()
            self._spare.append(sheet)
        else:
            sheet.close()

    @property
    def all(self) -> tuple[Sheet, ...]:
        """Every sheet there is, for the audit of the walls."""
        return (*self._used, *self._spare)

    def close(self) -> None:
        """Take all sheets down, before the application ends."""
        for sheet in self.all:
            sheet.close()
        self._spare.clear()
        self._used.clear()


@lru_cache(maxsize=1)
def sheets() -> Sheets:
    """The program's one stock."""
    return Sheets()
