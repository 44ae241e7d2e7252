"""`--screenshot`: shows one view in the real window, waits until it is painted and quiet, and writes its picture."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from desktopmail.app.options import WindowOptions
from desktopmail.app.window import dispose, make
from desktopmail.domain.errors import NotFound, StoreFailed
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.gui.style.theme import theme

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.detached.filewindow import FileWindow
    from desktopmail.gui.reader.pane import ReaderPane
    from desktopmail.gui.window import MainWindow

DEADLINE = 60.0
QUIET = 0.4
"""Seconds without news after which a view counts as painted; web pages report that they are loaded before they are."""


async def take(engine: Engine, options: WindowOptions) -> int:
    """Write the picture that `options` ask for; gives back the exit code. Raises NotFound for an unknown message."""
    assert options.screenshot is not None
    if options.demo:
        await engine.sync()
    window = make(engine)
    theme().choose(options.theme or "light")
    window.resize(QSize(*options.size))
    window.show()
    try:
        async with asyncio.timeout(DEADLINE):
            view = await _view(window, options)
            await _settle(await _reading(window))
            _write(view, options.screenshot)
    finally:
        for each in QApplication.topLevelWidgets():
            if each is not window and each.isVisible():
                each.close()
        await dispose(window)
    return 0


async def of_file(window: FileWindow, engine: Engine, message: MessageId, options: WindowOptions) -> None:
    """The picture of a message file."""
    assert options.screenshot is not None
    async with asyncio.timeout(DEADLINE):
        await _settle(window.reader)
        if options.images:
            window.reader.show_images()
        view: QWidget = window
        if options.view == "source":
            window.reader.show_source()
            view = await _next_window(window, options)
        elif options.view == "print":
            window.reader.print_message()
            view = await _next_window(window, options)
        elif options.view in ("reply", "forward"):
            view = await _answer(engine, message, options)
        await _settle(window.reader)
        _write(view, options.screenshot)
        if view is not window:
            view.close()


async def _answer(engine: Engine, message: MessageId, options: WindowOptions) -> QWidget:
    from desktopmail.gui.composer.window import ComposerWindow

    composing = engine.composing
    draft = await (composing.reply(message) if options.view == "reply" else composing.forward(message))
    composer = ComposerWindow(engine, draft)
    composer.resize(QSize(*options.size))
    composer.show()
    return composer


async def _view(window: MainWindow, options: WindowOptions) -> QWidget:
    """Bring up the view; gives back what is to be pictured."""
    if options.view == "wizard":
        window.add_account()
        return await _next_window(window, options)
    if options.view == "settings":
        window.settings()
        return await _next_window(window, options)
    if options.view == "composer":
        window.writing.new()
        return await _next_window(window, options)
    if options.view == "main" and options.message is None:
        if window.places.place is not None:
            _choose_first(window)
        return window
    message = _message(window, options)
    window.places.go(window.engine.library.summary(message).folder, message)
    await _settle(window.reader.reader)
    return await _of_message(window, options, message)


async def _of_message(window: MainWindow, options: WindowOptions, message: MessageId) -> QWidget:
    reader = window.reader.reader
    if reader is not None and options.images:
        reader.show_images()
    if options.view in ("reply", "forward"):
        window.writing.answer(options.view, message)
        return await _next_window(window, options)
    if options.view == "source" and reader is not None:
        reader.show_source()
        return await _next_window(window, options)
    if options.view == "print" and reader is not None:
        reader.print_message()
        return await _next_window(window, options)
    return window if options.view == "main" or reader is None else reader


def _message(window: MainWindow, options: WindowOptions) -> MessageId:
    library = window.engine.library
    if options.message is not None:
        library.summary(MessageId(options.message))
        return MessageId(options.message)
    inbox = next((each.id for each in library.folders() if each.role is Role.INBOX), None)
    ids = library.ids(inbox) if inbox is not None else []
    if not ids:
        raise NotFound("There is no message to show", "Name one with --message, or sync first.")
    return MessageId(ids[0])


def _choose_first(window: MainWindow) -> None:
    if not window.messages.chosen():
        window.messages.step(1)


async def _next_window(window: QWidget, options: WindowOptions) -> QWidget:
    """Wait for a window beside the main one."""
    while True:
        for each in QApplication.topLevelWidgets():
            if each is not window and each.isVisible() and each.isWindow() and each.width() > 200:
                if options.view in ("composer", "reply", "forward"):
                    each.resize(QSize(*options.size))
                await asyncio.sleep(QUIET)
                return each
        await asyncio.sleep(0.02)


async def _reading(window: MainWindow) -> ReaderPane | None:
    """The reader for what is chosen, once there is one; it is made after the first paint. None where none is seen."""
    if window.messages.chosen() and window.panes.seen[2] and window.reader.reader is None:
        made = asyncio.Event()
        window.reader.made.connect(made.set)
        await made.wait()
    return window.reader.reader


async def _settle(reader: ReaderPane | None) -> None:
    """Wait until the reader has shown what it has to show and nothing more is painted."""
    await asyncio.sleep(QUIET / 2)
    if reader is not None and not reader.settled:
        quiet = asyncio.Event()
        reader.quiet.connect(quiet.set)
        await quiet.wait()
    await asyncio.sleep(QUIET)


def _write(view: QWidget, file: Path) -> None:
    if not view.grab().save(str(file)):
        raise StoreFailed(f"The picture could not be written to {file}", "Is the folder there, and is there room?")
    sys.stderr.write(f"{file}\n")
