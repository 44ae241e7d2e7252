"""Shows message files (`desktopmail FILE.eml`, or a mailbox file) in windows of their own.

The file is read into a throw-away profile, so that a file from anywhere meets the same cleaning and the same walls as
mail does, and leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from desktopmail.app.options import WindowOptions
from desktopmail.domain.account import Endpoint, NewAccount, Security, SmtpServer
from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine.engine import Engine
from desktopmail.gui.detached.filewindow import FileWindow
from desktopmail.gui.style.theme import theme
from desktopmail.store.secrets import Memory

if TYPE_CHECKING:
    from desktopmail.gui.window import MainWindow

MOST_SHOWN = 500
"""Messages of a mailbox file that are shown; to read more, import it."""

NOBODY = NewAccount(
    "file@localhost", "File", "", None, SmtpServer(Endpoint("localhost", 465, Security.TLS, "file@localhost"))
)
"""Whose mailbox the file lies in; the engine is offline, so the server is never asked."""


@asynccontextmanager
async def file_engine(file: Path) -> AsyncIterator[tuple[Engine, Sequence[MessageId]]]:
    """An engine whose only messages are those in the file, in its order; of a long one the first MOST_SHOWN. Raises
    NotFound when the file holds none, or is none."""
    if not file.is_file():  # noqa: ASYNC240 - one look at a path
        raise NotFound(phrase("There is no such file"), str(file))
    profile = Path(tempfile.mkdtemp(prefix="desktopmail-file-"))
    try:
        engine = await Engine.open(profile, passwords=Memory(), offline=True)
        try:
            number = await engine.accounts.add(NOBODY, "")
            account = next(each for each in engine.library.accounts() if each.id == number)
            folder = next(each for each in engine.library.folders() if each.role is Role.INBOX)
            await engine.transfer.import_(file, account, folder, most=MOST_SHOWN)
            ids = sorted(engine.library.ids(folder.id))
            if not ids:
                raise NotFound(phrase("There is no message in this file"), file.name)
            yield engine, [MessageId(each) for each in ids]
        finally:
            await engine.close()
    finally:
        shutil.rmtree(profile, ignore_errors=True)


async def show(options: WindowOptions) -> int:
    """Show the file until its window is closed, or write the picture that was asked for."""
    theme().start(options.theme or ("light" if options.screenshot else "system"))
    file = Path(options.opens).absolute()  # noqa: ASYNC240 - reads no file
    async with file_engine(file) as (engine, messages):
        window = FileWindow(engine, messages, file.name, most=MOST_SHOWN)
        if options.screenshot:
            window.resize(QSize(*options.size))
        window.show()
        if options.screenshot:
            from desktopmail.app.picture import of_file

            await of_file(window, engine, messages[0], options)
        else:
            await _closed(window)
        await _dispose(window)
    return 0


async def show_beside(file: Path, main: MainWindow, windows: list[FileWindow]) -> None:
    """Show a file in a window beside the main one, which goes on and can take the file into a folder. It stands in
    `windows` until it is closed."""
    async with file_engine(file) as (engine, messages):
        keep = (lambda: main.beside.importing.ask(file)) if main.engine.library.accounts() else None
        window = FileWindow(engine, messages, file.name, most=MOST_SHOWN, keep=keep)
        window.reader.open_link.connect(main.writing.mailto)
        windows.append(window)
        try:
            window.show()
            window.activateWindow()
            await _closed(window)
        finally:
            windows.remove(window)
            window.reader.clear()
            window.deleteLater()


async def _closed(window: FileWindow) -> None:
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    await closed.wait()


async def _dispose(window: FileWindow) -> None:
    from desktopmail.app.window import take_down

    await take_down(window)
