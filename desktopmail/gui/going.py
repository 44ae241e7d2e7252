"""Commands that move the person rather than mail: next and previous, panes, folders, zoom, windows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.gui.messages.source import Found, Only
from desktopmail.gui.panes import Front

if TYPE_CHECKING:
    from desktopmail.gui.reader.pane import ReaderPane
    from desktopmail.gui.window import MainWindow

FILTERS = (Only.ALL, Only.UNREAD, Only.STARRED)


class Going(QObject):
    """Knows the frame; holds nothing itself."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def table(self) -> dict[str, Callable[[], object]]:
        """Command names with what they do."""
        window = self._window
        table: dict[str, Callable[[], object]] = {
            "write": window.writing.new,
            "move": lambda: self._choose(self.tr("Move to folder"), window.verbs.move),
            "copy": lambda: self._choose(self.tr("Copy to folder"), window.verbs.copy),
            "tag": lambda: window.choosing.tag(window.verbs.tag),
            "select_all": window.messages.view.selectAll,
            "search": self._search,
            "quick_filter": self._filter,
            "copy_filter": window.messages.header.copies.offer,
            "next": lambda: window.messages.step(1),
            "previous": lambda: window.messages.step(-1),
            "next_unread": self.next_unread,
            "previous_unread": lambda: window.messages.step(-1, unread=True),
            "go_to_folder": self._go,
            "next_pane": lambda: self._cycle(1),
            "previous_pane": lambda: self._cycle(-1),
            "back": self.back,
            "sync": lambda: self.sync(self._account()),
            "sync_all": lambda: self.sync(None),
            "new_folder": lambda: window.foldering.create(self._account(), ""),
            "import": self._import,
            "export": lambda: window.foldering.export(window.places.folder(window.places.place)),
            "add_account": window.add_account,
            "activity": window.open_activity,
            "toggle_folders": self._toggle_folders,
            "toggle_reader": self._toggle_reader,
            "group": self._group,
            "palette": self._palette,
            "open_apart": lambda: self._apart(window.messages.chosen(1)),
        }
        table |= {"shortcuts": window.shortcuts, "settings": window.settings, "glossary": self._glossary}
        table |= {"about": lambda: window.settings(page="about")}
        table |= {"close": window.close, "quit": window.leave}
        table |= {f"inbox_{number}": partial(window.places.inbox, number) for number in range(1, 10)}
        table |= {kind: partial(self._answer, kind) for kind in ("reply", "reply_all", "forward", "edit")}
        return table | self._reader_table()

    def _import(self) -> None:
        self._window.beside.importing.choose()

    def _glossary(self) -> None:
        from desktopmail.gui.glossary import Glossary

        Glossary(self._window).open()

    def _reader_table(self) -> dict[str, Callable[[], object]]:
        return {
            "source": lambda: self._with_reader(lambda reader: reader.show_source()),
            "print": lambda: self._with_reader(lambda reader: reader.print_message()),
            "find": lambda: self._with_reader(lambda reader: reader.find_in_message()),
            "zoom_in": lambda: self._with_reader(lambda reader: reader.zoom(1)),
            "zoom_out": lambda: self._with_reader(lambda reader: reader.zoom(-1)),
            "zoom_reset": lambda: self._with_reader(lambda reader: reader.zoom(0)),
        }

    # Messages -------------------------------------------------------------------------------------------------

    def _answer(self, kind: str) -> None:
        chosen = self._window.messages.chosen(1)
        if chosen:
            self._window.writing.answer(kind, self._window.reader.focus or chosen[0])

    def open(self) -> None:
        """Enter on a row: bring it to the front, or into the composer when it is a draft, as a double click does."""
        if self._window.beside.opening:
            return
        if self._window.commands.actions["edit"].isEnabled():
            self._answer("edit")
            return
        self._window.panes.bring(Front.READER)
        self._show_again()
        reader = self._window.reader.reader
        if reader is not None:
            reader.setFocus(Qt.FocusReason.OtherFocusReason)

    def _apart(self, chosen: list[MessageId]) -> None:
        if chosen and not self._window.commands.actions["edit"].isEnabled():
            self._window.beside.open(chosen[0])

    def called(self, message: MessageId | None) -> None:
        """From outside the window: bring it to the front, with a message if one is named."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        found = window.engine.library.summaries([message]) if message is not None else []
        if found:
            window.places.go(found[0].folder, found[0].id)
            self.open()

    def touched(self) -> None:
        """A click on a row: where only one pane is seen, it opens."""
        plain = not QApplication.keyboardModifiers()
        if self._window.panes.mode == 1 and plain and len(self._window.messages.chosen()) == 1:
            self._window.panes.bring(Front.READER)
            self._show_again()

    def _show_again(self) -> None:
        if self._window.reader.reader is None:
            self._window.messages.tell()

    def walk(self, backward: bool) -> None:
        """Space: a page of the message, and at its end the next unread one."""
        reader = self._window.reader.reader
        if reader is not None and reader.isVisible() and reader.advance(backward):
            return
        if backward:
            self._window.messages.step(-1)
        else:
            self.next_unread()

    def next_unread(self) -> None:
        """The next unread message below, then from the top, then in the next folder that has one."""
        messages, places = self._window.messages, self._window.places
        if messages.step(1, unread=True):
            return
        messages.view.setCurrentIndex(messages.model.index(-1, 0))
        if messages.step(1, unread=True):
            return
        skipped = (Role.TRASH, Role.JUNK, Role.SENT, Role.DRAFTS, Role.OUTBOX, Role.ALL)
        rows = [each for each in self._window.engine.library.folders() if each.unread and each.role not in skipped]
        other = next((each for each in rows if each.id != places.place), None)
        if other is not None:
            places.go(other.id)
            messages.step(1, unread=True)

    # Places ---------------------------------------------------------------------------------------------------

    def _choose(self, what: str, take: Callable[..., object]) -> None:
        library, ids = self._window.engine.library, self._window.messages.chosen()
        if ids:
            here = self._window.messages.model.place
            folders = [each for each in library.folders() if each.id != here]
            self._window.choosing.target(what, folders, library.accounts(), lambda to: take(to, ids))

    def _go(self) -> None:
        library = self._window.engine.library
        self._window.choosing.place(library.folders(), library.accounts(), self._window.places.go)  # type: ignore[arg-type]

    def _search(self) -> None:
        self._window.search.begin()

    def _filter(self) -> None:
        messages = self._window.messages
        only = messages.model.only
        messages.filter(FILTERS[(FILTERS.index(only) + 1) % len(FILTERS)] if only in FILTERS else Only.ALL)

    def _account(self) -> AccountId | None:
        folder = self._window.places.folder(self._window.places.place)
        return folder.account if folder is not None else None

    def sync(self, account: AccountId | None) -> None:
        """Get mail now, of one account or of all."""
        self._window.trouble.retry(account)

    # Panes ----------------------------------------------------------------------------------------------------

    def _cycle(self, by: int) -> None:
        window = self._window
        stops: list[QWidget] = [window.folders.view, window.messages.view, window.reader, window.search]
        shown = [stop for stop in stops if stop.isVisible()]
        if not shown:
            return
        focus = QApplication.focusWidget()
        here = next((n for n, stop in enumerate(shown) if focus is not None and
                     (stop is focus or stop.isAncestorOf(focus))), -1 if by > 0 else 0)  # fmt: skip
        target = shown[(here + by) % len(shown)]
        if target is window.reader and window.reader.reader is not None:
            target = window.reader.reader
        target.setFocus(Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason)

    def back(self) -> None:
        """To the list, from wherever."""
        self._window.panes.bring(Front.LIST)
        self._window.messages.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def escape(self) -> None:
        """Out of what is special: a search ends, a selection of several becomes one, a lone reader gives way."""
        messages = self._window.messages
        if isinstance(messages.model.place, Found):
            self._window.search.give_up()
        elif messages.count() > 1:
            messages.view.setCurrentIndex(messages.view.currentIndex())
        else:
            self._window.panes.bring(Front.LIST)

    def _palette(self) -> None:
        self._window.choosing.command()

    def _toggle_folders(self) -> None:
        panes = self._window.panes
        if panes.mode == 3:
            panes.folders_wanted = not panes.folders_wanted
            panes.settle()
        else:
            panes.bring(Front.LIST if panes.front is Front.FOLDERS else Front.FOLDERS)

    def _toggle_reader(self) -> None:
        panes = self._window.panes
        panes.reader_wanted = not panes.reader_wanted
        panes.bring(Front.LIST)
        if panes.seen[2]:
            self._show_again()

    def _group(self) -> None:
        preferences = self._window.preferences
        preferences.change(group_conversations=not preferences.now.group_conversations)

    def _with_reader(self, act: Callable[[ReaderPane], object]) -> None:
        reader = self._window.reader.reader
        if reader is not None:
            act(reader)
