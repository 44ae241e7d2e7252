"""What the main window has beside it, made when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopmail.domain.ids import MessageId
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from desktopmail.domain.action import Receipt
    from desktopmail.gui.importing import Importing
    from desktopmail.gui.window import MainWindow


class Beside(QObject):
    """Knows the frame."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @cached_property
    def importing(self) -> Importing:
        """Takes files of mail into folders."""
        from desktopmail.gui.importing import Importing

        return Importing(self._window)

    def act(self, verb: str, ids: list[MessageId]) -> None:
        """What was chosen in a notification: `archive` and `mark_read` exactly these, `reply` to the first."""
        actions = self._window.engine.actions
        if verb == "archive":
            spawn(self._done(actions.archive(ids)))
        elif verb == "mark_read":
            spawn(self._done(actions.mark_read(ids, True)))
        else:
            self._window.writing.answer(verb, ids[0])

    async def _done(self, work: Awaitable[Receipt]) -> None:
        self._window.verbs.show(await work)
        self._window.verbs.done.emit()
