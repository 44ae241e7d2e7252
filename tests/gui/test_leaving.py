"""Closing the window right after a key: what the key began is done, and nothing fails on what has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopmail.app.window import dispose
from desktopmail.domain.folder import Role
from desktopmail.gui.loop import Tasks
from tests.gui.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, run: Any) -> Iterator[Desk]:
    made = Desk(tmp_path / "profile")
    made.run = run
    yield made
    run(made.close())


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
