"""The way in: understands the command line and starts the window or the command. Importing it costs nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktopmail.app.options import Command, SelfTest, WindowOptions, parse
from desktopmail.cli.usage import UsageError

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

WRONG_USAGE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the program; gives back the exit code."""
    sys.setswitchinterval(0.0005)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        wanted = parse(given)
    except UsageError as wrong:
        return _wrong_usage(wrong, as_json="--json" in given)
    match wanted:
        case Command():
            return _command(wanted)
        case SelfTest():
            from desktopmail.app.selftest import run as self_test

            return self_test(wanted)
        case WindowOptions():
            return _window(wanted)


def _command(command: Command) -> int:
    from desktopmail.app.paths import profile_folder
    from desktopmail.cli.run import run

    _watch_crashes()
    return run(command.arguments, profile_folder(command.arguments.profile), _open_engine)


async def _open_engine(profile: Path) -> Engine:
    """Loads the engine only for commands that need the profile."""
    from desktopmail.app.opening import open_engine

    return await open_engine(profile)


def _window(options: WindowOptions) -> int:
    from desktopmail.app.window import run

    _watch_crashes()
    return run(options)


def _watch_crashes() -> None:
    """Let a crash of native code leave a trace, where there is a place to write one."""
    import faulthandler

    if sys.stderr is not None:
        faulthandler.enable()


def _wrong_usage(wrong: UsageError, *, as_json: bool) -> int:
    if as_json:
        import json

        document = {"error": {"kind": "usage", "title": str(wrong), "detail": wrong.usage}}
        sys.stdout.write(json.dumps(document) + "\n")
    sys.stderr.write(f"{wrong.usage}\ndesktopmail: {wrong}\n")
    return WRONG_USAGE
