"""Making, renaming and deleting folders."""

from __future__ import annotations

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE


async def create(desk: Desk) -> int:
    """Make a folder, parents included."""
    async with desk.engine() as engine:
        account = places.account(engine.library, desk.arguments.account)
        number = await engine.folders.create(account.id, desk.arguments.path)
        made = next(each for each in engine.library.folders() if each.id == number)
    desk.output.result(shapes.folder(made), f"{made.id} {made.path}")
    return DONE


async def rename(desk: Desk) -> int:
    """Give a folder another name."""
    async with desk.engine() as engine:
        old = places.folder(engine.library, desk.arguments.folder)
        await engine.folders.rename(old.id, desk.arguments.name)
        renamed = next(each for each in engine.library.folders() if each.id == old.id)
    desk.output.result(shapes.folder(renamed), f"{renamed.id} {renamed.path}")
    return DONE


async def delete(desk: Desk) -> int:
    """Delete a folder; what was in it is in the trash."""
    async with desk.engine() as engine:
        receipt = await engine.folders.delete(places.folder(engine.library, desk.arguments.folder).id)
    desk.output.result(shapes.receipt(receipt), receipt.label)
    return DONE
