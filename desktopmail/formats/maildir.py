"""Maildir folders (one file per message; maildir(5) of qmail). A message is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from desktopmail.domain.errors import DiskFull, StoreFailed
from desktopmail.domain.message import Flags
from desktopmail.domain.saying import phrase

LETTERS = ((Flags.DRAFT, "D"), (Flags.STARRED, "F"), (Flags.FORWARDED, "P"), (Flags.ANSWERED, "R"), (Flags.SEEN, "S"))


def create(folder: Path) -> None:
    """Make an empty Maildir, or complete one. Raises StoreFailed."""
    try:
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFailed(phrase("The folder could not be made"), str(folder), str(error)) from error


def write(folder: Path, name: str, raw: bytes, flags: Flags) -> bool:
    """Add a message under a name of its own; False when it is there already, with whatever flags. Raises StoreFailed
    and DiskFull."""
    if any((folder / "cur").glob(f"{name}:2,*")):
        return False
    letters = "".join(letter for flag, letter in LETTERS if flag in flags)
    part = folder / "tmp" / name
    try:
        with part.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        part.rename(folder / "cur" / f"{name}:2,{letters}")
    except OSError as error:
        if error.errno == 28:
            raise DiskFull(phrase("There is no room to write the message"), str(folder)) from error
        raise StoreFailed(phrase("The message could not be written"), str(folder), str(error)) from error
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
