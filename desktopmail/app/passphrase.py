"""Gets the passphrase of the encrypted file: from a file descriptor, or from the terminal. Never from the command line,
where everybody on the computer could read it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from desktopmail.domain.errors import WrongUsage

DESCRIPTOR = "DESKTOPMAIL_PASSPHRASE_FD"
LONGEST = 4_096


def asking(environment: Mapping[str, str], *, prompt: bool) -> Callable[[bool], str | None] | None:
    """How to ask: the descriptor that DESKTOPMAIL_PASSPHRASE_FD names (its first line), else with `prompt` a terminal,
    if there is one. Raises WrongUsage for a descriptor that is no number."""
    if number := environment.get(DESCRIPTOR, ""):
        if not number.isdecimal():
            raise WrongUsage(f"{DESCRIPTOR} is not understood", "It is the number of an open file descriptor.")
        descriptor = int(number[:9])
        return lambda _new: _from_descriptor(descriptor)
    return _from_terminal if prompt and sys.stdin is not None and sys.stdin.isatty() else None


def _from_descriptor(descriptor: int) -> str:
    try:
        with os.fdopen(descriptor, "rb", closefd=descriptor > 2) as stream:
            line = stream.readline(LONGEST)
        return line.decode().rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise WrongUsage(
            "The passphrase could not be read", f"{DESCRIPTOR} has to name a descriptor that is open for reading."
        ) from error


def _from_terminal(new: bool) -> str | None:
    import getpass

    words = "New passphrase for the passwords: " if new else "Passphrase for the passwords: "
    try:
        given = getpass.getpass(words)
        if new and getpass.getpass("The same again: ") != given:
            raise WrongUsage("The two are not the same", "Nothing was stored.")
    except (EOFError, OSError):
        return None
    return given or None
