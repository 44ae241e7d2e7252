"""Maildir folders (one file per message; maildir(5) of qmail). A message is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.message import Flags
from desktopmail.domain.saying import phrase
from desktopmail.formats.writing import PartFile, mapped

LETTERS = ((Flags.DRAFT, "D"), (Flags.STARRED, "F"), (Flags.FORWARDED, "P"), (Flags.ANSWERED, "R"), (Flags.SEEN, "S"))


def create(folder: Path) -> set[str]:
    """Make an empty Maildir, or complete one; the names of the messages that are in it. Raises StoreFailed."""
    try:
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        return {file.name.partition(":2,")[0] for file in (folder / "cur").iterdir()}
    except OSError as error:
        raise StoreFailed(phrase("The folder could not be made"), str(folder), str(error)) from error


class Writing(PartFile):
    """A message into a folder, under a name of its own."""

    def __init__(self, folder: Path, name: str, flags: Flags) -> None:
        super().__init__(folder, folder / "tmp" / name)
        letters = "".join(letter for flag, letter in LETTERS if flag in flags)
        self._target = folder / "cur" / f"{name}:2,{letters}"

    def finish(self) -> bool:
        """Put it where it is seen, synced. Raises DiskFull, StoreFailed."""
        with mapped(self._place):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.rename(self._target)
        return True


def read(folder: Path) -> Iterator[tuple[Path, Flags]]:
    """The message files of a Maildir with their flags, in order of their names."""
    files = [file for part in ("cur", "new") if (folder / part).is_dir() for file in (folder / part).iterdir()]
    for file in sorted(files, key=lambda each: each.name):
        letters = file.name.rpartition(":2,")[2] if ":2," in file.name else ""
        flags = Flags.NONE
        for flag, letter in LETTERS:
            if letter in letters:
                flags |= flag
        yield file, flags
