"""One message per file, as it is on the wire."""

from __future__ import annotations

import re
from pathlib import Path

from desktopmail.domain.errors import DiskFull, NotFound, StoreFailed
from desktopmail.domain.saying import phrase

LARGEST = 1_000_000_000
"""Bytes; a larger file is no mail."""
_UNWANTED = re.compile(r"[^\w ()+,.'-]+")


def read(path: Path) -> bytes:
    """The message in a file, byte for byte. Raises NotFound and StoreFailed."""
    try:
        if path.stat().st_size > LARGEST:
            raise StoreFailed(phrase("The file is too large to be a message"), phrase("{0} was not read.", path.name))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(phrase("There is no such file"), str(path)) from error
    except OSError as error:
        raise StoreFailed(phrase("The file could not be read"), str(path), str(error)) from error


def write(path: Path, raw: bytes) -> None:
    """Writes a message, byte for byte; never over an existing file. Raises StoreFailed and DiskFull."""
    try:
        with path.open("xb") as file:
            file.write(raw)
    except FileExistsError as error:
        raise StoreFailed(phrase("A file of that name exists"), phrase("{0} was left as it is.", path.name)) from error
    except OSError as error:
        if error.errno == 28:
            raise DiskFull(phrase("There is no room to write the message"), str(path)) from error
        raise StoreFailed(phrase("The file could not be written"), str(path), str(error)) from error


def file_name(subject: str, number: int) -> str:
    """A name for a message in a folder of files: '000012 Lunch on Friday.eml'. Safe on every system."""
    words = _UNWANTED.sub("_", subject)[:50].strip(" ._") or "message"
    return f"{number:06} {words}.eml"
