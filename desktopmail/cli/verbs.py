"""The person's verbs: each acts at once here and reaches the server at the next sync."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE
from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Summary
from desktopmail.engine.actions import Actions
from desktopmail.engine.library import Library

Act = Callable[[Actions, list[MessageId]], Awaitable[Receipt]]


async def mark(desk: Desk) -> int:
    """Set or clear read, star and junk."""
    acts: dict[str, Act] = {
        "read": lambda actions, ids: actions.mark_read(ids, True),
        "unread": lambda actions, ids: actions.mark_read(ids, False),
        "star": lambda actions, ids: actions.star(ids, True),
        "unstar": lambda actions, ids: actions.star(ids, False),
        "junk": lambda actions, ids: actions.junk(ids, True),
        "not-junk": lambda actions, ids: actions.junk(ids, False),
    }
    return await _act(desk, acts[desk.arguments.what])


async def tag(desk: Desk) -> int:
    """Add or remove a tag."""
    name, on = desk.arguments.tag, desk.arguments.what == "add"
    return await _act(desk, lambda actions, ids: actions.tag(ids, name, on))


async def move(desk: Desk) -> int:
    """Move messages into a folder."""
    return await _into(desk, lambda actions, ids, folder: actions.move(ids, folder))


async def copy(desk: Desk) -> int:
    """Copy messages into a folder."""
    return await _into(desk, lambda actions, ids, folder: actions.copy(ids, folder))


async def archive(desk: Desk) -> int:
    """Move messages to the archive."""
    return await _act(desk, lambda actions, ids: actions.archive(ids))


async def trash(desk: Desk) -> int:
    """Move messages to the trash."""
    return await _act(desk, lambda actions, ids: actions.trash(ids))


async def delete(desk: Desk) -> int:
    """Remove messages for ever; with --on-server only what a POP3 server still has of them, or, with --take-back, not
    that either."""
    options = desk.arguments
    if not options.on_server and (options.take_back or options.unread_too):
        raise WrongUsage("--take-back and --unread-too go with --on-server")
    if not options.on_server:
        return await _act(desk, lambda actions, ids: actions.remove(ids))
    async with desk.engine() as engine:
        ids = [row.id for row in places.messages(engine.library, options.ids)]
        if options.take_back:
            receipt = await engine.pop3.keep_there(ids)
        else:
            receipt = await engine.pop3.remove_now(ids, unread_too=options.unread_too)
    return _done(desk, receipt)


async def _act(desk: Desk, act: Act) -> int:
    async with desk.engine() as engine:
        rows = places.messages(engine.library, desk.arguments.ids)
        receipt = await act(engine.actions.at_once(), [row.id for row in rows])
    return _done(desk, receipt)


async def _into(desk: Desk, act: Callable[[Actions, list[MessageId], FolderId], Awaitable[Receipt]]) -> int:
    async with desk.engine() as engine:
        rows = places.messages(engine.library, desk.arguments.ids)
        folder = places.folder(engine.library, desk.arguments.folder, _account(engine.library, rows))
        receipt = await act(engine.actions.at_once(), [row.id for row in rows], folder.id)
    return _done(desk, receipt)


def _account(library: Library, rows: list[Summary]) -> AccountId | None:
    """The account all messages belong to, if it is one."""
    owners = {folder.id: folder.account for folder in library.folders()}
    accounts = {owners[row.folder] for row in rows if row.folder in owners}
    return accounts.pop() if len(accounts) == 1 else None


def _done(desk: Desk, receipt: Receipt) -> int:
    desk.output.result(shapes.receipt(receipt), receipt.label)
    return DONE
