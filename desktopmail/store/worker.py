"""A thread that runs one job after the other and wakes the caller's loop once per job."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Worker:
    """Jobs run in the order they were handed over. A job whose waiter was cancelled still runs to its end."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T], after: Callable[[T], None] | None = None) -> T:
        """The value of `work()`, run on this thread. `after` is called with it on the calling loop before this
        returns, and also when the waiting task was cancelled meanwhile."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()

        def finish(job: Future[T]) -> None:
            error = job.exception()
            try:
                if error is None and after is not None:
                    after(job.result())
            finally:
                if waiter.done():
                    pass
                elif error is None:
                    waiter.set_result(job.result())
                else:
                    waiter.set_exception(error)

        def wake(job: Future[T]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(finish, job)

        self._thread.submit(work).add_done_callback(wake)
        return await waiter

    def call(self, work: Callable[[], T]) -> T:
        """Like `run`, for callers without a loop: blocks until the job is done."""
        return self._thread.submit(work).result()

    def stop(self) -> None:
        """Finish the jobs handed over so far and end the thread. Blocks until then."""
        self._thread.shutdown(wait=True)
