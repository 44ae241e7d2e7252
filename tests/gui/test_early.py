"""The first picture, painted before there is a loop, and what follows it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktopmail.app.early import first_picture
from desktopmail.app.options import WindowOptions
from desktopmail.domain.ids import MessageId
from desktopmail.gui.window import MainWindow
from desktopmail.store.lock import ProfileLock
from desktopmail.store.store import Store
from tests.gui.desk import PARTS, Desk

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    run(desk.close())


def early(desk: Desk) -> MainWindow:
    """A window of which only the first picture is made, painted."""
    window = desk.window = MainWindow(desk.engine, PARTS, early=True)  # type: ignore[arg-type]
    window.show()
    desk.until(lambda: window.drawn)
    return window


@pytest.mark.parametrize("messages", [0, 30])
def test_completing_the_window_changes_nothing_in_its_picture(
    desk: Desk, run: Run, qtbot: QtBot, messages: int
) -> None:
    """Nothing jumps or appears late: what is painted first is what stays."""
    run(desk.set_up(messages))
    window = early(desk)
    before = window.grab().toImage()
    with qtbot.waitSignal(window.settled):
        window.complete()
    assert window.grab().toImage() == before


def test_a_first_start_offers_to_set_up_an_account_at_once(desk: Desk, qtbot: QtBot) -> None:
    window = early(desk)
    assert window.welcome.isVisible()
    window.complete()
    assert window.welcome.isVisible()


def test_a_completed_window_does_what_it_is_for(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Commands know what is selected, verbs reach the store, its news reach the list."""
    run(desk.set_up(5))
    window = early(desk)
    window.complete()
    assert window.commands.actions["write"].isEnabled()
    assert not window.commands.actions["archive"].isEnabled()
    first = MessageId(desk.ids[0])
    window.messages.choose([first])
    assert window.commands.actions["archive"].isEnabled()
    window.commands.run("archive")
    assert first not in desk.ids
    run(desk.arrive(5, 6, newer=60))
    desk.until(lambda: len(desk.ids) == 5)


def in_use(profile: Path) -> Store:
    return Store.open(profile)


def damaged(profile: Path) -> None:
    Store.open(profile).close_now()
    (profile / "mail.db").write_bytes(b"no database" * 1_000)


@pytest.mark.parametrize("trouble", [in_use, damaged])
def test_a_profile_that_cannot_be_opened_is_left_to_the_loop(
    trouble: Callable[[Path], Store | None], tmp_path: Path, qapp: object
) -> None:
    """No window, no box, nothing held: the loop tries again and says why."""
    profile = tmp_path / "profile"
    holder = trouble(profile)
    assert first_picture(WindowOptions(profile=str(profile)), None) is None
    if holder is not None:
        holder.close_now()
    ProfileLock(profile / "lock").release()
