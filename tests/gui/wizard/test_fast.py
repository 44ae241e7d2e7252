"""The fast path: name, address and password, and the first message is on screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktopmail.app.window import wizard as over
from desktopmail.domain.folder import Role
from desktopmail.domain.found import FoundServers
from desktopmail.engine.engine import Engine
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.window import MainWindow, Parts
from desktopmail.gui.wizard.window import AccountWizard
from desktopmail.protocols.autoconfig import facts
from desktopmail.store.secrets import Memory
from tests.gui.desk import PlainComposer, PlainReader
from tests.gui.wizard.conftest import Person, until
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

Run = Callable[[Coroutine[Any, Any, None]], None]
SECONDS = 3.0
"""From Continue to the first message, with servers that answer at once."""


@asynccontextmanager
async def first_start(folder: Path) -> AsyncIterator[tuple[MainWindow, Person]]:
    """A window without accounts, and a person before the wizard that its button opens."""
    engine = await Engine.open(folder / "profile", passwords=Memory())
    opened: list[AccountWizard] = []

    def make(engine: Engine) -> Any:
        opened.append(over(engine, window))  # type: ignore[arg-type]
        return opened[-1]

    window = MainWindow(engine, Parts(PlainReader, PlainComposer, make))  # type: ignore[arg-type]
    window.show()
    try:
        await engine.start()
        window.welcome.button.click()
        yield window, Person(engine, opened[-1], [])
    finally:
        window.close()
        window.deleteLater()
        await close_tasks()
        await engine.close()


@pytest.mark.parametrize("way", ["imap", "pop3"])
def test_from_the_password_to_the_first_message(
    tmp_path: Path,
    run: Run,
    dovecot: Dovecot,
    postfix: Postfix,
    dovecot_user: User,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    dovecot.seed(dovecot_user, "INBOX", [b"From: bob@example.org\r\nSubject: Welcome aboard\r\n\r\nHello\r\n"])
    imap, pop3 = (dovecot.endpoint(kind, dovecot_user) for kind in ("imaps", "pop3s"))
    out = postfix.endpoint("smtps", dovecot_user)
    both = (imap,) if way == "imap" else ()
    known = FoundServers(dovecot_user.address, "Example", facts.SOURCE, both, (pop3,), (out,))
    monkeypatch.setattr(facts, "look_up", lambda address: known)

    async def once(folder: Path) -> float:
        async with first_start(folder) as (window, ada):
            ada.introduce(dovecot_user)
            begun = time.monotonic()
            await ada.found()
            ada.press(Qt.Key.Key_Return)
            await ada.done()
            ada.press(Qt.Key.Key_Return)
            await until(lambda: len(window.messages.model.vector.ids) == 1)
            took = time.monotonic() - begun
            inbox = next(each for each in ada.engine.library.folders() if each.role is Role.INBOX)
            assert window.places.place == inbox.id
            assert ada.actions <= 6
            return took

    async def work() -> None:
        # Something else may have needed the computer the first time.
        if await once(tmp_path / "first") >= SECONDS:
            assert await once(tmp_path / "second") < SECONDS

    run(work())
