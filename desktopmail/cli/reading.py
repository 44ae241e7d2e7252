"""The commands that list: folders, the messages of a folder, search."""

from __future__ import annotations

from collections.abc import Sequence

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, NOTHING_FOUND, moment
from desktopmail.domain.address import people
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Copy, Flags, Summary
from desktopmail.engine.library import Library

USUAL_LIMIT = 100
WHERE = {Copy.SERVER: "☁", Copy.BOTH: " ", Copy.HERE: "⌂"}
"""Only on the server, here and there, only here."""


async def folders(desk: Desk) -> int:
    """All folders with their counts."""
    async with desk.engine() as engine:
        found = engine.library.folders()
    if desk.output.as_json:
        desk.output.document([shapes.folder(each) for each in found])
    else:
        desk.output.table(
            (each.id, each.account, each.unread, each.total, each.role.value, each.lives.value, each.path)
            for each in found
        )
    return DONE


async def rows(desk: Desk) -> int:
    """The messages of a folder, newest first."""
    options = desk.arguments
    async with desk.engine() as engine:
        library = engine.library
        place = places.folder(library, options.folder)
        ids = _page(desk, library.ids(place.id, options.conversations))
        _print(desk, library, library.summaries(ids, grouped=options.conversations))
    return DONE


async def search(desk: Desk) -> int:
    """What a search finds, newest first, and on stderr how complete it was."""
    options = desk.arguments
    query = " ".join(options.query).strip()
    if not query:
        raise WrongUsage("There is nothing to search for")
    async with desk.engine() as engine:
        library = engine.library
        place = places.folder(library, options.folder).id if options.folder else None
        found = await engine.search.find(query, place)
        ids = _page(desk, found.ids)
        _print(desk, library, library.summaries(ids))
        desk.output.say(found.words)
    return DONE if ids else NOTHING_FOUND


def _page(desk: Desk, ids: Sequence[int]) -> list[MessageId]:
    options = desk.arguments
    if options.offset < 0 or (options.limit is not None and options.limit < 0):
        raise WrongUsage("--limit and --offset are not negative")
    limit = options.limit
    if limit is None and not desk.output.as_json:
        limit = USUAL_LIMIT
    rest = ids[options.offset :]
    chosen = [MessageId(each) for each in (rest if limit is None else rest[:limit])]
    if len(chosen) < len(rest) and options.limit is None:
        desk.output.say(f"{len(rest) - len(chosen):,} more; use --limit and --offset.")
    return chosen


def _print(desk: Desk, library: Library, found: Sequence[Summary]) -> None:
    if desk.output.as_json:
        paths = places.paths(library)
        desk.output.document([shapes.summary(row, paths.get(row.folder, "")) for row in found])
    else:
        desk.output.table((row.id, _signs(row), moment(row.date), people(row.sender), row.subject) for row in found)


def _signs(row: Summary) -> str:
    return (
        ("·" if Flags.SEEN in row.flags else "●")
        + ("★" if Flags.STARRED in row.flags else " ")
        + ("+" if row.attachments else " ")
        + WHERE[row.copy]
    )
