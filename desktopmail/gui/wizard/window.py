"""The dialog that sets up an account: who you are, which servers, does it work, done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktopmail.gui.style.focus import FocusRing
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.line import Line
from desktopmail.gui.wizard.advice import Way, word
from desktopmail.gui.wizard.agree import Agree, Risk
from desktopmail.gui.wizard.byhand import ByHand
from desktopmail.gui.wizard.done import Done
from desktopmail.gui.wizard.found import Found
from desktopmail.gui.wizard.journey import Journey
from desktopmail.gui.wizard.page import SIDE, Page
from desktopmail.gui.wizard.questions import Questions
from desktopmail.gui.wizard.trying import Trying
from desktopmail.gui.wizard.you import You

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class AccountWizard(QDialog):
    """`added` with the AccountId once an account was made, `mail_wanted` with it when its mail is to be shown.

    One thing is tried at a time. Going back or leaving ends it at once and takes back what it made."""

    added = Signal(object)
    mail_wanted = Signal(object)

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Set up an account"))
        self._trail: list[Page] = []
        self.you, self.found, self.hand, self.trying, self.done_page = You(), Found(), ByHand(), Trying(), Done()
        self.questions, self.agree, self.risk = Questions(), Agree(), Risk()
        self.pages = QStackedWidget()
        for page in (self.you, self.found, self.hand, self.trying, self.done_page, self.questions, self.agree,
                     self.risk):  # fmt: skip
            self.pages.addWidget(page)
            page.changed.connect(self.fit)
        self._foot()
        self.journey = Journey(self, engine)
        self._ring = FocusRing(self)
        self.setMinimumSize(self.sizeHint().width(), min(px(400), self.sizeHint().height()))
        self.resize(self.sizeHint())
        self.fit()
        self.journey.begin()
        (self.you.start() or self.main_button).setFocus()

    def sizeHint(self) -> QSize:
        room = self.screen().availableSize()
        return QSize(px(600), px(700)).boundedTo(QSize(room.width() - 40, room.height() - 80))

    @property
    def page(self) -> Page:
        """The page that is shown."""
        shown = self.pages.currentWidget()
        assert isinstance(shown, Page)
        return shown

    def _foot(self) -> None:
        self.back_button = WordButton(self.tr("Back"))
        self.cancel_button = WordButton(self.tr("Cancel"))
        self.main_button = WordButton("", look="primary")
        self.main_button.setDefault(True)
        row = QHBoxLayout()
        row.setContentsMargins(px(SIDE), px(14), px(SIDE), px(16))
        row.setSpacing(px(8))
        row.addWidget(self.back_button)
        row.addStretch()
        row.addWidget(self.cancel_button)
        row.addWidget(self.main_button)
        for button in (self.back_button, self.cancel_button, self.main_button):
            button.setAutoDefault(True)
            button.setMinimumHeight(px(32))
        self.back_button.clicked.connect(self.back)
        self.cancel_button.clicked.connect(self.reject)
        self.main_button.clicked.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(Line())
        column.addLayout(row)

    def show_page(self, page: Page) -> None:
        """Show a page; back leads to the one before."""
        before = self.page
        if before is not self.trying and before is not page:
            self._trail.append(before)
        self.come_to(page)

    def come_to(self, page: Page) -> None:
        """Show a page in place of this one."""
        self.pages.setCurrentWidget(page)
        self.fit()
        (page.start() or self.main_button).setFocus(Qt.FocusReason.OtherFocusReason)
        self._see()

    def _go(self) -> None:
        self.page.go()
        self._see()

    def _see(self) -> None:
        """Scroll to what has the focus."""
        focus = self.focusWidget()
        if focus is not None and self.page.isAncestorOf(focus):
            self.page.area.ensureWidgetVisible(focus)

    def fit(self) -> None:
        """Let the buttons say what the page wants."""
        page = self.page
        working = page is self.trying and not page.verb
        self.main_button.setVisible(bool(page.verb))
        self.main_button.word(page.verb)
        self.back_button.setVisible(page.way_back)
        self.cancel_button.setVisible(page is not self.done_page and page.verb != word(Way.LEAVE))
        if working:
            self.setFocus()
        elif page is self.trying:
            self.main_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> None:
        """To the page before. What is being tried ends."""
        self.journey.stop()
        if self._trail:
            self.come_to(self._trail.pop())

    def restart(self) -> None:
        """Show the first page, with no way back."""
        self._trail.clear()
        self.come_to(self.you)
