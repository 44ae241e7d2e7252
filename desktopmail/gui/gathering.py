"""Gathers the store's news when much of it comes: what comes alone is shown at once, a flood a few times per second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktopmail.domain.changes import ChangeSet, together

PAUSE_MS = 150
"""From one showing of a flood to the next."""
FULL = 1_000
"""More messages than this are not kept waiting: showing them would take long enough to be felt."""


class Gathering(QObject):
    """`take` every announcement; `show` is called with one or several of them as one, in their order. The last is
    never lost: it is shown at the latest `PAUSE_MS` after it came, or with `now`."""

    def __init__(self, show: Callable[[ChangeSet], None], parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self._waiting: list[ChangeSet] = []
        self._size = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.now)

    def take(self, changes: ChangeSet) -> None:
        """Something changed in the store."""
        self._waiting.append(changes)
        parts = (changes.added, changes.changed, changes.removed)
        self._size += sum(len(ids) for part in parts for ids in part.values())
        rare = changes.tree or changes.accounts or changes.settings or changes.outbox
        if rare or self._size > FULL or not self._pause.isActive():
            self.now()

    def now(self) -> None:
        """Show what waits: the person did something and looks for it."""
        if not self._waiting:
            return
        waiting, self._waiting, self._size = self._waiting, [], 0
        self._pause.start()
        self._show(together(waiting))

    def end(self) -> None:
        """Show nothing more: the window is about to go."""
        self._pause.stop()
        self._show = lambda changes: None
