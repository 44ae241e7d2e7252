"""Understands any command line, with the parser of all options and commands."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from desktopmail.app.options import Command, SelfTest, WindowOptions
from desktopmail.cli.arguments import CommandParser, add_commands, add_shared
from desktopmail.cli.usage import UsageError
from desktopmail.domain.wish import Asked, is_mailto

VIEWS = ("main", "reader", "reply", "forward", "print", "source", "wizard", "settings", "composer")
_WITH_VALUE = frozenset({"--profile", "--theme", "--screenshot", "--view", "--size", "--scale", "--message"})


def _without_word(arguments: list[str]) -> WindowOptions | SelfTest | None:
    """The common start, understood without the parser of all commands, which takes longer to make than a window has
    time for. None where that one has words to say."""
    if not {"-h", "--help"}.isdisjoint(arguments):
        return None
    parser = _window_parser()
    try:
        return _window(parser, parser.parse_args(arguments), "")
    except UsageError:
        return None


def make_parser() -> tuple[CommandParser, frozenset[str]]:
    """The parser of the whole command line and the names of its commands; the manual page is made from it."""
    parser = _window_parser()
    return parser, add_commands(parser)


def _window_parser() -> CommandParser:
    parser = CommandParser(
        prog="desktopmail",
        description="A desktop mail client. Without a command the window opens.",
        allow_abbrev=False,
    )
    add_shared(parser, top=True)
    _add_window(parser)
    return parser


def understand(arguments: list[str]) -> WindowOptions | Command | SelfTest:
    """What `options.parse` gives back, of any command line. Raises UsageError; `--help` and `--version` leave by
    SystemExit."""
    if arguments[-1:] == ["--"]:
        arguments = arguments[:-1]  # a desktop that had nothing to hand over
    place = _first_word(arguments)
    quick = _without_word(arguments) if place is None else None
    if quick is not None:
        return quick
    parser, names = make_parser()
    word = "" if place is None else arguments[place]
    told = place is not None and arguments[place - 1 : place] == ["--"]
    if word[:7].lower() == "file://":
        word = _path(word)
    if word in names and not told:
        return _command(parser, _guarded(arguments) if word == "search" else arguments)
    if word and not is_mailto(word) and not Path(word).is_file():
        raise UsageError(f"there is no command and no file '{word}'", parser.format_usage().strip())
    rest = arguments if place is None else arguments[:place] + arguments[place + 1 :]
    if place is not None and told:
        # What a desktop hands over is data: one thing to open, whatever it looks like.
        if len(arguments) > place + 1:
            raise UsageError("only one thing can be opened at a time", parser.format_usage().strip())
        rest = arguments[: place - 1]
    return _window(parser, parser.parse_args(rest), word)


def _path(address: str) -> str:
    """The path that a file: address of a desktop names on this computer (RFC 8089); the address itself if none."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    parts = urlsplit(address)
    return url2pathname(parts.path) if parts.netloc.lower() in ("", "localhost") else address


def _command(parser: CommandParser, arguments: list[str]) -> Command:
    found = parser.parse_args(arguments)
    if found.demo or found.screenshot:
        raise UsageError("a command has no window to show", parser.format_usage().strip())
    return Command(found)


def _window(parser: CommandParser, found: Namespace, opens: str) -> WindowOptions | SelfTest:
    if found.self_test:
        return SelfTest(found.json)
    if found.json:
        raise UsageError("--json goes with a command", parser.format_usage().strip())
    return WindowOptions(
        profile=found.profile,
        demo=found.demo,
        theme=found.theme,
        opens=opens,
        screenshot=Path(found.screenshot) if found.screenshot else None,
        view=found.view,
        size=found.size,
        scale=found.scale,
        message=found.message,
        images=found.images,
        asked=found.asked,
        background=found.background,
    )


def _guarded(arguments: list[str]) -> list[str]:
    """A search may say -word; a space in front keeps it from looking like an option, and means nothing to a search."""
    return [
        f" {word}" if len(word) > 2 and word.startswith("-") and not word.startswith("--") else word
        for word in arguments
    ]


def _first_word(arguments: list[str]) -> int | None:
    """Where the first argument stands that is neither an option nor the value of one."""
    place = 0
    while place < len(arguments):
        argument = arguments[place]
        if argument == "--":
            return place + 1 if place + 1 < len(arguments) else None
        if not argument.startswith("-") or argument == "-":
            return place
        place += 2 if argument in _WITH_VALUE else 1
    return None


def _add_window(parser: CommandParser) -> None:
    from desktopmail import __version__

    parser.add_argument("--version", action="version", version=f"desktopmail {__version__}")
    window = parser.add_argument_group("window", "desktopmail [FILE.eml | mailto:ADDRESS] [options]")
    window.add_argument("--demo", action="store_true", help="a throw-away profile with sample mail")
    window.add_argument("--screenshot", metavar="PNG", help="paint a view, write its picture, and leave")
    window.add_argument("--view", choices=VIEWS, default="main", help="which view to paint")
    window.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH", help="in logical pixels")
    window.add_argument("--scale", type=_scale, default=1.0, metavar="N", help="pixels per logical pixel")
    window.add_argument("--message", type=int, metavar="ID", help="the message to show")
    window.add_argument("--images", action="store_true", help="allow remote images this once")
    asked = window.add_mutually_exclusive_group()
    asked.set_defaults(asked=Asked.SHOW)
    for flag, wish, words in (
        ("--compose", Asked.COMPOSE, "write a new message"),
        ("--check-mail", Asked.CHECK, "get the mail of all accounts"),
        ("--quit", Asked.QUIT, "end the program that runs, as its own Quit does; without one nothing happens"),
    ):
        asked.add_argument(flag, dest="asked", action="store_const", const=wish, help=words)
    window.add_argument("--background", action="store_true", help="start without a window, if that is wanted")
    window.add_argument("--self-test", action="store_true", help="check that this installation works")


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,5})[x×](\d{2,5})", text)
    if found is None:
        raise ArgumentTypeError("a size looks like 1280x800")
    return int(found.group(1)), int(found.group(2))


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.25 <= scale <= 8:
        raise ArgumentTypeError("a scale is a number from 0.25 to 8")
    return scale
