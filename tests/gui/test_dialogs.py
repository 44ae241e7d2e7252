"""Small dialogs are cut alike: the same room around, one heading, and buttons in one row eight pixels apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.engine.engine import Engine
from desktopmail.gui.accounts.adding import AddServer
from desktopmail.gui.accounts.identities import IdentityDialog
from desktopmail.gui.accounts.removal import RemoveAccount
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.ask import Ask
from desktopmail.gui.widgets.confirm import Confirm
from tests.screens.accounts import profile

Run = Callable[[Coroutine[Any, Any, None]], None]
Make = Callable[[Engine, QWidget], QDialog]

DIALOGS: dict[str, Make] = {
    "ask": lambda engine, window: Ask(window, "New folder", "Make folder"),
    "confirm": lambda engine, window: Confirm(window, "Remove it?", "It is gone then.", "Remove", "Keep"),
    "removal": lambda engine, window: RemoveAccount(engine, engine.library.accounts()[0], window),
    "identity": lambda engine, window: IdentityDialog(
        window, engine.library.accounts()[0].identities[0], lambda identity: None
    ),
    "servers": lambda engine, window: Servers(engine, engine.library.accounts()[0], window),
    "adding": lambda engine, window: AddServer(engine, engine.library.accounts()[3], ("imap", "pop3"), window),
}


@asynccontextmanager
async def opened() -> AsyncIterator[Engine]:
    async with profile() as engine:
        try:
            yield engine
        finally:
            await close_tasks()


@pytest.mark.parametrize("name", DIALOGS)
def test_small_dialogs_are_cut_alike(run: Run, qtbot: QtBot, name: str) -> None:
    async def story() -> None:
        theme().start("light")
        host = QWidget()
        qtbot.addWidget(host)
        async with opened() as engine:
            dialog = DIALOGS[name](engine, host)
            dialog.show()
            await asyncio.sleep(0)
            dialog.layout().activate()
            where = [each for each in dialog.findChildren(QLabel) if each.font() == measures.semi_bold(measures.PEOPLE)]
            assert len(where) == 1, [each.text() for each in where]
            corner = where[0].mapTo(dialog, QPoint(0, 0))
            assert (corner.x(), corner.y()) == (24, 20)
            shown = [each for each in dialog.findChildren(QPushButton) if each.isVisible()]
            last = max(each.mapTo(dialog, QPoint(0, 0)).y() for each in shown)
            row = sorted(
                (each for each in shown if each.mapTo(dialog, QPoint(0, 0)).y() == last),
                key=lambda each: each.mapTo(dialog, QPoint(0, 0)).x(),
            )
            ends = [each.mapTo(dialog, each.rect().topRight()).x() + 1 for each in row]
            begins = [each.mapTo(dialog, QPoint(0, 0)).x() for each in row]
            assert dialog.width() - ends[-1] == 24
            assert all(begin - end == 8 for end, begin in zip(ends, begins[1:], strict=False))
            dialog.close()

    run(story())
