"""What window tests stand on: the application as the product sets it up, and one qasync loop per test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
import qasync
import shiboken6
from PySide6.QtWidgets import QApplication

from desktopmail.gui.loop import NestedRuns, finish
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


class TurningLoop(qasync.QEventLoop):  # type: ignore[misc]
    """Counts as running also between two runs: tests that press keys turn Qt's events, and with them its tasks, as the
    program's loop does, which never rests."""

    def run_forever(self) -> int:
        try:
            return int(super().run_forever())
        finally:
            asyncio.events._set_running_loop(self)


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    """The loop of this test, set as the current one; tasks that are left over are cancelled at the end."""
    loop = TurningLoop(NestedRuns(qapp))
    workers = ThreadPoolExecutor(thread_name_prefix="work")
    loop.set_default_executor(workers)
    asyncio.set_event_loop(loop)
    asyncio.events._set_running_loop(loop)
    yield loop
    finish(loop, workers)
    asyncio.events._set_running_loop(None)
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
