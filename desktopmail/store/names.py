"""Makes names of files safe: a file that was synced can still be lost with its name when the power goes."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

CANNOT = (errno.EINVAL, errno.EBADF, errno.ENOTSUP, errno.ENOSYS)
"""What file systems answer that have nothing to sync in a folder."""


def settle(folder: Path) -> None:
    """When this returns, what was made, renamed or removed in `folder` stays so. Raises OSError."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in CANNOT:
            raise
    finally:
        os.close(handle)


def settle_file(path: Path) -> None:
    """When this returns, the bytes of a file that others wrote are on the disk. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_safely(path: Path, raw: bytes) -> None:
    """Make a file that is on the disk, whole and with its name, when this returns. Raises OSError."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    settle(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, with those it is in, safe from the first moment on. Harmless when
    it is there. Raises OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):  # `parents` would leave those above open to whatever the umask says
        each.mkdir(exist_ok=True, mode=0o700)
    if not missing:
        folder.mkdir(exist_ok=True)  # a file of that name is an error
    for each in missing:
        settle(each.parent)
