"""Starts the web engine when the person turns to the list, not before: a window that only waits stays small."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QAbstractItemView

_HINTS = frozenset({QEvent.Type.Enter, QEvent.Type.HoverMove, QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress})


class Warming(QObject):
    """Calls `warm` once, in the next turn of the loop, when the pointer or the keyboard first comes to a list."""

    def __init__(self, view: QAbstractItemView, warm: Callable[[], None]) -> None:
        super().__init__(view)
        self._warm = warm
        self._watched = (view, view.viewport())
        for each in self._watched:
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Never takes an event away."""
        if event.type() in _HINTS:
            for each in self._watched:
                each.removeEventFilter(self)
            QTimer.singleShot(0, self, self._warm)
        return False
