"""The end of a loop: nobody speaks to it afterwards."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import qasync
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopmail.gui.loop import NestedRuns, finish


def test_what_a_thread_says_after_the_end_reaches_nobody(qapp: QApplication, qtbot: QtBot) -> None:
    gate = threading.Event()
    loop = qasync.QEventLoop(NestedRuns(qapp))
    workers = ThreadPoolExecutor()
    loop.set_default_executor(workers)
    asyncio.set_event_loop(loop)

    async def leave_it() -> None:
        task = asyncio.ensure_future(asyncio.to_thread(gate.wait))
        await asyncio.sleep(0)
        task.cancel()
        threading.Timer(0.1, gate.set).start()

    loop.run_until_complete(leave_it())
    finish(loop, workers)
    asyncio.set_event_loop(None)
    loop.close()
    shiboken6.delete(loop._timer)
    with qtbot.captureExceptions() as faults:
        qapp.processEvents()
    assert faults == []
