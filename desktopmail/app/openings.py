"""What macOS asks to have opened: it tells a program by events, the first of them before there is a window.

A mailto: address (the URL scheme in Info.plist) or a file (its document types, a file dropped on the Dock) waits here
until somebody grants it. Other systems start the program anew, with the address on the command line.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QFileOpenEvent

from desktopmail.domain.wish import MOST_BYTES, Asked, Wish, is_mailto

MOST_WAITING = 16
"""More than a person opens before the window is there."""


class Openings(QObject):
    """Takes the events of the application from `begin` on; from `to` on they are granted, those that waited first."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self._waiting: list[Wish] = []
        self._grant: Callable[[Wish], None] | None = None
        application.installEventFilter(self)

    def to(self, grant: Callable[[Wish], None] | None) -> None:
        """Have everything granted by `grant`; with None it waits again."""
        self._grant = grant
        while self._waiting and self._grant is not None:
            self._grant(self._waiting.pop(0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.FileOpen or not isinstance(event, QFileOpenEvent):
            return False
        wish = _wish(event)
        if wish is not None and self._grant is not None:
            self._grant(wish)
        elif wish is not None and len(self._waiting) < MOST_WAITING:
            self._waiting.append(wish)
        return True


def _wish(event: QFileOpenEvent) -> Wish | None:
    """What an event asks for: a file of this computer or a mailto: address, nothing else."""
    file = event.url().toLocalFile() if event.url().isLocalFile() else event.file()
    target = file or bytes(event.url().toEncoded().data()).decode("ascii", "replace")
    sound = is_mailto(target) or Path(target).is_absolute()
    return Wish(Asked.OPEN, target) if sound and "\0" not in target and len(target) < MOST_BYTES // 2 else None


def begin() -> Openings | None:
    """The one of this application, listening from the first call on; None where there is no application."""
    application = QCoreApplication.instance()
    if application is None:
        return None
    return application.findChild(Openings) or Openings(application)
