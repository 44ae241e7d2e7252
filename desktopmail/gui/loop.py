"""The one loop of the program: Qt's events and every coroutine of engine and window, and tasks whose failures show.

The modules of the loop are loaded by `run`: a window is painted before there is one."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QObject
from PySide6.QtWidgets import QApplication

from desktopmail.domain.errors import MailError
from desktopmail.domain.product import APP_ID, NAME

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Executor

    from desktopmail.domain.activity import Problem

TRANSLATIONS = Path(__file__).resolve().parents[2] / "resources" / "translations"


class NestedRuns:
    """Lets qasync start and stop more than once: a second `QApplication.exec()` after any web view crashes, nested
    event loops do not. Everything else goes to the application."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._running: list[QEventLoop] = []

    def exec(self) -> int:
        """Turn until `exit`."""
        loop = QEventLoop()
        self._running.append(loop)
        try:
            return loop.exec()
        finally:
            self._running.pop()

    def exit(self, code: int = 0) -> None:
        """End the innermost turn."""
        if self._running:
            self._running[-1].exit(code)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._application, name)


def application() -> QApplication:
    """The one application object, made when there is none yet, in the language of the person."""
    from desktopmail.gui.style.theme import STYLE, STYLE_KEY

    made = QApplication.instance()
    if made is None:
        made = QApplication([*sys.argv[:1], "-style", STYLE])
        made.setProperty(STYLE_KEY, STYLE)
        if TRANSLATIONS.is_dir():
            from desktopmail.gui.language import speak

            speak(made, TRANSLATIONS)
    assert isinstance(made, QApplication)
    made.setQuitOnLastWindowClosed(False)
    made.setApplicationName(NAME)
    made.setDesktopFileName(APP_ID)
    return made


def run(main: Callable[[], Awaitable[int]]) -> int:
    """Run the program: `main` is awaited on a new loop, its value is the exit code. What is still running then is
    cancelled and waited for."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    from desktopmail.gui.garbage import Garbage

    turning = NestedRuns(application())
    garbage = Garbage()
    loop = qasync.QEventLoop(turning)
    # qasync's own threads write the arguments and results of what they run, passwords among them, to its log.
    workers = ThreadPoolExecutor(thread_name_prefix="work")
    loop.set_default_executor(workers)
    asyncio.set_event_loop(loop)

    async def whole() -> int:
        return await main()

    try:
        return int(loop.run_until_complete(whole()))
    finally:
        finish(loop, workers)
        asyncio.set_event_loop(None)
        loop.close()
        garbage.end()


def finish(loop: Any, workers: Executor) -> None:
    """Cancel what still runs on a loop that stands, and wait for it and for its threads: what a thread has to say after
    the loop was closed would fail."""
    import asyncio

    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    workers.shutdown()
    # Transports close one turn after they were told to.
    loop.run_until_complete(asyncio.sleep(0.001))


class Tasks:
    """Starts coroutines from slots. A known failure is handed to `tell` as a Problem; a bug goes to the loop's
    exception handler, as every bug does."""

    def __init__(self) -> None:
        self.tell: Callable[[Problem], None] = lambda problem: None
        self._running: set[asyncio.Task[Any]] = set()
        self._bound: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], *, bound: bool = False) -> asyncio.Task[Any]:
        """Start it; it is kept alive until it ends. `bound`: something else ends it."""
        import asyncio

        task = asyncio.ensure_future(work)
        self._running.add(task)
        if bound:
            self._bound.add(task)
        task.add_done_callback(self._done)
        return task

    async def settle(self, seconds: float) -> None:
        """Wait for everything that nothing else ends; what takes longer is cancelled."""
        import asyncio

        if waiting := self._running - self._bound:
            _, late = await asyncio.wait(waiting, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def close(self) -> None:
        """Cancel what is still running and wait for it."""
        import asyncio

        left = list(self._running)
        for task in left:
            task.cancel()
        if left:
            await asyncio.gather(*left, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self._bound.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, MailError):
            self.tell(error.problem())
        elif error is not None:
            task.get_loop().call_exception_handler(
                {"message": "A task of the window failed", "exception": error, "task": task}
            )


_tasks = Tasks()


def spawn(work: Coroutine[Any, Any, Any], owner: QObject | None = None) -> asyncio.Task[Any]:
    """Start a coroutine on the program's loop. A known failure is told as a Problem, see `tell_problems`. With an
    `owner` it ends when that object goes: for what is only of use to a window that may be closed meanwhile."""
    task = _tasks.spawn(work, bound=owner is not None)
    if owner is not None:
        owner.destroyed.connect(lambda: task.cancel())  # noqa: PLW0108 - the signal carries the object
    return task


def tell_problems(tell: Callable[[Problem], None]) -> None:
    """Say who shows the failures of spawned coroutines."""
    _tasks.tell = tell


async def settle_tasks(seconds: float) -> None:
    """Let what a person began come to its end before the window goes; what takes longer is cancelled."""
    await _tasks.settle(seconds)


async def close_tasks() -> None:
    """Cancel every spawned coroutine and wait for the end of each."""
    await _tasks.close()
