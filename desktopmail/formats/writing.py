"""One message on its way into a file, a piece at a time."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from desktopmail.domain.errors import DiskFull, StoreFailed
from desktopmail.domain.saying import phrase


class Writing(Protocol):
    """Whoever began it ends it with `finish` or `discard`. All of it blocks and raises DiskFull, StoreFailed."""

    def add(self, data: bytes) -> None:
        """The next bytes."""

    def finish(self) -> bool:
        """All bytes were added. False when the message was there already."""

    def discard(self) -> None:
        """Leave no trace of it."""


class PartFile:
    """A message into a file of its own, byte for byte, which gets its name when it is whole."""

    def __init__(self, place: Path, part: Path) -> None:
        self._place = place
        self._part = part
        with mapped(place):
            self._file = part.open("wb")

    def add(self, data: bytes) -> None:
        """The next bytes. Raises DiskFull, StoreFailed."""
        with mapped(self._place):
            self._file.write(data)

    def discard(self) -> None:
        """Remove what was written. Raises DiskFull, StoreFailed."""
        with mapped(self._place):
            try:
                self._file.close()
            finally:
                self._part.unlink(missing_ok=True)


@contextmanager
def mapped(place: Path) -> Iterator[None]:
    """Errors of the system while something is written at a place. Raises DiskFull, StoreFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(phrase("There is no room to write the message"), str(place), str(error)) from error
        raise StoreFailed(phrase("The message could not be written"), str(place), str(error)) from error
