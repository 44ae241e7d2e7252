"""A person who opens, answers and forwards every message of an Inbox, in a process that can be watched from outside.

    python -m tests.journeys.silent_room PROFILE IMAP_PORT SMTP_PORT USER COUNT [WALLS]

The password is read from stdin. `WALLS` are taken down, and messages only read then. Prints one line of JSON: subjects
in the order they were opened, how many drafts were kept, titles that a page made up.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"

from desktopmail.app import logs
from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Fetched, Summary
from desktopmail.gui.reader.prepare import before_application
from tests.journeys.house import House, house, move_in, until
from tests.servers.dovecot import User

LOOKS = 0.15
"""Seconds a page is left alone after it stands, for whatever it would do by itself."""


async def visit(profile: Path, ports: tuple[int, int], user: User, count: int, *, answers: bool) -> dict[str, object]:
    """Synchronise through the real engine, then open and answer everything in the real window."""
    logs.start(profile, logging.DEBUG)
    opened: list[str] = []
    titles: set[str] = set()
    async with house(profile) as home:
        servers = [Endpoint("127.0.0.1", port, Security.TLS, user.name) for port in ports]
        await move_in(home, user, *servers)
        await until(lambda: len(home.rows()) == count)
        await until(lambda: all(each.fetched is Fetched.FULL for each in home.rows()))
        for row in home.rows():
            home.window.messages.choose([row.id], focus=True)
            await until(partial(stands, home, row))
            await asyncio.sleep(LOOKS)
            titles |= made_up(home)
            opened.append(row.subject)
            if answers:
                await turn_over(home)
        await home.engine.search.find("Kassiopeia", None, 50)
        await asyncio.sleep(1.5)
        drafts = len(home.rows(Role.DRAFTS))
    return {"opened": opened, "drafts": drafts, "titles": sorted(titles)}


def stands(home: House, row: Summary) -> bool:
    """Whether the reader shows this row, completely."""
    reader = home.window.reader.reader
    return (
        reader is not None
        and [each.summary.id for each in reader._views if each.is_open] == [row.id]
        and reader.settled
    )


def made_up(home: House) -> set[str]:
    """Titles that no program gave its page."""
    reader: Any = home.window.reader.reader
    sheets = [getattr(each.content, "sheet", None) for each in reader._views]
    return {each.page.title() for each in sheets if each is not None and not each.page.title().isdigit()}


async def turn_over(home: House) -> None:
    """Everything else that is done with one message."""
    for command in ("reply", "reply_all", "forward"):
        await write(home, command)
    await beside(home, "source", "SourceWindow")
    await beside(home, "print", "PaperWindow")


async def write(home: House, command: str) -> None:
    """Begin an answer, write a word, and close it, which keeps it."""
    home.run(command)
    await until(lambda: home.beside("ComposerWindow"))
    composer: Any = home.beside("ComposerWindow")
    composer.editor.textCursor().insertText("A word. ")
    composer.close()
    await until(lambda: home.beside("ComposerWindow") is None)


async def beside(home: House, command: str, kind: str) -> None:
    """Open a window beside the main one, let it be painted, close it."""
    home.run(command)
    await until(lambda: home.beside(kind))
    window: Any = home.beside(kind)
    if kind == "PaperWindow":
        web = window.web
        await until(lambda: not web._loading)
    window.close()
    await until(lambda: home.beside(kind) is None)


def main(arguments: list[str]) -> None:
    profile, imap, smtp, name, count, *walls = arguments
    user = User(name, sys.stdin.readline().strip())
    if walls:
        from tests.journeys.breaches import take_down

        take_down(walls[0])
    before_application()
    from desktopmail.gui import loop

    found: dict[str, object] = {}

    async def whole() -> int:
        found.update(await visit(Path(profile), (int(imap), int(smtp)), user, int(count), answers=not walls))
        return 0

    loop.run(whole)
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
