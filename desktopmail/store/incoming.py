"""Files in the profile for messages that are too long to be held in memory, until they are stored."""

from __future__ import annotations

import contextlib
import os
import secrets
import weakref
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Lock

from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.saying import phrase
from desktopmail.store.compressing import PIECE
from desktopmail.store.failures import refused
from desktopmail.store.leftovers import INCOMING
from desktopmail.store.names import make_folder


class Spool:
    """One message on its way. Nothing else relies on the file: whoever made it discards it, or the store as soon as it
    has the message, at the latest the garbage collector, or the next start after a crash. The file is not synced, for
    what counts is what is stored from it."""

    def __init__(self, profile: Path) -> None:
        """Raises DiskFull, StoreFailed."""
        folder = profile / INCOMING
        path = folder / secrets.token_hex(12)
        try:
            make_folder(folder)
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise refused(error, path) from error
        self.size = 0
        self._path = path
        self._handle = handle
        self._hash = sha256()
        self._lock = Lock()
        self._end = weakref.finalize(self, _remove, handle, path)

    @property
    def sha(self) -> bytes:
        """The SHA-256 of what was added."""
        return self._hash.digest()

    def add(self, data: bytes) -> None:
        """The next bytes. Blocking. Raises DiskFull, StoreFailed."""
        with self._lock:
            self._ensure_open()
            left = memoryview(data)
            try:
                while left:
                    left = left[os.write(self._handle, left) :]
            except OSError as error:
                raise refused(error, self._path) from error
            self._hash.update(data)
            self.size += len(data)

    def pieces(self) -> Iterator[bytes]:
        """Everything from the beginning, in pieces as they are stored. Blocking. Raises StoreFailed."""
        position = 0
        while position < self.size:
            with self._lock:
                self._ensure_open()
                try:
                    os.lseek(self._handle, position, os.SEEK_SET)
                    piece = _exactly(self._handle, min(PIECE, self.size - position))
                except OSError as error:
                    raise refused(error, self._path) from error
            position += len(piece)
            yield piece

    def discard(self) -> None:
        """Remove the file. Harmless when done twice."""
        with self._lock:
            self._end()

    def _ensure_open(self) -> None:
        if not self._end.alive:
            raise StoreFailed(phrase("The message was not stored"), phrase("The server still has it."))


def _exactly(handle: int, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = os.read(handle, count - len(found))
        if not piece:
            raise OSError("the file is shorter than what was written to it")
        found = found + piece if found else piece
    return found


def _remove(handle: int, path: Path) -> None:
    with contextlib.suppress(OSError):  # what could not be written any more is wanted by nobody
        os.close(handle)
    with contextlib.suppress(OSError):  # the next start tries again
        path.unlink()
