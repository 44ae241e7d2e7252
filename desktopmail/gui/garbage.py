"""Collects garbage on the thread of the window alone, where its widgets may be destroyed, and little at a time.

A collection stops every thread, and a whole one looks at everything the program ever loaded: long enough to be felt."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimer

SECOND = 1_000
YOUNG = 700
"""So many new objects are worth a look."""
MIDDLE, WHOLE = 10, 60
"""Seconds from one look at what is older, and at everything since the start, to the next."""


class Garbage(QObject):
    """From its making until `end` nothing else collects. What the start left is never looked at again."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._seconds = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)
        self._timer.start(SECOND)

    def look(self) -> None:
        """A second has passed."""
        self._seconds += 1
        if self._seconds == 1:
            gc.freeze()
        elif self._seconds % WHOLE == 0:
            gc.collect()
        elif self._seconds % MIDDLE == 0:
            gc.collect(1)
        elif gc.get_count()[0] > YOUNG:
            gc.collect(0)

    def end(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
