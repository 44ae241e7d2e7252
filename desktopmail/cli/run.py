"""Runs one command: finds what does it, maps errors to exit codes and prints the reason."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path

from desktopmail.cli.desk import Desk, OpenEngine
from desktopmail.cli.output import FAILED, NEEDS_PERSON, NOTHING_FOUND, WRONG_USAGE, Output
from desktopmail.domain.errors import (
    BadCertificate,
    MailError,
    NeedsPerson,
    NotFound,
    PasswordMissing,
    PossiblySent,
    StoreFailed,
    VaultLocked,
    WrongUsage,
)

Verb = Callable[[Desk], Awaitable[int]]

INTERRUPTED = 130


def run(arguments: Namespace, profile: Path, open_engine: OpenEngine) -> int:
    """Do what `arguments` ask for; gives back the exit code. `open_engine` opens the engine on a profile folder."""
    output = Output(as_json=arguments.json)
    desk = Desk(arguments, output, profile, open_engine)
    try:
        code = asyncio.run(_do(desk))
        sys.stdout.flush()
    except MailError as error:
        return _report(output, error)
    except BrokenPipeError:
        _nobody_reads()
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _nobody_reads() -> None:
    """Whoever read the output is gone; what is still buffered must not be complained about at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


async def _do(desk: Desk) -> int:
    try:
        return await _verb(desk.arguments.does)(desk)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _foreign(error) from error


def _verb(name: str) -> Verb:
    module, _, function = name.partition(":")
    verb: Verb = getattr(importlib.import_module(f"desktopmail.cli.{module}"), function)
    return verb


def _foreign(error: OSError) -> MailError:
    where = f"{error.filename}: " if error.filename else ""
    return StoreFailed(f"{where}{error.strerror or error}", "Nothing was changed.", repr(error))


def _report(output: Output, error: MailError) -> int:
    if output.as_json:
        problem = {"kind": error.kind, "title": error.title, "detail": error.detail}
        if isinstance(error, BadCertificate) and error.fingerprint:
            problem["fingerprint"] = error.fingerprint
        output.document({"error": problem})
    output.say(f"desktopmail: {error.title}")
    if error.detail:
        output.say(error.detail)
    if isinstance(error, BadCertificate) and error.fingerprint:
        output.say(f"To trust exactly this certificate: --pin-certificate {error.fingerprint}")
    output.advise(error.kind)
    if error.log and error.log != error.title:
        output.say(f"({error.log})")
    return exit_code(error)


def exit_code(error: MailError) -> int:
    """The contract's code for an error."""
    match error:
        case WrongUsage():
            return WRONG_USAGE
        case NotFound():
            return NOTHING_FOUND
        case PasswordMissing() | VaultLocked() | BadCertificate() | NeedsPerson() | PossiblySent():
            return NEEDS_PERSON
        case _:
            return FAILED
