"""The main window and the settings over a real engine that asks no server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security, SmtpServer
from desktopmail.engine.engine import Engine
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.settings.page import Page, Row
from desktopmail.gui.settings.window import SettingsWindow
from desktopmail.gui.style.theme import theme
from desktopmail.gui.window import MainWindow
from desktopmail.store.secrets import Memory
from tests.gui.desk import PARTS

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]


class Stage:
    """A profile with two accounts, the window over it, and its settings."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder = folder
        self.run = run
        self.engine: Engine = run(self._start())
        self.window = MainWindow(self.engine, PARTS)
        self.window.show()

    async def _start(self) -> Engine:
        engine = await Engine.open(self.folder, passwords=Memory(), offline=True)
        if not engine.library.accounts():
            for name in ("ada", "bob"):
                endpoint = Endpoint(f"{name}.example.org", 993, Security.TLS, name)
                out = SmtpServer(Endpoint(f"{name}.example.org", 465, Security.TLS, name))
                new = NewAccount(f"{name}@example.org", name.title(), name.title(), ImapServer(endpoint), out)
                await engine._store.write(lambda tx, new=new: tx.accounts.add(new))
        return engine

    def open(self, page: str = "reading") -> SettingsWindow:
        """The settings at a page."""
        self.window.settings(page=page)
        settings = self.window._settings
        assert settings is not None
        return settings

    def page(self, name: str) -> Any:
        """A page of the settings, shown."""
        return self.open(name).page(name)

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the loop until something is true; ten seconds at most."""

        async def turning() -> None:
            async with asyncio.timeout(10):
                while not condition():  # noqa: ASYNC110 - conditions of widgets have no event
                    await asyncio.sleep(0.002)

        self.run(turning())

    def stored(self) -> None:
        """Wait until what was started on the store is done and told."""

        async def wait() -> None:
            await asyncio.sleep(0)
            await self.engine._store.read(lambda tx: None)
            await asyncio.sleep(0)

        self.run(wait())

    def close(self) -> None:
        """Close everything."""
        if self.window._settings is not None:
            self.window.settings()
            assert self.window._settings is not None
            self.window._settings.close()
        self.window.close()
        self.window.let_go()
        self.window.deleteLater()
        self.run(close_tasks())
        self.run(self.engine.close())


def row(page: Page, title: str) -> Row:
    """The line of a page with this title."""
    return next(each for each in page.rows() if each.title.text() == title)


def child(parent: QWidget, kind: type[T], name: str) -> T:
    """The control with this accessible name."""
    found = [each for each in parent.findChildren(QWidget) if isinstance(each, kind) and each.accessibleName() == name]
    assert found, f"{name!r} is not among {[each.accessibleName() for each in parent.findChildren(QWidget)]}"
    return found[-1]


@pytest.fixture
def stage(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    made = Stage(tmp_path / "profile", run)
    yield made
    made.close()
    theme().choose("light")
