"""The frame: makes the panes, puts them in place and connects their signals. It decides nothing and draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.ids import MessageId
from desktopmail.gui.applying import Applying
from desktopmail.gui.beside import Beside
from desktopmail.gui.commands import Commands
from desktopmail.gui.foldering import Foldering
from desktopmail.gui.folders.pane import FolderPane
from desktopmail.gui.frame import Frame
from desktopmail.gui.gathering import Gathering
from desktopmail.gui.going import Going
from desktopmail.gui.loop import tell_problems
from desktopmail.gui.menus import Menus
from desktopmail.gui.messages.pane import MessagePane
from desktopmail.gui.notify import Notify
from desktopmail.gui.panes import Front, Panes
from desktopmail.gui.places import Places
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.readerslot import ReaderSlot
from desktopmail.gui.search.box import SearchBox
from desktopmail.gui.standings import Standings
from desktopmail.gui.style.focus import FocusRing
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.topbar import TopBar
from desktopmail.gui.trouble import Trouble
from desktopmail.gui.verbs import Verbs
from desktopmail.gui.welcome import Welcome
from desktopmail.gui.widgets.line import Line
from desktopmail.gui.writing import Writing

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from desktopmail.domain.draft import Draft
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.activity.panel import ActivityPanel
    from desktopmail.gui.composer.window import ComposerWindow
    from desktopmail.gui.reader.pane import ReaderPane
    from desktopmail.gui.settings.window import SettingsWindow


@dataclass(frozen=True, slots=True)
class Parts:
    """What makes the panes that the frame does not know from inside."""

    reader: Callable[[Engine], ReaderPane]
    composer: Callable[[Engine, Draft], ComposerWindow]
    wizard: Callable[[Engine], QDialog]


class MainWindow(Frame):
    """The main window. After `closed` comes `finish`, before the engine closes."""

    def __init__(self, engine: Engine, parts: Parts) -> None:
        super().__init__()
        self.engine = engine
        self._parts = parts
        self._settings: SettingsWindow | None = None
        self.preferences = Preferences(engine, self)
        theme().start(self.preferences.now.theme)
        self._make()
        self._place()
        self._connect()
        self._restore()

    # Made and placed ------------------------------------------------------------------------------------------

    def _make(self) -> None:
        engine = self.engine
        self.commands = Commands(self)
        self.menus = Menus(self, self.commands, self.preferences)
        self.folders = FolderPane()
        self.messages = MessagePane(engine.library)
        self.reader = ReaderSlot(lambda: self._parts.reader(engine))
        self.search = SearchBox(engine.library.complete)
        self.bar = TopBar(self.search)
        self.welcome = Welcome()
        self.verbs = Verbs(engine, self.messages, self.say, self)
        self.writing = Writing(engine, self._parts.composer, self)
        self.places = Places(engine, self.folders, self.messages, self.search, self.preferences)
        self.trouble = Trouble(engine, self.say, self.settings, self)
        self.foldering = Foldering(engine, self.verbs, self.commands, self)
        self.standings = Standings(engine, self.bar.standing, self.messages, self)
        self.going = Going(self)
        self.beside = Beside(self)
        self.notify = Notify(engine, self.preferences, self)
        self.applying = Applying(self)
        self.ring = FocusRing(self)

    def _place(self) -> None:
        self.stack = QStackedWidget(self)
        self.setCentralWidget(self.stack)
        page = QWidget(self.stack)
        for each in (self.welcome, page):
            self.stack.addWidget(each)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.bar, Line()):
            column.addWidget(part)
        self.panes = Panes(self.folders, self.messages, self.reader, page)
        column.addWidget(self.panes, 1)
        self.setMinimumSize(px(360), px(400))
        self.setWindowTitle("Desktopmail")
        self.bar.use(self.commands.actions, self.menus.main)
        self.messages.header.use(self.commands.actions)
        self.messages.view.tips = lambda name: self.commands.actions[name].toolTip()

    # Connected ------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.commands.bind(self.verbs.table() | self.going.table())
        self.places.situation.connect(self.commands.update)
        self.places.reading.connect(self._reading)
        self.places.read_soon.connect(self._seen)
        self.places.shown.connect(lambda place: self._shown())
        self.messages.row_command.connect(self.verbs.row)
        self.messages.opened.connect(lambda one: self.going.open())
        self.messages.view.doubleClicked.connect(lambda index: self.commands.run("open_apart"))
        self.messages.view.clicked.connect(lambda index: self.going.touched())
        self.messages.menu_wanted.connect(lambda spot: self.menus.row.exec(spot))  # noqa: PLW0108 - overloaded
        self.messages.walk.connect(self.going.walk)
        self.messages.view.escaped.connect(self.going.escape)
        self.folders.dropped.connect(self._dropped)
        self.folders.menu_wanted.connect(self.foldering.menu)
        self.search.down_wanted.connect(self.places.into_list)
        self.bar.standing.clicked.connect(self.open_activity)
        self.panel_made.connect(self._panel_made)
        for late in (self.commands.draw_soon, self.messages.tell, self.notify.begin):
            self.painted.connect(late)
        self.reader.made.connect(self._reader_made)
        self.panes.changed.connect(self._panes_changed)
        self.welcome.wanted.connect(self.add_account)
        self.notify.opened.connect(self.going.called)
        self.notify.acted.connect(self.beside.act)
        self.notify.command.connect(self.commands.run)
        self.writing.receipt.connect(self.verbs.show)
        self.writing.kept.connect(self.say)
        self.writing.held.connect(self._held)
        tell_problems(self.trouble.tell)
        self.news = Gathering(self._changed, self)
        self.verbs.done.connect(self.news.now)
        engine = self.engine
        self._ends = [self.news.end, engine.on_change(self.news.take), engine.on_problem(self.trouble.tell)]
        self._ends += [engine.on_activity(lambda _: self.standings.soon()), engine.on_notice(self.notify.tell)]

    def _reader_made(self, reader: ReaderPane) -> None:
        actions = self.commands.actions
        names = (("reply", "reply_all", "forward"), ("archive", "junk", "trash"))
        reader.show_actions([[actions[name] for name in group] for group in names], self.menus.more)
        reader.set_zoom(self.preferences.now.reader_zoom)
        reader.command.connect(self.commands.run)
        reader.compose_requested.connect(lambda kind, one: self.writing.answer(kind, MessageId(one)))
        reader.open_link.connect(self.writing.mailto)
        reader.zoom_changed.connect(lambda factor: self.preferences.change(reader_zoom=float(factor)))
        reader.said.connect(self.say)
        self.applying.keys()

    def _panel_made(self, panel: ActivityPanel) -> None:
        panel.remedy_wanted.connect(self.trouble.remedy)
        panel.sync_wanted.connect(self.going.sync)
        self.standings.use(panel)

    def _held(self, text: str, message: MessageId) -> None:
        self.say(text, self.tr("Undo"), lambda: self.writing.take_back(message))

    # News -----------------------------------------------------------------------------------------------------

    def _changed(self, changes: ChangeSet) -> None:
        if changes.settings:
            self.preferences.reread()
        self.places.apply(changes)
        if changes.accounts:
            self._show_page()
        if changes.outbox or changes.accounts:
            self.standings.show()
        if changes.folders or changes.tree:
            self._title()
            self.notify.count()

    def _reading(self, found: list[object], focus: object, count: int) -> None:
        if not self.drawn:
            return  # The reader is no part of the first picture, after which this is told again.
        visible = self.panes.seen[2] or self.reader.reader is not None
        if visible or not found:
            self.reader.show_messages(found, focus, count)  # type: ignore[arg-type]
            self.reader.ahead(self.messages.neighbours())

    def _seen(self, ids: list[MessageId]) -> None:
        if self.panes.seen[2]:
            self.verbs.see(ids)

    def _shown(self) -> None:
        self._title()
        self.panes.bring(Front.LIST)

    def _title(self) -> None:
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

    def _dropped(self, ids: list[MessageId], folder: object, copy: bool) -> None:
        verb = self.verbs.copy if copy else self.verbs.move
        verb(folder, ids)  # type: ignore[arg-type]

    # Life -----------------------------------------------------------------------------------------------------

    def _show_page(self) -> None:
        some = bool(self.engine.library.accounts())
        first = some and self.stack.currentIndex() == 0
        self.stack.setCurrentIndex(1 if some else 0)
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
        self.applying.keys()
        self._show_page()
        self.standings.show()
        self._panes_changed()

    def _panes_changed(self) -> None:
        self.bar.fit(self.panes.mode, reading=self.panes.front is Front.READER)

    def let_go(self) -> None:
        """Listen to the engine no more: the window is about to go."""
        while self._ends:
            self._ends.pop()()

    async def finish(self) -> None:
        """Keep where everything was. Call after `closed`, before the engine is closed."""
        shape = bytes(self.saveGeometry().toBase64().data()).decode()
        kept = {"window_geometry": shape, "pane_sizes": self.panes.sizes(), "last_place": self.places.kept()}
        self.beside.leave()
        await self.writing.finish()
        await self.engine.change_settings(**kept)

    def start_work(self) -> None:
        """From now on, the first touch of the list warms up what the next minutes need."""
        from desktopmail.gui.warming import Warming

        Warming(self.messages.view, lambda: self.reader.ready().warm_up())
