"""What the main window has beside it, made when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QTimer

from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.gui.loop import spawn
from desktopmail.gui.messages.members import conversation, members

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from desktopmail.domain.action import Receipt
    from desktopmail.gui.desktop.background import Background
    from desktopmail.gui.detached.messagewindow import MessageWindow
    from desktopmail.gui.importing import Importing
    from desktopmail.gui.window import MainWindow


class Beside(QObject):
    """Knows the frame. `profile` is the folder that a start with the session has to name, empty for the usual one; None
    in demonstrations and pictures, which leave no trace in the system."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.messages: list[MessageWindow] = []
        self.opening = False
        self.profile: str | None = None
        window.stays = self.stays
        window.stayed.connect(self._stayed)
        window.messages.model.goods = self._goods
        window.folders.model.files_dropped.connect(self._dropped)

    @cached_property
    def importing(self) -> Importing:
        """Takes files of mail into folders."""
        from desktopmail.gui.importing import Importing

        return Importing(self._window)

    @cached_property
    def background(self) -> Background:
        """Sees to it that the program starts with the session, if wanted."""
        from desktopmail.gui.desktop.background import Background
        from desktopmail.gui.desktop.login import Login, command

        return Background(self._window, None if self.profile is None else Login(command(self.profile)))

    def begin(self) -> None:
        """Listen to what the system says, once nobody waits for the window."""
        from desktopmail.gui.desktop.waking import Waking

        Waking(self._window.engine.network_changed, self).begin()
        self.background.look()

    def stays(self) -> bool:
        """Whether the program goes on without its window."""
        if not self._window.preferences.now.keep_running:
            return False
        from desktopmail.gui.desktop.background import may_stay

        return may_stay()

    def open(self, row: MessageId) -> None:
        """A row of the list in a window of its own, as the reader would show it; one that is open already comes to the
        front."""
        from desktopmail.gui.detached.messagewindow import MessageWindow

        found, focus = conversation(self._window.messages.model, row)
        if not found:
            return
        reading = self._window.reader.focus
        focus = next((each.id for each in found if each.id == reading), focus)
        window = next((each for each in self.messages if each.focus == focus), None)
        if window is None:
            window = MessageWindow(self._window, found, focus)
            self.messages.append(window)
            window.left.connect(lambda shape, gone=window: self._left(gone, shape))
        # A double click is told twice: as such, and as opening.
        self.opening = True
        QTimer.singleShot(0, self, self._opened)
        window.show()
        window.activateWindow()

    def _stayed(self) -> None:
        """The first time it goes on without a window, say so, and how it ends."""
        if not self._window.preferences.now.told_background:
            self._window.preferences.change(told_background=True)
            text = self.tr("Start it again to see the window. Quit in its menu, or Ctrl+Q, ends it.")
            self._window.notify.remark(self.tr("Desktopmail keeps running"), text)

    def _opened(self) -> None:
        self.opening = False

    def leave(self) -> None:
        """Close every message window: the program ends."""
        for each in list(self.messages):
            each.close()

    def _dropped(self, files: list[str], folder: FolderId) -> None:
        self.importing.drop(files, folder)

    def _goods(self, ids: list[MessageId]) -> QMimeData:
        from desktopmail.gui.messages.goods import MOST_FILES, Goods

        library = self._window.engine.library
        whole = members(self._window.messages.model, ids) if len(ids) <= MOST_FILES else []
        rows = library.summaries(whole[:MOST_FILES])
        return Goods(ids, rows, library.raw)

    def _left(self, window: MessageWindow, shape: str) -> None:
        self.messages.remove(window)
        self._window.preferences.change(message_geometry=shape)

    def act(self, verb: str, ids: list[MessageId]) -> None:
        """What was chosen in a notification: `archive` and `mark_read` exactly these, `reply` to the first."""
        actions = self._window.engine.actions
        if verb == "archive":
            spawn(self.done(actions.archive(ids)))
        elif verb == "mark_read":
            spawn(self.done(actions.mark_read(ids, True)))
        else:
            self._window.writing.answer(verb, ids[0])

    async def done(self, work: Awaitable[Receipt]) -> None:
        """Wait for a verb, and offer to take it back."""
        self._window.verbs.show(await work)
        self._window.verbs.done.emit()
