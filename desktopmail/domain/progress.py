"""How far a long piece of work is, and the wish to end it: written on one thread, read on another."""

from __future__ import annotations

from desktopmail.domain.errors import Stopped
from desktopmail.domain.saying import phrase


class Progress:
    """Made by whoever waits, handed to whoever works. `fraction` goes from 0 to 1 and never back."""

    def __init__(self) -> None:
        self.fraction = 0.0
        self.stopping = False

    def stop(self) -> None:
        """End the work at the next step; it then raises Stopped, with nothing half done."""
        self.stopping = True

    def reached(self, fraction: float) -> None:
        """The work is this far. Raises Stopped when it is to end."""
        if self.stopping:
            raise Stopped(phrase("It was stopped"), phrase("Nothing was changed."))
        self.fraction = max(self.fraction, min(1.0, fraction))

    def between(self, start: float, end: float) -> Part:
        """The part of the work that leads from one fraction to another."""
        return Part(self, start, end)


class Part:
    """A stretch of a longer piece of work."""

    def __init__(self, whole: Progress, start: float, end: float) -> None:
        self._whole = whole
        self._start = start
        self._length = end - start

    @property
    def stopping(self) -> bool:
        """Whether the work is to end."""
        return self._whole.stopping

    def reached(self, fraction: float) -> None:
        """This stretch is this far. Raises Stopped when the work is to end."""
        self._whole.reached(self._start + self._length * min(1.0, fraction))
