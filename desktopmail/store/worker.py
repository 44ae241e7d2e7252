"""A thread that runs one job after the other and wakes the caller's loop once per job."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")


class Worker:
    """Jobs run in the order they were handed over. A job whose waiter was cancelled still runs to its end.

    The thread, and the modules it takes, come with the first job: a window is painted before there is one."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(max_workers=1, thread_name_prefix=self._name)

    async def run(self, work: Callable[[], T], after: Callable[[T], None] | None = None) -> T:
        """The value of `work()`, run on this thread. `after` is called with it on the calling loop before this
        returns, and also when the waiting task was cancelled meanwhile."""
        import asyncio

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
        if "_thread" in self.__dict__:
            self._thread.shutdown(wait=True)
