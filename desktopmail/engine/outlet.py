"""Where exported mail goes: one folder into an mbox file, a Maildir or a folder of single files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.message import Summary
from desktopmail.domain.saying import phrase
from desktopmail.formats import eml, maildir, mbox
from desktopmail.formats.writing import Writing, mapped


class Outlet:
    """Where one folder is written to. Everything it does blocks. Raises DiskFull, StoreFailed."""

    def __init__(self, kind: str, place: Path) -> None:
        self._kind = kind
        self._place = place
        self._names: set[str] = set()
        self._part = place.with_name(f"{place.name}.mbox.part")
        self._stream: BinaryIO | None = None

    def open(self) -> None:
        """Make what messages are put into."""
        folder = self._place.parent if self._kind == "mbox" else self._place
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreFailed(phrase("The folder could not be made"), str(folder), str(error)) from error
        if self._kind == "maildir":
            self._names = maildir.create(self._place)
        elif self._kind == "mbox":
            with mapped(self._part):
                self._stream = self._part.open("wb")

    def close(self, *, whole: bool) -> None:
        """End it. An mbox file that is not `whole` is removed."""
        if self._stream is None:
            return
        with mapped(self._part):
            try:
                self._stream.close()
            finally:
                if not whole:
                    self._part.unlink(missing_ok=True)
            if whole:
                self._part.replace(self._part.with_suffix(""))

    def knows(self, row: Summary) -> bool:
        """Whether a message is there, as far as names say. Does not block."""
        return _name(row) in self._names

    def begin(self, row: Summary) -> Writing:
        """A message on its way in."""
        if self._kind == "maildir":
            return maildir.Writing(self._place, _name(row), row.flags)
        if self._stream is None:
            return eml.Writing(self._place / eml.file_name(row.subject, row.id))
        sender = row.sender[0].address if row.sender else ""
        return mbox.Writing(self._stream, self._part, sender=sender, date=row.date)

    def put(self, row: Summary, raw: bytes) -> bool:
        """A message at once; whether it was not there."""
        pouring = Pouring(lambda: self.begin(row))
        try:
            pouring.add(raw)
            return pouring.finish()
        finally:
            pouring.stop()


class Pouring:
    """A message that is written by one thread and may be given up by another. Begun with its first bytes."""

    def __init__(self, begin: Callable[[], Writing]) -> None:
        self.failed = False
        self._begin = begin
        self._writing: Writing | None = None
        self._over = False
        self._lock = threading.Lock()

    def add(self, data: bytes) -> None:
        """The next bytes. Raises DiskFull, StoreFailed, and StoreFailed when it was given up."""
        with self._lock:
            if self._over:
                raise StoreFailed(phrase("The message was not written"))
            self.failed = True
            self._writing = self._writing or self._begin()
            self._writing.add(data)
            self.failed = False

    def finish(self) -> bool:
        """It is whole. Whether it was not there. Raises DiskFull, StoreFailed."""
        with self._lock:
            self.failed = True
            new = self._writing is None or self._writing.finish()
            self.failed, self._over = False, True
            return new

    def stop(self) -> None:
        """Give it up, unless it is finished. Raises DiskFull, StoreFailed."""
        with self._lock:
            over, self._over = self._over, True
            if self._writing is not None and not over:
                self._writing.discard()


def _name(row: Summary) -> str:
    return f"{row.date}.{row.id}.desktopmail"
