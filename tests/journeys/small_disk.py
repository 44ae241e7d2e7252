"""A person whose disk fills up while mail arrives, and who then makes room.

    python -m tests.journeys.small_disk PROFILE IMAP_PORT USER FILLER COUNT        (the password is read from stdin)

`FILLER` is a file on the same disk whose removal makes room for all COUNT messages. Prints one line of JSON: what the
status line, the panel and the toast said, and what could be read.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"

from PySide6.QtWidgets import QLabel, QWidget

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.message import Fetched, Summary
from desktopmail.gui.reader.prepare import before_application
from tests.journeys.house import House, house, move_in, until
from tests.servers.dovecot import User


async def live(profile: Path, port: int, user: User, filler: Path, count: int) -> dict[str, object]:
    """Until all is well again."""
    said: dict[str, object] = {}
    async with house(profile) as home:
        await move_in(home, user, Endpoint("127.0.0.1", port, Security.TLS, user.name))
        await until(lambda: problems(home))
        await until(lambda: "full" in home.window.bar.standing.text())
        home.run("activity")
        home.window.standings.show()
        said["kinds"] = problems(home)
        said["status"] = home.window.bar.standing.text()
        said["panel"] = words(home.window.panel)
        readable = whole(home)
        said["listed"], said["readable"] = len(home.rows()), len(readable)
        home.window.messages.choose([readable[0].id], focus=True)
        await until(lambda: shows(home))
        occupy(filler.with_name("rest"))
        home.run("star")
        await until(lambda: home.window.toast.isVisible() and words(home.window.toast))
        said["toast"] = words(home.window.toast)
        make_room(filler, filler.with_name("rest"))
        home.engine.wake()
        await until(lambda: len(whole(home)) == count)
        await until(lambda: not problems(home))
        said["afterwards"] = len(whole(home))
    return said


def occupy(file: Path) -> None:
    """Take whatever room is left."""
    with file.open("wb", buffering=0) as opened:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while opened.write(b"x" * size) == size:
                    pass
            except OSError:
                continue


def make_room(*files: Path) -> None:
    """Remove what takes the room."""
    for each in files:
        each.unlink()


def problems(home: House) -> list[str]:
    """Kinds of all problems there are."""
    return [each.problem.kind for each in home.engine.activities.values() if each.problem is not None]


def whole(home: House) -> list[Summary]:
    """Messages that are here with their content."""
    return [each for each in home.rows() if each.fetched is Fetched.FULL]


def shows(home: House) -> bool:
    """Whether the reader has finished."""
    reader = home.window.reader.reader
    return reader is not None and reader.settled and any(view.body is not None for view in reader._views)


def words(widget: QWidget) -> str:
    """Everything that is written on it."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def main(arguments: list[str]) -> None:
    profile, port, name, filler, count = arguments
    user = User(name, sys.stdin.readline().strip())
    before_application()
    from desktopmail.gui import loop

    found: dict[str, object] = {}

    async def whole_life() -> int:
        found.update(await asyncio.wait_for(live(Path(profile), int(port), user, Path(filler), int(count)), 50))
        return 0

    loop.run(whole_life)
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
