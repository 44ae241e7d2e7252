"""The command that shows one message, whole or in part."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, inert
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.message import Fetched, Summary
from desktopmail.engine import inspection
from desktopmail.engine.engine import Engine


async def show(desk: Desk) -> int:
    """One message: a JSON document, or the part of it that was asked for."""
    options = desk.arguments
    if options.output and not (options.part or options.raw or options.text or options.html or options.headers):
        raise WrongUsage("-o goes with --part, --raw, --text, --html or --headers")
    async with desk.engine() as engine:
        row = places.messages(engine.library, [options.id])[0]
        if not (options.raw or options.part or options.headers or options.text or options.html):
            body = await engine.reading.load(row.id)
            row = engine.library.summary(row.id)
            path = places.paths(engine.library).get(row.folder, "")
            sender = await _submitter(engine, row)
            desk.output.document({**shapes.summary(row, path), **shapes.body(body), "sender": sender})
            return DONE
        data = await _data(desk, engine)
    if options.output:
        await asyncio.to_thread(Path(options.output).write_bytes, data)
    elif options.raw or options.part or options.headers:
        desk.output.raw(data)
    else:
        desk.output.text(inert(data.decode()))
    return DONE


async def _submitter(engine: Engine, row: Summary) -> list[shapes.Document]:
    if row.fetched is Fetched.HEADERS:
        return []
    return shapes.addresses(inspection.submitter(await engine.reading.raw(row.id)))


async def _data(desk: Desk, engine: Engine) -> bytes:
    options = desk.arguments
    if options.part:
        return await engine.reading.part(options.id, options.part)
    raw = await engine.reading.raw(options.id)
    if options.raw or options.headers:
        return raw if options.raw else header_of(raw)
    body = await engine.reading.load(options.id)
    return (body.text if options.text else body.html).encode("utf-8", "replace")


def header_of(raw: bytes) -> bytes:
    """The header with the empty line that ends it (RFC 5322 section 2.1)."""
    ends = [place + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (place := raw.find(mark)) >= 0]
    return raw[: min(ends)] if ends else raw
