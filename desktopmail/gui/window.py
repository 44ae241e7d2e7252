"""The frame: makes the panes, puts them in place and connects their signals. It decides nothing and draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktopmail.domain.errors import MailError
from desktopmail.gui.folders.pane import FolderPane
from desktopmail.gui.frame import Frame
from desktopmail.gui.messages.pane import MessagePane
from desktopmail.gui.panes import Front, Panes
from desktopmail.gui.places import Places
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.readerslot import ReaderSlot
from desktopmail.gui.search.box import SearchBox
from desktopmail.gui.standings import Standings
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.topbar import TopBar
from desktopmail.gui.widgets.line import Line

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from desktopmail.domain.draft import Draft
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.composer.window import ComposerWindow
    from desktopmail.gui.reader.pane import ReaderPane
    from desktopmail.gui.settings.window import SettingsWindow
    from desktopmail.gui.welcome import Welcome

KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What makes the panes that the frame does not know from inside."""

    reader: Callable[[Engine], ReaderPane]
    composer: Callable[[Engine, Draft], ComposerWindow]
    wizard: Callable[[Engine], QDialog]


class MainWindow(Frame):
    """The main window. After `closed` comes `finish`, before the engine closes.

    It is made in two steps: first what its first picture shows, then `complete`, when there is a loop. In between
    nothing may be clicked: whoever makes it early keeps the person's input waiting."""

    def __init__(self, engine: Engine, parts: Parts, *, early: bool = False) -> None:
        super().__init__()
        self.engine = engine
        self._parts = parts
        self._settings: SettingsWindow | None = None
        self.preferences = Preferences(engine, self)
        theme().start(self.preferences.now.theme)
        self.folders = FolderPane()
        self.messages = MessagePane(engine.library)
        self.reader = ReaderSlot(lambda: self._parts.reader(engine))
        self.search = SearchBox(engine.library.complete)
        self.bar = TopBar(self.search)
        self.places = Places(engine, self.folders, self.messages, self.search, self.preferences)
        self.standings = Standings(engine, self.bar.standing, self.messages, self)
        self.places.shown.connect(lambda place: self._shown())
        self._place()
        self._restore()
        if not early:
            self.complete()

    # Made and placed ------------------------------------------------------------------------------------------

    def _place(self) -> None:
        self.stack = QStackedWidget(self)
        self.setCentralWidget(self.stack)
        self._page = QWidget(self.stack)
        self.stack.addWidget(self._page)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.bar, Line()):
            column.addWidget(part)
        self.panes = Panes(self.folders, self.messages, self.reader, self._page)
        self.panes.changed.connect(self._panes_changed)
        column.addWidget(self.panes, 1)
        self.setMinimumSize(px(360), px(400))
        self.setWindowTitle("Desktopmail")

    @cached_property
    def welcome(self) -> Welcome:
        """What a start without an account shows."""
        from desktopmail.gui.welcome import Welcome

        welcome = Welcome()
        welcome.wanted.connect(self.add_account)
        self.stack.addWidget(welcome)
        return welcome

    def complete(self) -> None:
        """Make what the first picture does not show, and connect everything."""
        from desktopmail.gui.applying import Applying
        from desktopmail.gui.beside import Beside
        from desktopmail.gui.commands import Commands
        from desktopmail.gui.foldering import Foldering
        from desktopmail.gui.going import Going
        from desktopmail.gui.menus import Menus
        from desktopmail.gui.notify import Notify
        from desktopmail.gui.style.focus import FocusRing
        from desktopmail.gui.trouble import Trouble
        from desktopmail.gui.verbs import Verbs
        from desktopmail.gui.wiring import Wiring
        from desktopmail.gui.writing import Writing

        engine = self.engine
        self.commands = Commands(self)
        self.menus = Menus(self, self.commands, self.preferences)
        self.verbs = Verbs(engine, self.messages, self.say, self)
        self.writing = Writing(engine, self._parts.composer, self)
        self.trouble = Trouble(engine, self.say, self.settings, self)
        self.foldering = Foldering(engine, self.verbs, self.commands, self)
        self.going = Going(self)
        self.beside = Beside(self)
        self.notify = Notify(engine, self.preferences, self)
        self.applying = Applying(self)
        self.ring = FocusRing(self)
        self.wiring = Wiring(self)
        self.applying.keys()
        self.places.look_around()
        self.settle()

    def _shown(self) -> None:
        self.entitle()
        self.panes.bring(Front.LIST)

    def entitle(self) -> None:
        """Say in the title what is shown."""
        title = self.places.title(self.places.place) if self.places.place is not None else ""
        self.setWindowTitle(f"{title} – Desktopmail" if title else "Desktopmail")

    # Dialogs and menus ----------------------------------------------------------------------------------------

    def add_account(self) -> None:
        """Open the wizard."""
        self._parts.wizard(self.engine).open()

    def settings(self, account: object = None, page: str = "") -> None:
        """Open the settings, at an account or a page if one is named."""
        from desktopmail.gui.settings.window import SettingsWindow

        if self._settings is None:
            self._settings = SettingsWindow(self.engine, self.preferences, self.commands, self)
            self._settings.account_wanted.connect(self.add_account)
            self._settings.finished.connect(self._settings_left)
        self._settings.open_at(account, page)

    def _settings_left(self) -> None:
        self._settings = None

    def shortcuts(self) -> None:
        """Open the overview of keys."""
        from desktopmail.gui.overview import Overview

        now = self.preferences.now
        overview = Overview(self, self.commands, now.letter_set if now.letter_keys else "none")
        overview.change_wanted.connect(lambda: self.settings(page="shortcuts"))
        overview.open()

    def open_activity(self) -> None:
        """Open the activity panel, or close it."""
        if self.panel.isVisible():
            self.panel.leave()
        else:
            self.panel.open(self.bar.corner())

    # Life -----------------------------------------------------------------------------------------------------

    def show_page(self) -> None:
        """Show the panes, or what a start without an account has to say."""
        some = bool(self.engine.library.accounts())
        first = some and self.stack.currentWidget() is not self._page
        self.stack.setCurrentWidget(self._page if some else self.welcome)
        if first or (some and self.places.place is None):
            self.places.show_tree()
            self.places.first()

    def _restore(self) -> None:
        now = self.preferences.now
        self.resize(px(1280), px(800))
        self.restoreGeometry(QByteArray.fromBase64(now.window_geometry.encode()))
        self.panes.restore(now.pane_sizes)
        self.messages.density(now.density)
        self.panes.below(now.layout == "below")
        self.show_page()
        self.standings.show()
        self._panes_changed()

    def _panes_changed(self) -> None:
        self.bar.fit(self.panes.mode, reading=self.panes.front is Front.READER)

    def let_go(self) -> None:
        """Listen to the engine no more: the window is about to go."""
        self.wiring.end()

    async def kept(self) -> bool:
        """Whether everything that is being written could be kept. If not, the window is there again and says so."""
        if not (left := await self.writing.finish()):
            return True
        self.show()
        text = self.tr("“{0}” could not be saved and is still open. Closing again loses what was written last.")
        self.say(text.format(left[0]), seconds=KEPT_SECONDS)
        return False

    async def finish(self) -> None:
        """Keep where everything was, if there is room for it. Call after `closed`, before the engine is closed."""
        shape = bytes(self.saveGeometry().toBase64().data()).decode()
        kept = {"window_geometry": shape, "pane_sizes": self.panes.sizes(), "last_place": self.places.kept()}
        self.beside.leave()
        await self.writing.finish()
        with suppress(MailError):  # The place of a window is no reason not to go.
            await self.engine.change_settings(**kept)

    def start_work(self) -> None:
        """From now on, the first touch of the list warms up what the next minutes need."""
        from desktopmail.gui.warming import Warming

        Warming(self.messages.view, lambda: self.reader.ready().warm_up())
