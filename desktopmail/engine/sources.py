"""Files of mail as one sequence of messages: mbox files, Maildirs, single files, and folders of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from desktopmail.domain.errors import MailError, NotFound
from desktopmail.domain.message import Flags
from desktopmail.domain.saying import phrase
from desktopmail.formats import eml, maildir, mbox


class Found(NamedTuple):
    """A message, with a name for the report; `why` says what is wrong with one that cannot be taken."""

    name: str
    raw: bytes
    flags: Flags
    why: str = ""


def messages(path: Path) -> Iterator[Found]:
    """Every message in a file or folder. A file of a folder that cannot be read is one of them. Raises NotFound, and
    what reading the one file that was named raises."""
    if not path.exists():
        raise NotFound(phrase("There is no such file"), str(path))
    if not path.is_dir():
        yield from _of_file(path)
    elif (path / "cur").is_dir():
        for file, flags in maildir.read(path):
            yield from _or_why(file, _single(file, flags))
    else:
        for file in _files(path):
            yield from _or_why(file, _of_file(file))


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what cannot be looked at has none."""
    try:
        return sum(each.stat().st_size for each in _files(path)) if path.is_dir() else path.stat().st_size
    except OSError:
        return 0


def _or_why(file: Path, found: Iterator[Found]) -> Iterator[Found]:
    try:
        yield from found
    except MailError as error:
        yield Found(file.name, b"", Flags.NONE, error.title)


def _of_file(path: Path) -> Iterator[Found]:
    with eml.opened(path) as stream:
        start = stream.read(5)
        stream.seek(0)
        if start == b"From ":
            for number, raw in enumerate(mbox.read(stream), 1):
                yield _checked(phrase("{0} message {1}", path.name, number), raw, Flags.NONE)
            return
    yield from _single(path, Flags.NONE)


def _single(path: Path, flags: Flags) -> Iterator[Found]:
    yield _checked(path.name, eml.read(path), flags)


def _checked(name: str, raw: bytes, flags: Flags) -> Found:
    return Found(name, raw, flags, "" if raw else phrase("it is empty"))


def _files(folder: Path) -> Iterable[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file() and not each.name.startswith("."))
