"""What window tests stand on: the application as the product sets it up, and one qasync loop per test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import qasync
import shiboken6
from PySide6.QtWidgets import QApplication

from desktopmail.gui.loop import NestedRuns
from desktopmail.gui.reader import prepare

T = TypeVar("T")

prepare.before_application()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What Qt warns about fails the test, but for what the screenless platform always says."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", "OpenType support missing"))


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    """The loop of this test, set as the current one; tasks that are left over are cancelled at the end."""
    loop = qasync.QEventLoop(NestedRuns(qapp))
    asyncio.set_event_loop(loop)
    yield loop
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    # Transports close one turn after they were told to.
    loop.run_until_complete(asyncio.sleep(0.001))
    asyncio.set_event_loop(None)
    loop.close()
    # Its timers end with it, and on this thread, not whenever another thread happens to collect garbage.
    shiboken6.delete(loop._timer)


@pytest.fixture
def run(qloop: qasync.QEventLoop) -> Callable[[Coroutine[Any, Any, T]], T]:
    """Run a coroutine on the test's loop, with Qt's events, at most 30 seconds."""

    def runner(work: Coroutine[Any, Any, T]) -> T:
        return qloop.run_until_complete(asyncio.wait_for(work, 30))

    return runner
