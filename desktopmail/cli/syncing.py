"""The command that brings both sides to agree."""

from __future__ import annotations

import asyncio
from typing import Any

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, FAILED, NEEDS_PERSON
from desktopmail.domain.activity import Activity
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Fetched
from desktopmail.engine.activity import SyncReport
from desktopmail.engine.engine import Engine

FOR_A_PERSON = frozenset(
    {"password-missing", "passwords-locked", "passphrase-wrong", "bad-certificate", "possibly-sent", "needs-person"}
)


async def sync(desk: Desk) -> int:
    """One round; with --watch, stay and print a line for each change."""
    async with desk.engine() as engine:
        accounts, folders = _chosen(desk, engine)
        engine.on_activity(lambda activity: _progress(desk, activity))
        if desk.arguments.watch:
            return await _watch(desk, engine)
        reports = await engine.sync(accounts, folders, desk.arguments.headers_only)
    return _told(desk, reports)


async def fetch(desk: Desk) -> int:
    """Bring messages whole of which only the beginning, or only the header, is here: all of an account in one visit."""
    async with desk.engine() as engine:
        rows = places.messages(engine.library, desk.arguments.ids)
        engine.on_activity(lambda activity: _progress(desk, activity))
        waiting = [row.id for row in rows if row.fetched is not Fetched.FULL]
        delivered = await _delivered(engine, waiting)
        reports = await engine.sync(sorted(delivered)) if delivered else []
        problems = [problem for each in reports for problem in each.problems]
        for row in engine.library.summaries(waiting):
            if row.fetched is not Fetched.FULL and not problems:
                await engine.reading.pour(row.id, lambda piece: None)
        here = [row.id for row in engine.library.summaries(waiting) if row.fetched is Fetched.FULL]
    if problems:
        return _told(desk, reports)
    words = f"{len(here):,} fetched, {len(rows) - len(waiting):,} were here"
    desk.output.result({"fetched": here, "here": [row.id for row in rows if row.id not in waiting]}, words)
    return DONE


async def _delivered(engine: Engine, ids: list[MessageId]) -> set[AccountId]:
    """The accounts whose next visit to a POP3 server brings some of these."""
    try:
        receipt = await engine.pop3.bring(ids)
    except NotFound:
        return set()
    return {await engine.pop3.owner(each) for each in receipt.messages}


def _told(desk: Desk, reports: list[SyncReport]) -> int:
    """Say what came of a round; the exit code for it."""
    if desk.output.as_json:
        desk.output.document({"accounts": [_document(each) for each in reports]})
    else:
        for each in reports:
            desk.output.text(_words(each))
    for each in reports:
        for problem in each.problems:
            desk.output.say(f"account {each.account}: {problem.title}. {problem.detail}".rstrip())
            desk.output.advise(problem.kind)
            if problem.log:
                desk.output.say(f"({problem.log})")
    return _code(reports)


def _chosen(desk: Desk, engine: Engine) -> tuple[list[AccountId] | None, list[FolderId] | None]:
    library = engine.library
    given = desk.arguments.account
    accounts = [places.account(library, number).id for number in given] if given else None
    owner = accounts[0] if accounts and len(accounts) == 1 else None
    paths = desk.arguments.folder
    return accounts, [places.folder(library, path, owner).id for path in paths] if paths else None


async def _watch(desk: Desk, engine: Engine) -> int:
    """Until interrupted: one JSON line per commit that somebody would see."""
    engine.on_change(lambda changes: _change(desk, engine, changes))
    engine.on_problem(lambda problem: desk.output.line_document({"problem": shapes.problem(problem)}))
    engine.on_activity(lambda activity: _trouble(desk, activity))
    await engine.start()
    await asyncio.Event().wait()
    return DONE


def _change(desk: Desk, engine: Engine, changes: ChangeSet) -> None:
    paths = places.paths(engine.library)
    touched = {**changes.added, **changes.changed, **changes.removed}
    for folder in touched:
        document: dict[str, Any] = {"folder": paths.get(folder, ""), "folder_id": folder}
        document["added"] = list(changes.added.get(folder, ()))
        document["changed"] = list(changes.changed.get(folder, ()))
        document["removed"] = list(changes.removed.get(folder, ()))
        desk.output.line_document(document)
    if changes.outbox:
        desk.output.line_document({"outbox": [shapes.outgoing(each) for each in engine.library.outbox()]})


def _trouble(desk: Desk, activity: Activity) -> None:
    if activity.problem is not None:
        desk.output.line_document({"account": activity.account, "problem": shapes.problem(activity.problem)})


def _progress(desk: Desk, activity: Activity) -> None:
    desk.output.progress(activity.words, activity.done, activity.total)


def _document(each: SyncReport) -> dict[str, Any]:
    return {
        "id": each.account,
        "new": each.new,
        "changed": each.changed,
        "removed": each.removed,
        "pushed": each.pushed,
        "sent": each.sent,
        "bytes": each.bytes,
        "seconds": each.seconds,
        "problems": [shapes.problem(problem) for problem in each.problems],
    }


def _words(each: SyncReport) -> str:
    parts = [f"{each.new:,} new", f"{each.changed:,} changed", f"{each.removed:,} removed"]
    parts += [f"{each.pushed:,} pushed"] if each.pushed else []
    parts += [f"{each.sent:,} sent"] if each.sent else []
    return f"account {each.account}: {', '.join(parts)} in {each.seconds:.1f} s"


def _code(reports: list[SyncReport]) -> int:
    kinds = {problem.kind for each in reports for problem in each.problems}
    if kinds & FOR_A_PERSON:
        return NEEDS_PERSON
    return FAILED if kinds else DONE
