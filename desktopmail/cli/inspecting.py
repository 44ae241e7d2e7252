"""Parses messages without a profile: one, or a path per line."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from desktopmail.cli import shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE
from desktopmail.domain.errors import MailError, Stalled, WrongUsage
from desktopmail.engine import inspection

SECONDS = 30


async def inspect(desk: Desk) -> int:
    """One message as a JSON document, its tree, or its safe HTML; with --batch one after the other."""
    options = desk.arguments
    if options.tree and options.safe_html:
        raise WrongUsage("--tree and --safe-html exclude each other")
    if options.batch:
        if options.file:
            raise WrongUsage("--batch reads paths from standard input")
        _batch(desk)
        return DONE
    if not options.file:
        raise WrongUsage("Name a FILE, or '-' for standard input")
    raw = await asyncio.to_thread(_bytes, options.file)
    with _limited():
        if options.tree:
            _show_tree(desk, inspection.tree(raw))
        elif options.safe_html:
            _show_html(desk, inspection.inspect(raw))
        else:
            desk.output.document(_document(inspection.inspect(raw)))
    return DONE


def _bytes(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else inspection.file(Path(name))


def _show_tree(desk: Desk, branches: tuple[inspection.Branch, ...]) -> None:
    if desk.output.as_json:
        desk.output.document(_tree(branches))
        return
    for each in branches:
        name = f" “{each.name}”" if each.name else ""
        desk.output.text(f"{'  ' * each.depth}{each.section or '-'} {each.type}{name} {each.size:,} bytes")


def _show_html(desk: Desk, found: inspection.Inspected) -> None:
    if desk.output.as_json:
        desk.output.document(_html(found))
    else:
        desk.output.raw(found.body.html.encode("utf-8", "replace"))


def _batch(desk: Desk) -> None:
    """Every answer is written and flushed before the next path is read; a bad one ends nothing."""
    form: Callable[[bytes], dict[str, Any]] = lambda raw: _document(inspection.inspect(raw))  # noqa: E731
    if desk.arguments.safe_html:
        form = lambda raw: _html(inspection.inspect(raw))  # noqa: E731
    elif desk.arguments.tree:
        form = lambda raw: {"tree": _tree(inspection.tree(raw))}  # noqa: E731
    for line in iter(sys.stdin.buffer.readline, b""):
        path = line.rstrip(b"\r\n").decode(sys.getfilesystemencoding(), "surrogateescape")
        if not path:
            continue
        try:
            with _limited():
                answer = {"path": path, "error": None, **form(inspection.file(Path(path)))}
        except MailError as error:
            answer = {"path": path, "error": {"kind": error.kind, "title": error.title, "detail": error.detail}}
        desk.output.line_document(answer)


def _document(found: inspection.Inspected) -> dict[str, Any]:
    body = found.body
    return {
        "id": None,
        "folder": None,
        "thread": None,
        "flags": [],
        "tags": [],
        "size": found.size,
        "preview": found.preview,
        "attachments": len(body.attachments),
        "fetched": "full",
        "copy": "here",
        "sender": shapes.addresses(found.submitter),
        **shapes.body(body),
    }


def _html(found: inspection.Inspected) -> dict[str, Any]:
    return {"html": found.body.html, "remote_content": found.body.remote_content}


def _tree(branches: tuple[inspection.Branch, ...]) -> list[dict[str, Any]]:
    return [
        {"depth": each.depth, "section": each.section, "type": each.type, "name": each.name, "size": each.size}
        for each in branches
    ]


@contextmanager
def _limited() -> Iterator[None]:
    """A message that takes too long is given up, where the platform can interrupt. Raises Stalled."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def over(_number: int, _frame: FrameType | None) -> None:
        raise Stalled("This message took too long to be read")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
