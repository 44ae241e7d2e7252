"""One message per file, as it is on the wire."""

from __future__ import annotations

import filecmp
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO

from desktopmail.domain.errors import NotFound, StoreFailed
from desktopmail.domain.saying import phrase
from desktopmail.formats.writing import PartFile, mapped

LARGEST = 1_000_000_000
"""Bytes; a larger file is no mail."""
_UNWANTED = re.compile(r"[^\w ()+,.'-]+")


def read(path: Path) -> bytes:
    """The message in a file, byte for byte. Raises NotFound and StoreFailed."""
    with opened(path) as stream:
        if os.fstat(stream.fileno()).st_size > LARGEST:
            raise StoreFailed(phrase("The file is too large to be a message"), phrase("{0} was not read.", path.name))
        return stream.read()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to read from. Raises NotFound and StoreFailed, also for what is read inside."""
    try:
        with path.open("rb") as stream:
            yield stream
    except FileNotFoundError as error:
        raise NotFound(phrase("There is no such file"), str(path)) from error
    except OSError as error:
        raise StoreFailed(phrase("The file could not be read"), str(path), str(error)) from error


class Writing(PartFile):
    """A message into a file; never over another one, beside which it is given a second name."""

    def __init__(self, place: Path) -> None:
        super().__init__(place, place.with_name(f".{place.name}.part"))

    def finish(self) -> bool:
        """Give the file its name. False when a file of the name holds the same. Raises DiskFull, StoreFailed."""
        with mapped(self._place):
            self._file.close()
            for place in _names(self._place):
                if not place.exists():
                    self._part.rename(place)
                    return True
                if filecmp.cmp(self._part, place, shallow=False):
                    break
            self._part.unlink()
            return False


def _names(place: Path) -> Iterator[Path]:
    yield place
    for number in count(2):
        yield place.with_name(f"{place.stem} ({number}){place.suffix}")


def file_name(subject: str, number: int) -> str:
    """A name for a message in a folder of files: '000012 Lunch on Friday.eml'. Safe on every system."""
    words = _UNWANTED.sub("_", subject)[:50].strip(" ._") or "message"
    return f"{number:06} {words}.eml"
