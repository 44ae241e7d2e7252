"""The command that shows one message, whole or in part."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import BinaryIO

from desktopmail.cli import places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, inert
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Fetched, Summary
from desktopmail.engine import inspection
from desktopmail.engine.engine import Engine

LONGEST_HEADER = 8_000_000
"""Bytes in which a header is looked for."""


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
        if options.raw or options.part:
            await _pour(desk, engine)
            return DONE
        data = await _data(desk, engine)
    if options.output:
        await asyncio.to_thread(Path(options.output).write_bytes, data)
    elif options.headers:
        desk.output.raw(data)
    else:
        desk.output.text(inert(data.decode()))
    return DONE


async def _submitter(engine: Engine, row: Summary) -> list[shapes.Document]:
    if row.fetched is Fetched.HEADERS:
        return []
    return shapes.addresses(inspection.submitter(await _beginning(engine, row.id)))


async def _beginning(engine: Engine, message: MessageId) -> bytes:
    """Enough of a message for its header, however long the rest is."""
    kept = b""

    def take(piece: bytes) -> None:
        nonlocal kept
        kept += piece[: LONGEST_HEADER - len(kept)]

    await engine.reading.pour(message, take)
    return kept


async def _pour(desk: Desk, engine: Engine) -> None:
    """The bytes of a message or of a part, exactly and as they come: a large one is never in memory as a whole."""
    options = desk.arguments
    with contextlib.ExitStack() as opened:
        file: BinaryIO | None = None

        def write(piece: bytes) -> None:
            nonlocal file
            if not options.output:
                desk.output.raw(piece)
                return
            file = file or opened.enter_context(Path(options.output).open("wb"))
            file.write(piece)

        if options.part:
            await engine.reading.pour_part(options.id, options.part, write)
        else:
            await engine.reading.pour(options.id, write)


async def _data(desk: Desk, engine: Engine) -> bytes:
    options = desk.arguments
    if options.headers:
        return header_of(await _beginning(engine, options.id))
    body = await engine.reading.load(options.id)
    return (body.text if options.text else body.html).encode("utf-8", "replace")


def header_of(raw: bytes) -> bytes:
    """The header with the empty line that ends it (RFC 5322 section 2.1)."""
    ends = [place + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (place := raw.find(mark)) >= 0]
    return raw[: min(ends)] if ends else raw
