"""The settings window: the list of pages, the search over everything on them, the page, and the line that takes back.
It knows the pages by name only; each is made when it is first shown or searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.ids import AccountId
from desktopmail.gui.loop import spawn
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page, Row
from desktopmail.gui.settings.pagelist import Entry, PageList
from desktopmail.gui.settings.searchfield import SearchField
from desktopmail.gui.settings.undoline import UndoLine
from desktopmail.gui.style.focus import FocusRing
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.commands import Commands

MakePage = Callable[[], Page]


class SettingsWindow(QDialog):
    """Everything takes effect at once; there is nothing to confirm. `account_wanted` when one is to be added."""

    account_wanted = Signal()

    def __init__(self, engine: Engine, preferences: Preferences, commands: Commands, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        self._engine, self._preferences, self._commands = engine, preferences, commands
        self._makers: dict[str, MakePage] = {}
        self._pages: dict[str, Page] = {}
        self._accounts: tuple[object, ...] = ()
        self._now = ""
        self._make()
        self._place()
        self._connect()
        self._offer("reading")
        self.resize(px(940), px(680))
        self.setMinimumSize(px(560), px(400))

    # Made and placed ------------------------------------------------------------------------------------------

    def _make(self) -> None:
        self.search = SearchField()
        self.list = PageList()
        self.add = WordButton(self.tr("Add account…"), look="plain", icon="plus")
        self.stack = QStackedWidget()
        self.nothing = PlainLabel("", tone="secondary", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setMargin(px(40))
        self.stack.addWidget(self.nothing)
        self.line = UndoLine(self._engine)
        self.ring = FocusRing(self)

    def _place(self) -> None:
        side = QWidget()
        side.setProperty("look", "surface")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(px(240))
        left = QVBoxLayout(side)
        left.setContentsMargins(0, px(12), 0, px(8))
        left.setSpacing(px(8))
        # In one line with the names in the list.
        self.add.setStyleSheet(f"QPushButton {{ padding: 0 {px(10)}px; }}")
        self.add.setText("\u2002" + self.add.accessibleName())
        for widget in (self.search, self.list, self.add):
            row = QHBoxLayout()
            row.setContentsMargins(px(8), 0, px(8), 0)
            row.addWidget(widget)
            if widget is self.add:
                row.addStretch()
            left.addLayout(row) if widget is not self.list else left.addWidget(widget, 1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.stack, 1)
        right.addWidget(self.line)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(side)
        whole.addWidget(Line(standing=True))
        whole.addLayout(right, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._searched)
        self.search.went.connect(self._go)
        self.search.installEventFilter(self)
        self.list.chosen.connect(self.show_page)
        self.list.typed.connect(self._typed)
        self.list.entered_page.connect(self._enter)
        self.list.arranged.connect(self._arrange)
        self.add.clicked.connect(self.account_wanted)
        self.line.undone.connect(self._undone)
        self._end = self._engine.on_change(self._heard)
        self.finished.connect(lambda _: self._end())
        for keys, act in ((QKeySequence.StandardKey.Find, self._find), (QKeySequence.StandardKey.Undo, self._undo)):
            QShortcut(QKeySequence(keys), self, act)
        self._rest = QTimer(self, interval=30)
        self._rest.timeout.connect(self._make_next)

    def _offer(self, current: str) -> None:
        """List the pages there are; accounts come and go."""
        from desktopmail.gui.settings.contents import accounts, program

        entries: list[Entry] = []
        self._makers = {}
        for entry, make in program(self._engine, self._preferences, self._commands):
            entries.append(entry)
            self._makers[entry.key] = make
        self._accounts = self._engine.library.accounts()
        own = accounts(self._engine, self)
        if own:
            entries.append(Entry("", self.tr("Accounts")))
        for entry, make in own:
            entries.append(entry)
            self._makers[entry.key] = make
        self.list.offer(entries, current)

    # Pages ----------------------------------------------------------------------------------------------------

    def open_at(self, account: object = None, page: str = "") -> None:
        """Show the window, at an account or at a page if one is named."""
        self.show()
        self.raise_()
        self.activateWindow()
        if account is not None or page:
            self.list.go(page or f"account:{account}")
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.look()
        self._rest.start()

    def page(self, key: str) -> Page:
        """A page, made when there is none yet."""
        if key not in self._pages:
            self._pages[key] = self._makers[key]()
            self.stack.addWidget(self._pages[key])
        return self._pages[key]

    def show_page(self, key: str) -> None:
        """Bring a page to the front."""
        page = self.page(key)
        page.came()
        inside = [each for each in page.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
        if inside:
            QWidget.setTabOrder(inside[-1], self.line.button)
        self._now = key
        self.stack.setCurrentWidget(page)
        if self.search.text().strip():
            self._point(page.light(self.search.text()))

    def _enter(self) -> None:
        """Enter on a page's name: to the first thing on it."""
        page = self.page(self._now)
        control = next(
            (each.control for each in page.rows() if each.control is not None and each.control.isEnabled()), None
        )
        if control is not None:
            control.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            page.area.focusNextChild()

    def _make_next(self) -> None:
        """Make one more page while nobody waits, so that the first search need not."""
        waiting = next((key for key in self._makers if key not in self._pages), None)
        if waiting is None:
            self._rest.stop()
        else:
            self.page(waiting)

    # Searching ------------------------------------------------------------------------------------------------

    def _searched(self, text: str) -> None:
        typed = text.strip()
        found: dict[str, int] = {}
        for key in self.list.names():
            page = self.page(key)
            rows = page.light(typed)
            words = f"{page.title} {page.words()}".casefold()
            if rows or (typed and all(word in words for word in typed.casefold().split())):
                found[key] = len(rows)
        self.list.narrow(found if typed else None)
        if typed and not found:
            self.nothing.setText(self.tr("Nothing here is called “{0}”.").format(typed))
            self.stack.setCurrentWidget(self.nothing)
        elif not typed or self._now in found:
            self.show_page(self._now)
        else:
            best = next((key for key, rows in found.items() if rows), next(iter(found)))
            self.list.go(best)
            self.show_page(best)

    def _point(self, rows: list[Row]) -> None:
        if rows:
            self.page(self._now).area.ensureWidgetVisible(rows[0], 0, px(60))

    def _go(self) -> None:
        """Enter in the search: to the first thing found."""
        typed = self.search.text().strip()
        if not typed or self.stack.currentWidget() is self.nothing:
            return
        page = self.page(self._now)
        rows = page.found(typed)
        if rows:
            page.reveal(rows[0])
        else:
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.setText(text)

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.search:
            if event.key() == Qt.Key.Key_Down:
                self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return False

    # News -----------------------------------------------------------------------------------------------------

    def _heard(self, changes: ChangeSet) -> None:
        if changes.accounts and self._engine.library.accounts() != self._accounts:
            self._accounts_changed()
        if changes.settings:
            self.line.changed()
            if self._now in self._pages:
                self._pages[self._now].came()

    def _accounts_changed(self) -> None:
        before = set(self._makers)
        self._offer(self._now)
        for key in before - set(self._makers):
            gone = self._pages.pop(key, None)
            if gone is not None:
                self.stack.removeWidget(gone)
                gone.deleteLater()
        if self._now in self._pages:
            self._pages[self._now].came()
        if self.search.text().strip():
            self._searched(self.search.text())

    def _arrange(self, keys: list[str]) -> None:
        """Accounts in another order."""
        wanted = [AccountId(int(key.rpartition(":")[2])) for key in keys]
        spawn(self._engine.accounts.arrange(wanted), self)

    def _undo(self) -> None:
        self.line.undo()

    def _undone(self) -> None:
        self._preferences.reread()
        if self._now in self._pages:
            self._pages[self._now].came()
