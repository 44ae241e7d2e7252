"""Connects the parts of the main window: panes, commands, verbs, and the news of the engine. It draws nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Copy
from desktopmail.gui.gathering import Gathering
from desktopmail.gui.loop import tell_problems

if TYPE_CHECKING:
    from desktopmail.gui.activity.panel import ActivityPanel
    from desktopmail.gui.messages.excerpts import Excerpts
    from desktopmail.gui.reader.pane import ReaderPane
    from desktopmail.gui.window import MainWindow


class Wiring(QObject):
    """Made when every part is there; listens to the engine until `end`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.news = Gathering(self._changed, self)
        self._connect_panes()
        self._connect_parts()
        engine, take = window.engine, self.news.take
        tell_problems(window.trouble.tell)
        self._ends = [self.news.end, engine.on_change(take), engine.on_problem(window.trouble.tell)]
        self._ends += [engine.on_activity(lambda _: window.standings.soon()), engine.on_notice(window.notify.tell)]

    def end(self) -> None:
        """Listen to the engine no more."""
        while self._ends:
            self._ends.pop()()

    def _connect_panes(self) -> None:
        window, view = self._window, self._window.messages.view
        actions = window.commands.actions
        window.bar.use(actions, window.menus.main)
        window.messages.header.use(actions)
        window.messages.header.copies.counting = self._copies
        view.tips = lambda name: actions[name].toolTip()
        window.places.situation.connect(window.commands.update)
        window.places.reading.connect(self._reading)
        window.places.read_soon.connect(self._seen)
        window.messages.row_command.connect(window.verbs.row)
        window.messages.marked.connect(self._marked)
        window.messages.opened.connect(lambda one: window.going.open())
        view.doubleClicked.connect(lambda index: window.commands.run("open_apart"))
        view.clicked.connect(lambda index: window.going.touched())
        view.escaped.connect(window.going.escape)
        window.messages.menu_wanted.connect(lambda spot: window.menus.row.exec(spot))  # noqa: PLW0108 - overloaded
        window.messages.walk.connect(window.going.walk)
        window.folders.dropped.connect(self._dropped)
        window.folders.menu_wanted.connect(window.foldering.menu)
        window.search.down_wanted.connect(window.places.into_list)
        window.bar.standing.clicked.connect(window.open_activity)
        window.panel_made.connect(self._panel_made)
        window.reader.made.connect(self._reader_made)

    def _connect_parts(self) -> None:
        window = self._window
        window.commands.bind(window.verbs.table() | window.going.table())
        for late in (window.commands.draw_soon, window.messages.tell, window.notify.begin):
            window.settled.connect(late)
        window.notify.opened.connect(window.going.called)
        window.notify.acted.connect(window.beside.act)
        window.notify.command.connect(window.commands.run)
        window.writing.receipt.connect(window.verbs.show)
        window.writing.kept.connect(window.say)
        window.writing.held.connect(self._held)
        window.verbs.done.connect(self.news.now)

    def _reader_made(self, reader: ReaderPane) -> None:
        window, actions = self._window, self._window.commands.actions
        names = (("reply", "reply_all", "forward"), ("archive", "junk", "trash"))
        reader.show_actions([[actions[name] for name in group] for group in names], window.menus.more)
        reader.set_zoom(window.preferences.now.reader_zoom)
        reader.command.connect(window.commands.run)
        reader.compose_requested.connect(lambda kind, one: window.writing.answer(kind, MessageId(one)))
        reader.open_link.connect(window.writing.mailto)
        reader.zoom_changed.connect(lambda factor: window.preferences.change(reader_zoom=float(factor)))
        reader.said.connect(window.say)
        window.applying.keys()

    def _panel_made(self, panel: ActivityPanel) -> None:
        panel.remedy_wanted.connect(self._window.trouble.remedy)
        panel.sync_wanted.connect(self._window.going.sync)
        self._window.standings.use(panel)

    def _held(self, text: str, message: MessageId) -> None:
        self._window.say(text, self.tr("Undo"), lambda: self._window.writing.take_back(message))

    def _changed(self, changes: ChangeSet) -> None:
        window = self._window
        if changes.settings:
            window.preferences.reread()
        window.places.apply(changes)
        if changes.accounts:
            window.show_page()
        if changes.outbox or changes.accounts:
            window.standings.show()
        if changes.folders or changes.tree:
            window.entitle()
            window.notify.count()

    def _reading(self, found: list[object], focus: object, count: int) -> None:
        window = self._window
        if not window.drawn:
            return  # The reader is no part of the first picture, after which this is told again.
        visible = window.panes.seen[2] or window.reader.reader is not None
        if visible or not found:
            window.reader.show_messages(found, focus, count)  # type: ignore[arg-type]
            window.reader.ahead(window.messages.neighbours())

    def _marked(self, terms: Sequence[str]) -> None:
        self._window.reader.mark(terms)
        if terms or "excerpts" in self.__dict__:
            self.excerpts.look_for(terms)

    def _make_excerpts(self) -> Excerpts:
        from desktopmail.gui.messages.excerpts import Excerpts

        return Excerpts(self._window.messages, self._window.engine.search.excerpts)

    excerpts = cached_property(_make_excerpts)

    async def _copies(self) -> Mapping[Copy, int]:
        place = self._window.places.place
        return {} if place is None else await self._window.engine.search.copies(place)

    def _seen(self, ids: list[MessageId]) -> None:
        if self._window.panes.seen[2]:
            self._window.verbs.see(ids)

    def _dropped(self, ids: list[MessageId], folder: object, copy: bool) -> None:
        verb = self._window.verbs.copy if copy else self._window.verbs.move
        verb(folder, ids)  # type: ignore[arg-type]
