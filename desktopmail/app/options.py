"""What was asked for on the command line: the window with its options, or a command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktopmail.domain.wish import Asked, Wish, is_mailto

if TYPE_CHECKING:
    from argparse import Namespace

LONGEST_LINK = 30_000
"""Characters of a mailto: address that are handed on."""


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window is to open. `opens` is a mailto: address or the path of a message file, or empty; `asked` what it
    is to do besides. `background`: it stays hidden, if the person wants it to run without a window. With `screenshot`
    the view is painted, its picture (`size` in logical pixels times `scale`) written, and that is all."""

    profile: str | None = None
    demo: bool = False
    theme: str | None = None
    opens: str = ""
    screenshot: Path | None = None
    view: str = "main"
    size: tuple[int, int] = (1280, 800)
    scale: float = 1.0
    message: int | None = None
    images: bool = False
    asked: Asked = Asked.SHOW
    background: bool = False

    def wish(self, token: str = "") -> Wish:
        """What a window that runs already is asked for instead; `token` is the desktop's for bringing it to the
        front."""
        if is_mailto(self.opens):
            return Wish(Asked.OPEN, self.opens[:LONGEST_LINK] if self.opens.isascii() else self.opens[:5_000], token)
        if self.opens:
            return Wish(Asked.OPEN, str(Path(self.opens).absolute()), token)
        return Wish(Asked.CHECK if self.background else self.asked, "", token)


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its parsed arguments."""

    arguments: Namespace


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The check that the packaging calls."""

    as_json: bool


def parse(arguments: list[str]) -> WindowOptions | Command | SelfTest:
    """Understand the command line. Raises UsageError; `--help` and `--version` leave by SystemExit."""
    plain = _plain(arguments)
    if plain is not None:
        return plain
    from desktopmail.app.commandline import understand

    return understand(arguments)


def _plain(arguments: list[str]) -> WindowOptions | None:
    """The starts of every day, understood without a parser: loading one and making it takes as long as all rows of the
    first picture. None for everything else."""
    match arguments:
        case [] | ["--"]:
            return WindowOptions()
        case ["--background"]:
            return WindowOptions(background=True)
        case ["--profile", folder] if not folder.startswith("-"):
            return WindowOptions(profile=folder)
    return None
