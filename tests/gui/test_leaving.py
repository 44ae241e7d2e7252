"""Closing the window right after a key: what the key began is done, and nothing fails on what has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktopmail.app.options import WindowOptions
from desktopmail.app.window import _main, dispose
from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security, SmtpServer
from desktopmail.domain.errors import DiskFull
from desktopmail.domain.folder import Role
from desktopmail.gui.composer.window import ComposerWindow
from desktopmail.gui.loop import Tasks
from desktopmail.gui.window import MainWindow
from tests.gui.desk import Desk
from tests.journeys.house import until


@pytest.fixture
def desk(tmp_path: Path, run: Any) -> Iterator[Desk]:
    made = Desk(tmp_path / "profile")
    made.run = run
    yield made
    run(made.close())


def shown(kind: type[QWidget]) -> list[Any]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]


@pytest.mark.webengine
def test_what_cannot_be_kept_brings_the_window_back_once(run: Any, tmp_path: Path) -> None:
    """Nothing that was written is lost without a word; who closes the window again leaves all the same."""

    async def story() -> None:
        life = asyncio.ensure_future(_main(WindowOptions(profile=str(tmp_path / "profile")), None))
        await until(lambda: shown(MainWindow))
        window: MainWindow = shown(MainWindow)[0]
        place = Endpoint("mail.invalid", 993, Security.TLS, "robin")
        new = NewAccount("robin@mail.invalid", "Home", "Robin", ImapServer(place), SmtpServer(place))
        account = await window.engine.accounts.add(new, "secret", keep=False)
        window.writing.new()
        await until(lambda: shown(ComposerWindow))
        composer = shown(ComposerWindow)[0]
        QTest.keyClicks(composer.heading.subject, "Thursday")
        await window.engine.accounts.remove(account)
        window.close()
        await until(lambda: window.isVisible() and "Thursday" in window.toast.text)
        assert composer.isVisible()
        assert "no account to write from" in " ".join(each.text() for each in composer.notes.findChildren(QLabel))
        assert not life.done()
        window.close()
        assert await life == 0
        composer._done = True
        composer.close()

    run(story())


def test_a_full_disk_holds_nobody(desk: Desk, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(**values: Any) -> None:
        raise DiskFull("The disk is full")

    async def story() -> None:
        await desk.set_up(1)
        window = desk.open()
        monkeypatch.setattr(desk.engine, "change_settings", full)
        window.close()
        desk.window = None
        await window.finish()
        await dispose(window)

    run(story())


@pytest.mark.parametrize("verb", ["trash", "archive", "star", "undo"])
def test_a_verb_is_done_though_the_window_is_closed_at_once(desk: Desk, run: Any, verb: str) -> None:
    async def story() -> None:
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: failures.append(context))
        await desk.set_up(3)
        window = desk.open()
        window.messages.choose([window.messages.model.vector.ids[0]])  # type: ignore[list-item]
        window.commands.actions[verb].trigger()
        window.close()
        desk.window = None
        await dispose(window)
        await asyncio.sleep(0.02)
        assert failures == []
        role = {"trash": Role.TRASH, "archive": Role.ARCHIVE}.get(verb)
        assert role is None or len(desk.engine.library.ids(desk.folder(role))) == 1

    run(story())


def test_what_takes_too_long_is_cancelled_and_what_is_bound_is_left_alone(run: Any) -> None:
    async def story() -> None:
        tasks = Tasks()
        slow = tasks.spawn(asyncio.sleep(3600))
        bound = tasks.spawn(asyncio.sleep(3600), bound=True)
        quick = tasks.spawn(asyncio.sleep(0, "done"))
        await tasks.settle(0.05)
        assert slow.cancelled()
        assert quick.result() == "done"
        assert not bound.done()
        await tasks.close()
        assert bound.cancelled()

    run(story())
