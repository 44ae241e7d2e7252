"""A composer before a person: the real window on the real engine, offline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security, SmtpServer
from desktopmail.domain.action import Receipt
from desktopmail.domain.draft import Draft
from desktopmail.engine.engine import Engine
from desktopmail.gui.composer.window import ComposerWindow
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.strip import Strip
from desktopmail.store.secrets import Memory


async def until(condition: Callable[[], object]) -> None:
    """Turn the loop until something is true; fifteen seconds at most."""
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - conditions of widgets have no event
            await asyncio.sleep(0.002)


@dataclass
class Desk:
    """An engine with one account, and the composers that were opened on it."""

    engine: Engine
    windows: list[ComposerWindow] = field(default_factory=list)
    sent: list[Receipt] = field(default_factory=list)
    saved: list[Draft] = field(default_factory=list)
    discarded: list[Receipt] = field(default_factory=list)
    gone: int = 0

    async def write(self, draft: Draft | None = None) -> ComposerWindow:
        """Open a composer."""
        window = ComposerWindow(self.engine, draft or await self.engine.composing.new())
        window.sent.connect(self.sent.append)
        window.draft_saved.connect(self.saved.append)
        window.discarded.connect(self.discarded.append)
        window.destroyed.connect(self._one_gone)
        self.windows.append(window)
        window.show()
        return window

    def _one_gone(self) -> None:
        self.gone += 1


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Callable[[], object]:
    """`async with desk() as d:` a desk that is cleared at the end."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Desk]:
        theme().start("light")
        engine = await Engine.open(tmp_path / "profile", passwords=Memory(), offline=True)
        place = Endpoint("mail.example.org", 993, Security.TLS, "robin@example.org")
        outgoing = SmtpServer(Endpoint("mail.example.org", 465, Security.TLS, "robin@example.org"))
        new = NewAccount("robin@example.org", "Home", "Robin Meyer", ImapServer(place), outgoing)
        await engine.accounts.add(new, "secret", keep=False)
        made = Desk(engine)
        try:
            yield made
        finally:
            await close_tasks()
            left = len(made.windows) - made.gone
            for window in made.windows[len(made.windows) - left :] if left else ():
                window._done = True
                window.close()
            await engine.close()

    return opened


def press(window: QWidget, words: str) -> None:
    """Click the button with these words."""
    found = [
        each
        for each in window.findChildren(QAbstractButton)
        if words in (each.accessibleName(), each.text()) and each.isVisibleTo(window)
    ]
    assert found, [each.text() for each in window.findChildren(QAbstractButton)]
    found[0].click()


def notes(window: QWidget) -> list[str]:
    """What the strips say."""
    return [each.accessibleName() for each in window.findChildren(Strip) if each.isVisibleTo(window)]
