"""Shows one message file (`desktopmail FILE.eml`) in a window of its own.

The message is read into a throw-away profile, so that a file from anywhere meets the same cleaning and the same walls
as mail does, and leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.app.options import WindowOptions
from desktopmail.domain.account import Endpoint, NewAccount, Security, SmtpServer
from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.engine.engine import Engine
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.store.secrets import Memory

if TYPE_CHECKING:
    from desktopmail.gui.reader.pane import ReaderPane


NOBODY = NewAccount(
    "file@localhost", "File", "", None, SmtpServer(Endpoint("localhost", 465, Security.TLS, "file@localhost"))
)
"""Whose mailbox the file lies in; the engine is offline, so the server is never asked."""


@asynccontextmanager
async def file_engine(file: Path) -> AsyncIterator[tuple[Engine, MessageId]]:
    """An engine whose only message is the one in the file. Raises NotFound when the file holds none."""
    profile = Path(tempfile.mkdtemp(prefix="desktopmail-file-"))
    try:
        engine = await Engine.open(profile, passwords=Memory(), offline=True)
        try:
            number = await engine.accounts.add(NOBODY, "")
            account = next(each for each in engine.library.accounts() if each.id == number)
            folder = next(each for each in engine.library.folders() if each.role is Role.INBOX)
            await engine.transfer.import_(file, account, folder)
            ids = engine.library.ids(folder.id)
            if not ids:
                raise NotFound("There is no message in this file", file.name)
            yield engine, MessageId(ids[0])
        finally:
            await engine.close()
    finally:
        shutil.rmtree(profile, ignore_errors=True)


class FileWindow(QWidget):
    """A reader for one message, without a mailbox around it. `closed` when the person is done."""

    closed = Signal()

    def __init__(self, engine: Engine, message: MessageId, name: str) -> None:
        super().__init__()
        from desktopmail.gui.reader.pane import ReaderPane

        self.reader: ReaderPane = ReaderPane(engine, self)
        self.reader.actions_line.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.reader)
        summary = engine.library.summary(message)
        self.setWindowTitle(summary.subject or name)
        self.resize(px(820), px(700))
        self.reader.show_messages([summary], message)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


async def show(options: WindowOptions) -> int:
    """Show the file until its window is closed, or write the picture that was asked for."""
    theme().start(options.theme or ("light" if options.screenshot else "system"))
    file = Path(options.opens).absolute()  # noqa: ASYNC240 - reads no file
    async with file_engine(file) as (engine, message):
        window = FileWindow(engine, message, file.name)
        if options.screenshot:
            window.resize(QSize(*options.size))
        window.show()
        if options.screenshot:
            await _picture(window, engine, message, options)
        else:
            closed = asyncio.Event()
            window.closed.connect(closed.set)
            await closed.wait()
        await _dispose(window)
    return 0


async def _picture(window: FileWindow, engine: Engine, message: MessageId, options: WindowOptions) -> None:
    from desktopmail.app.picture import of_file

    await of_file(window, engine, message, options)


async def _dispose(window: FileWindow) -> None:
    from desktopmail.app.window import take_down

    await take_down(window)
