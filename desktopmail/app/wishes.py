"""Grants what a further start of the program, its first start, or the desktop asks of the window."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopmail.app.openings import Openings, begin
from desktopmail.domain.wish import Asked, Wish, is_mailto
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from desktopmail.app.instance import Instance
    from desktopmail.gui.detached.filewindow import FileWindow
    from desktopmail.gui.window import MainWindow


class Wishes(QObject):
    """Lives as long as its window. What it is given comes from outside: it opens things or ends the program, and
    changes nothing by itself."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._instance: Instance | None = None
        self._openings: Openings | None = None
        self._files: list[FileWindow] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, profile: Path) -> None:
        """Hear further starts of the program, and what the system asks of the running one."""
        from desktopmail.app.instance import Instance

        self._instance = Instance(profile, self)
        self._instance.wished.connect(self.grant)
        if sys.platform == "darwin":
            self._openings = begin()
        if self._openings is not None:
            self._openings.to(self.grant)

    def grant(self, wish: Wish) -> None:
        """Do it."""
        if wish.token:
            # The platform looks for it here when a window asks to come to the front.
            os.environ["XDG_ACTIVATION_TOKEN"] = wish.token
        window = self._window
        some = bool(window.engine.library.accounts())
        if wish.asked is Asked.CHECK:
            if some:
                window.going.sync(None)
        elif wish.asked is Asked.QUIT:
            window.leave()
        elif wish.asked is Asked.COMPOSE and some:
            window.writing.new()
        elif wish.asked is Asked.OPEN and not is_mailto(wish.target):
            self._open_file(Path(wish.target))
        elif wish.asked is Asked.OPEN and some:
            window.writing.mailto(wish.target)
        else:
            window.going.called(None)

    async def finish(self) -> None:
        """Hear nothing more, and close what was opened; before the engine is closed."""
        if self._instance is not None:
            self._instance.close()
        if self._openings is not None:
            self._openings.to(None)
        for each in list(self._files):
            each.close()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _open_file(self, file: Path) -> None:
        from desktopmail.app.fileview import show_beside

        task = spawn(show_beside(file, self._window, self._files))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
