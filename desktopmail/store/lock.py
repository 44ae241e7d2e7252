"""The profile's lock: held by the operating system, so that it can never be stale."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktopmail.domain.errors import ProfileInUse, StoreFailed
from desktopmail.domain.saying import phrase

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class ProfileLock:
    """One program, one profile. The lock goes with the process, whatever ends it."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises ProfileInUse, or StoreFailed where the file system has no locks."""
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreFailed(
                phrase("The profile cannot be opened"), phrase("{0} cannot be written to.", path.parent), str(error)
            ) from error
        try:
            _take(self._handle)
        except (BlockingIOError, PermissionError) as error:
            os.close(self._handle)
            raise ProfileInUse(
                phrase("The profile is in use"),
                phrase("Another window or command has it open. Close it, or choose another profile."),
            ) from error
        except OSError as error:
            os.close(self._handle)
            raise StoreFailed(
                phrase("The profile cannot be kept there"),
                phrase("The disk that holds {0} has no file locks.", path.parent),
                str(error),
            ) from error

    def release(self) -> None:
        """Give the profile back; harmless when done twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
