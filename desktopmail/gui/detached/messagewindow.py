"""A message in a window of its own: read, answered and filed there, while the main window goes on elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from desktopmail.domain.folder import Role
from desktopmail.domain.message import Fetched, Flags, Summary
from desktopmail.domain.settings import keys_by_command
from desktopmail.gui import words
from desktopmail.gui.commands import Commands, Situation
from desktopmail.gui.loop import spawn
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.tags import TAGS

if TYPE_CHECKING:
    from desktopmail.domain.action import Receipt
    from desktopmail.domain.ids import FolderId, MessageId
    from desktopmail.gui.choosing import Choosing
    from desktopmail.gui.window import MainWindow

ELSEWHERE = ("write", "sync", "sync_all", "settings", "shortcuts", "undo", "quit")
"""Commands that are the main window's, whichever window has the keys."""
GROUPS = (("reply", "reply_all", "forward"), ("archive", "junk", "trash"))
MORE = ("mark_read", "star", "@tags", "", "move", "copy", "", "find", "source", "print", "", "remove", "", "close")


class MessageWindow(QWidget):
    """`messages` are shown as in the main window, oldest first, `focus` is the one to read; verbs are about those that
    lie in its folder. Escape and Ctrl+W close it, and so does whatever takes the message away. `left` with its shape
    when it closes."""

    left = Signal(str)

    def __init__(self, main: MainWindow, messages: Sequence[Summary], focus: MessageId) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("look", "window")
        self._main, self.focus = main, focus
        self._engine = main.engine
        self._ids = [each.id for each in messages]
        self._choosing: Choosing | None = None
        self.reader = main.reader.make()
        self.commands = Commands(self)
        self.commands.bind(self._table())
        self._place()
        self._soon = QTimer(self, singleShot=True, interval=20)
        self._soon.timeout.connect(self.refresh)
        self._ends = [self._engine.on_change(lambda changes: self._soon.start())]
        self._read = QTimer(self, singleShot=True)
        self._read.timeout.connect(lambda: spawn(self._engine.actions.see([self.focus])))
        self._seconds = main.preferences.now.mark_read_seconds
        self.refresh()

    # Made -----------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        actions, now = self.commands.actions, self._main.preferences.now
        self.commands.draw_soon()
        self.reader.show_actions([[actions[name] for name in group] for group in GROUPS], self._more())
        self.reader.set_zoom(now.reader_zoom)
        self.reader.command.connect(self.commands.run)
        self.reader.compose_requested.connect(self._answer)
        self.reader.open_link.connect(self._main.writing.mailto)
        self.reader.said.connect(self._main.say)
        self.commands.use(keys_by_command(now.shortcut_keys))
        self.commands.listen([self.reader], now.letter_set if now.letter_keys else "none")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.reader)
        self.setMinimumSize(px(360), px(300))
        self.resize(px(820), px(700))
        self.restoreGeometry(QByteArray.fromBase64(now.message_geometry.encode()))
        QShortcut(QKeySequence("Esc"), self).activated.connect(self._escape)

    def _more(self) -> QMenu:
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("Menu"))
        for name in MORE:
            if name == "@tags":
                tags = self.commands.menu(QMenu(self.tr("Tags"), menu), [f"tag_{n}" for n in range(1, len(TAGS) + 1)])
                tags.setAccessibleName(self.tr("Tags"))
                menu.addMenu(tags)
            else:
                self.commands.menu(menu, (name,))
        return menu

    def _table(self) -> dict[str, Callable[[], object]]:
        actions, main, reader = self._engine.actions, self._main, self.reader
        table: dict[str, Callable[[], object]] = {name: partial(main.commands.run, name) for name in ELSEWHERE}
        table |= {kind: partial(self._answer, kind) for kind in ("reply", "reply_all", "forward", "edit")}
        table |= {
            "archive": lambda: self._take_away(actions.archive(self._here())),
            "trash": lambda: self._remove() if self._in(Role.TRASH) else self._take_away(actions.trash(self._here())),
            "junk": lambda: self._take_away(actions.junk(self._here(), not self._in(Role.JUNK))),
            "remove": self._remove,
            "move": lambda: self._choose(self.tr("Move to folder"), self._move),
            "copy": lambda: self._choose(self.tr("Copy to folder"), self._copy),
            "mark_read": lambda: spawn(main.beside.done(actions.mark_read(self._here(), self._lacks(Flags.SEEN)))),
            "star": lambda: spawn(main.beside.done(actions.star([self.focus], self._lacks(Flags.STARRED)))),
            "source": reader.show_source,
            "print": reader.print_message,
            "find": reader.find_in_message,
            "close": self.close,
        }
        for step, name in ((1, "zoom_in"), (-1, "zoom_out"), (0, "zoom_reset")):
            table[name] = partial(reader.zoom, step)
        for number, tag in enumerate(TAGS, 1):
            table[f"tag_{number}"] = partial(self._tag, tag.keyword)
        return table

    # News -----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the messages are now; without the one to read the window goes."""
        rows = self._engine.library.visible(self._ids)
        row = next((each for each in rows if each.id == self.focus), None)
        if row is None:
            self.close()
            return
        if self._seconds >= 0 and row.fetched is not Fetched.HEADERS:  # what is not here cannot be read by lying open
            self._read.start(round(self._seconds * 1000))
            self._seconds = -1.0
        self.setWindowTitle(row.subject.strip() or self.tr("No subject"))
        self.reader.show_messages(rows, self.focus)
        self.commands.update(
            Situation(
                accounts=len(self._engine.library.accounts()),
                selected=1,
                unread=Flags.SEEN not in row.flags,
                starred=Flags.STARRED in row.flags,
                in_junk=self._in(Role.JUNK),
                in_trash=self._in(Role.TRASH),
                in_drafts=self._in(Role.DRAFTS),
                in_archive=self._in(Role.ARCHIVE),
                folder=True,
                can_undo=True,
            )
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self._ends:
            return
        self._ends.pop()()
        self._read.stop()
        self._soon.stop()
        self.reader.clear()
        self.left.emit(bytes(self.saveGeometry().toBase64().data()).decode())

    def _escape(self) -> None:
        """Out of the find bar first, then out of the window."""
        from desktopmail.gui.reader.findbar import FindBar

        bar = self.reader.findChild(FindBar)
        if bar is not None and bar.isVisible():
            bar.leave()
        else:
            self.close()

    # Verbs ----------------------------------------------------------------------------------------------------

    def _folder(self) -> FolderId:
        return self._engine.library.summary(self.focus).folder

    def _in(self, role: Role) -> bool:
        here = self._folder()
        return any(each.id == here and each.role is role for each in self._engine.library.folders())

    def _here(self) -> list[MessageId]:
        """What verbs are about: the message, and those of its conversation that lie beside it."""
        here = self._folder()
        return [each.id for each in self._engine.library.visible(self._ids) if each.folder == here]

    def _lacks(self, flag: Flags) -> bool:
        return flag not in self._engine.library.summary(self.focus).flags

    def _answer(self, kind: str, message: int | None = None) -> None:
        self._main.writing.answer(kind, self.focus if message is None else message)  # type: ignore[arg-type]

    def _take_away(self, work: Awaitable[Receipt]) -> None:
        spawn(self._main.beside.done(work))
        self.close()

    def _move(self, folder: FolderId) -> None:
        self._take_away(self._engine.actions.move(self._here(), folder))

    def _copy(self, folder: FolderId) -> None:
        spawn(self._main.beside.done(self._engine.actions.copy(self._here(), folder)))

    def _tag(self, keyword: str) -> None:
        on = keyword not in self._engine.library.summary(self.focus).tags
        spawn(self._main.beside.done(self._engine.actions.tag([self.focus], keyword, on)))

    def _choose(self, what: str, take: Callable[[FolderId], object]) -> None:
        from desktopmail.gui.choosing import Choosing

        if self._choosing is None:
            self._choosing = Choosing(self, self.commands)
        library, here = self._engine.library, self._folder()
        folders = [each for each in library.folders() if each.id != here]
        self._choosing.target(what, folders, library.accounts(), take)

    def _remove(self) -> None:
        from desktopmail.gui.removal import removed_where
        from desktopmail.gui.widgets.confirm import Confirm

        here, ids = self._folder(), self._here()
        reach = removed_where(each for each in self._engine.library.folders() if each.id == here)
        Confirm(
            self,
            self.tr("Remove {0} for ever?").format(words.messages(len(ids))),
            " ".join((reach, self.tr("After a few seconds nothing brings it back."))),
            self.tr("Remove for ever"),
            self.tr("Keep"),
        ).ask(lambda: self._take_away(self._engine.actions.remove(ids)))
