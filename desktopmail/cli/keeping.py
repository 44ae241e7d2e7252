"""The commands that look after the profile: backup, restore, check, import, export."""

from __future__ import annotations

from pathlib import Path

from desktopmail.cli import places
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, FAILED
from desktopmail.domain.account import Account
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.folder import Folder, Role
from desktopmail.engine import keeping
from desktopmail.engine.engine import Engine
from desktopmail.engine.transfer import TransferReport

IMPORTED = "Imported"


async def backup(desk: Desk) -> int:
    """A consistent copy, also while the window is open."""
    target = await keeping.backup(desk.profile, Path(desk.arguments.dest))
    desk.output.result({"backup": str(target)}, str(target))
    return DONE


async def restore(desk: Desk) -> int:
    """A profile out of a backup."""
    await keeping.restore(Path(desk.arguments.source), desk.profile)
    desk.output.result({"profile": str(desk.profile)}, str(desk.profile))
    return DONE


async def check(desk: Desk) -> int:
    """Whether everything stored is whole; with --repair, mend it."""
    health = await (keeping.repair if desk.arguments.repair else keeping.check)(desk.profile)
    document = {
        "ok": not health.findings,
        "messages": health.messages,
        "contents": health.contents,
        "findings": list(health.findings),
        "repaired": health.repaired,
        "lost": list(health.lost),
        "aside": list(health.aside),
        "refetch": health.refetch,
        "orphans": health.orphans,
        "recovered": health.recovered,
    }
    words = [f"{health.messages:,} messages, {health.contents:,} contents: "]
    words[0] += "everything is whole" if not health.findings else f"{len(health.findings)} findings"
    if health.orphans and not health.repaired:
        words.append(f"{health.orphans:,} contents belong to no message; 'check --repair' puts them into a folder")
    if health.recovered:
        words.append(f"{health.recovered:,} messages that had lost their place are in the folder Recovered")
    words += [*health.findings, *(f"kept aside: {path}" for path in health.aside), *health.lost]
    desk.output.result(document, "\n".join(words))
    return DONE if not health.findings or (health.repaired and not health.lost) else FAILED


async def export(desk: Desk) -> int:
    """Folders into files that other programs read."""
    options = desk.arguments
    if bool(options.folder) == options.all:
        raise WrongUsage("Name a FOLDER, or say --all")
    async with desk.engine() as engine:
        library = engine.library
        chosen: list[Folder] = [each for each in library.folders() if each.role is not Role.OUTBOX and each.total]
        if not options.all:
            chosen = [places.folder(library, options.folder)]
        report = await engine.transfer.export(chosen, options.format, Path(options.dest))
    return _report(desk, report)


async def import_(desk: Desk) -> int:
    """Mail from files into a folder."""
    options = desk.arguments
    async with desk.engine() as engine:
        account, folder = await _target(desk, engine)
        report = await engine.transfer.import_(Path(options.path), account, folder)
    return _report(desk, report)


async def _target(desk: Desk, engine: Engine) -> tuple[Account, Folder]:
    options, library = desk.arguments, engine.library
    if options.into:
        folder = places.folder(library, options.into)
        return places.account(library, folder.account), folder
    account = places.account(library, options.account)
    for each in library.folders():
        if each.account == account.id and each.path == IMPORTED:
            return account, each
    number = await engine.folders.create(account.id, IMPORTED)
    return account, next(each for each in library.folders() if each.id == number)


def _report(desk: Desk, report: TransferReport) -> int:
    document = {
        "read": report.read,
        "written": report.written,
        "known": report.known,
        "skipped": report.skipped,
    }
    words = f"{report.read:,} read, {report.written:,} written, {report.known:,} there already"
    desk.output.result(document, words)
    for each in report.skipped:
        desk.output.say(each)
    return FAILED if report.skipped else DONE
