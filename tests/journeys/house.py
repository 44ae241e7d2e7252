"""The whole program but its start: a real window on a real engine, an account on real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from desktopmail.app.window import dispose, make
from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, SmtpServer
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Summary
from desktopmail.engine.engine import Engine
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.window import MainWindow
from desktopmail.store.secrets import Memory
from tests.servers.dovecot import User

SECONDS = 20.0


async def until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    """Turn the loop until something is true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the conditions are of many kinds
            await asyncio.sleep(0.005)


@dataclass
class House:
    """A person before the window."""

    engine: Engine
    window: MainWindow

    def folder(self, role: Role) -> FolderId:
        """The special folder of the one account."""
        return next(each.id for each in self.engine.library.folders() if each.role is role)

    def rows(self, role: Role | None = None) -> list[Summary]:
        """What a folder holds, or what the list shows."""
        ids = self.window.messages.model.vector.ids if role is None else self.engine.library.ids(self.folder(role))
        return self.engine.library.summaries([MessageId(each) for each in ids])

    def subjects(self, role: Role | None = None) -> list[str]:
        """Subjects, newest first."""
        return [each.subject for each in self.rows(role)]

    async def sees(self, subject: str) -> Summary:
        """Wait until a subject stands in the list; its row."""
        await until(lambda: subject in self.subjects())
        return next(each for each in self.rows() if each.subject == subject)

    async def chooses(self, subject: str) -> Summary:
        """Select a row and wait until the reader shows the message."""
        row = await self.sees(subject)
        self.window.messages.choose([row.id], focus=True)
        await until(lambda: self.window.reader.reader is not None and self.window.reader.reader.settled)
        return row

    def run(self, command: str) -> None:
        """Trigger a command as a key or a menu does."""
        action = self.window.commands.actions[command]
        assert action.isEnabled(), f"{command} is not enabled"
        action.trigger()

    def beside(self, kind: str) -> QWidget | None:
        """The window of a class beside the main one."""
        found = [each for each in QApplication.topLevelWidgets() if type(each).__name__ == kind and each.isVisible()]
        return found[0] if found else None


@asynccontextmanager
async def house(profile: Path, passwords: Memory | None = None) -> AsyncIterator[House]:
    """Open engine and window on a profile; both are closed afterwards."""
    engine = await Engine.open(profile, passwords=passwords or Memory())
    window = make(engine)
    window.resize(1280, 800)
    window.show()
    await engine.start()
    try:
        yield House(engine, window)
    finally:
        await window.finish()
        await dispose(window)
        await close_tasks()
        await engine.close()


async def move_in(home: House, user: User, imap: Endpoint, smtp: Endpoint | None = None) -> None:
    """Make the account, without the wizard."""
    new = NewAccount(user.address, "Test", "Ada Lovelace", ImapServer(imap), SmtpServer(smtp) if smtp else None)
    await home.engine.accounts.add(new, user.password)


class Wire:
    """A line to a port of this computer that can be pulled out and plugged in again."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def plug_in(self) -> None:
        """Accept connections, on the same port as before."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pull_out(self) -> None:
        """Break everything; new connections are refused."""
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Called at once with a new line, so that none is accepted that nobody would close."""
        task = asyncio.ensure_future(self._forward(reader, writer))
        self._tasks.add(task)

        def done(_: object) -> None:
            self._tasks.discard(task)
            writer.transport.abort()

        task.add_done_callback(done)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        both = [asyncio.ensure_future(each) for each in (_pump(reader, there_writer), _pump(there_reader, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            there_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
