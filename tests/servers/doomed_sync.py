"""A program that synchronises one profile and kills itself at a chosen moment: after so many jobs of the store's
threads, and a few microseconds. Started by the test that looks at what is left.

    python -m tests.servers.doomed_sync PROFILE HOST PORT USER JOBS MICROSECONDS     (password in DOOMED_PASSWORD)
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktopmail.domain.account import Endpoint, Security
from desktopmail.store.worker import Worker
from tests.servers.two_sides import Ours


def doom(jobs: int, microseconds: int) -> None:
    """Arrange for the end."""
    left = jobs
    run = Worker.run

    def die() -> None:
        time.sleep(microseconds / 1e6)
        os.kill(os.getpid(), signal.SIGKILL)

    async def counted(self: Worker, work: Callable[[], Any], after: Callable[[Any], None] | None = None) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            threading.Thread(target=die, daemon=True).start()
        return await run(self, work, after)

    Worker.run = counted  # type: ignore[method-assign, assignment]


async def main(arguments: list[str]) -> int:
    folder, host, port, user, jobs, microseconds = arguments
    endpoint = Endpoint(host, int(port), Security.TLS, user)
    ours = await Ours.open(Path(folder), endpoint, os.environ["DOOMED_PASSWORD"])
    if int(jobs):
        doom(int(jobs), int(microseconds))
    report = await ours.sync()
    await ours.store.close()
    return len(report.problems)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
