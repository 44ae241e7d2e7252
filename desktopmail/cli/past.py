"""What was done, and taking it back."""

from __future__ import annotations

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, NOTHING_FOUND, moment
from desktopmail.domain.ids import JournalId


async def undo(desk: Desk) -> int:
    """Take the last thing back, or the entry that was named."""
    number = desk.arguments.id
    async with desk.engine() as engine:
        receipt = await engine.actions.at_once().undo(JournalId(number) if number else None)
    desk.output.result(shapes.receipt(receipt), receipt.label)
    return DONE


async def journal(desk: Desk) -> int:
    """What can be taken back, newest first."""
    async with desk.engine() as engine:
        entries = engine.library.journal(desk.arguments.limit)
    if desk.output.as_json:
        desk.output.document([shapes.journal_entry(each) for each in entries])
    else:
        desk.output.table((each.id, moment(each.at), "undone" if each.undone else "", each.label) for each in entries)
    return DONE


async def history(desk: Desk) -> int:
    """The story of one message."""
    async with desk.engine() as engine:
        row = places.messages(engine.library, [desk.arguments.id])[0]
        events = engine.library.history(row.id)
    if desk.output.as_json:
        desk.output.document([shapes.history_event(each) for each in events])
    else:
        desk.output.table((moment(each.at), each.kind, each.detail) for each in events)
    return DONE if events else NOTHING_FOUND
