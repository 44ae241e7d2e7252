"""The commands that write and send: compose, send, outbox."""

from __future__ import annotations

import asyncio
import mimetypes
import sys
from argparse import Namespace
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, moment
from desktopmail.cli.run import exit_code
from desktopmail.cli.times import later
from desktopmail.domain.account import Account
from desktopmail.domain.address import people
from desktopmail.domain.draft import Attachment, Draft, Outgoing, Sending
from desktopmail.domain.errors import MailError, NotFound, PossiblySent, Refused, WrongUsage
from desktopmail.domain.ids import MessageId
from desktopmail.engine.engine import Engine


async def send(desk: Desk) -> int:
    """Queue a message or a draft; with --wait, send it and say what came of it."""
    options = desk.arguments
    if (options.file is None) == (options.draft is None):
        raise WrongUsage("Name a FILE, '-' for standard input, or --draft ID")
    if options.wait and options.later:
        raise WrongUsage("--wait sends now, --later does not")
    due = later(options.later, datetime.now().astimezone()) if options.later else None
    raw = await _bytes(options.file) if options.file is not None else b""
    async with desk.engine() as engine:
        if options.draft is not None:
            draft = await engine.composing.edit(places.messages(engine.library, [options.draft])[0].id)
            number = await engine.composing.queue(draft, due)
        else:
            account = places.account(engine.library, options.account).id if options.account else None
            number = await engine.composing.queue_raw(raw, account, due)
        if options.wait:
            return await _send_now(desk, engine, number)
        outcome = await engine.outbox.one(number)
    due_at = moment(outcome.due_at)
    desk.output.result(_document(outcome, None), f"{outcome.id} {outcome.state.value}, due {due_at}")
    return DONE


async def outbox(desk: Desk) -> int:
    """What waits to be sent, and why."""
    async with desk.engine() as engine:
        waiting = engine.library.outbox()
    if desk.output.as_json:
        desk.output.document([shapes.outgoing(each) for each in waiting])
    else:
        desk.output.table(
            (each.id, each.state.value, moment(each.due_at), people(each.to), each.subject, each.error)
            for each in waiting
        )
    return DONE


async def outbox_retry(desk: Desk) -> int:
    """Send again: at once, whatever was decided before."""
    async with desk.engine() as engine:
        number = _waiting(engine, desk.arguments.id)
        await engine.outbox.retry(number)
        return await _send_now(desk, engine, number)


async def outbox_cancel(desk: Desk) -> int:
    """Do not send; the message goes back into Drafts."""
    async with desk.engine() as engine:
        receipt = await engine.outbox.cancel(_waiting(engine, desk.arguments.id))
    desk.output.result(shapes.receipt(receipt), receipt.label)
    return DONE


async def outbox_mark_sent(desk: Desk) -> int:
    """It did arrive: the message goes into Sent."""
    async with desk.engine() as engine:
        receipt = await engine.outbox.mark_sent(_waiting(engine, desk.arguments.id))
    desk.output.result(shapes.receipt(receipt), receipt.label)
    return DONE


async def compose(desk: Desk) -> int:
    """Make a draft and print its id."""
    options = desk.arguments
    text = (await _bytes(options.body_file)).decode("utf-8", "replace") if options.body_file else ""
    files = [await asyncio.to_thread(_attachment, Path(name)) for name in options.attach]
    async with desk.engine() as engine:
        draft = await _begun(engine, options)
        draft = replace(
            draft,
            to=draft.to + engine.composing.addresses(options.to),
            cc=draft.cc + engine.composing.addresses(options.cc),
            bcc=draft.bcc + engine.composing.addresses(options.bcc),
            subject=options.subject if options.subject is not None else draft.subject,
            attachments=draft.attachments + tuple(files),
        )
        if text:
            draft = engine.composing.with_text(draft, text)
        saved = await engine.composing.save(draft)
    desk.output.result({"id": saved.id}, str(saved.id))
    return DONE


async def _begun(engine: Engine, options: Namespace) -> Draft:
    composing = engine.composing
    if options.reply or options.reply_all:
        row = places.messages(engine.library, [options.reply or options.reply_all])[0]
        return await composing.reply(row.id, everybody=bool(options.reply_all))
    if options.forward:
        return await composing.forward(places.messages(engine.library, [options.forward])[0].id)
    account: Account = places.account(engine.library, options.account)
    return await composing.new(account.identities[0].id)


def _attachment(path: Path) -> Attachment:
    kind, encoding = mimetypes.guess_type(path.name)
    return Attachment(path.name, kind if kind and not encoding else "application/octet-stream", path.read_bytes())


async def _bytes(name: str) -> bytes:
    if name == "-":
        return await asyncio.to_thread(sys.stdin.buffer.read)
    return await asyncio.to_thread(Path(name).read_bytes)


def _waiting(engine: Engine, number: int) -> MessageId:
    for each in engine.library.outbox():
        if each.id == number:
            return each.id
    raise NotFound(f"Nothing with the number {number} waits to be sent", "'desktopmail outbox' prints what does.")


async def _send_now(desk: Desk, engine: Engine, number: MessageId) -> int:
    """Send, and say what came of it; what stands in the way leaves the message waiting."""
    error: MailError | None = None
    try:
        outcome = await engine.outbox.send_now(number)
    except MailError as trouble:
        error = trouble
        outcome = await engine.outbox.one(number)
    state = _state(outcome)
    if error is None and outcome.error:
        error = (PossiblySent if outcome.state is Sending.POSSIBLY_SENT else Refused)(outcome.error)
    desk.output.result(_document(outcome, error), f"{outcome.id} {state}")
    if error is None:
        return DONE
    desk.output.say(f"desktopmail: {error.title}")
    if error.detail:
        desk.output.say(error.detail)
    return exit_code(error)


def _state(outcome: Outgoing) -> str:
    return "queued" if outcome.state in (Sending.WAITING, Sending.SENDING) else outcome.state.value


def _document(outcome: Outgoing, error: MailError | None) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "state": _state(outcome),
        "due": shapes.when(outcome.due_at),
        "recipients": [shapes.recipient(each) for each in outcome.recipients],
        "error": shapes.error(error) if error else None,
    }
