"""A window that nobody touches: memory with 50,000 messages before and after an HTML mail is read, beside an empty
PySide6 window with one page of the web engine; and how often it wakes, beside an empty window."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench._process import memory, used
from tests.bench.bench_start import _fill

SETTLED = 12.0
WATCHED = 60.0
EMPTY = """
import sys
from PySide6.QtCore import Qt, QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

web = sys.argv[1:] == ["web"]
if web:
    from PySide6.QtWebEngineWidgets import QWebEngineView
QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1280, 800)
if web:
    view = QWebEngineView(window)
    window.setCentralWidget(view)
    view.setHtml("<h1>Hello</h1><p>A few words.</p>")
window.show()
app.exec()
"""
OURS = """
import sys
from PySide6.QtCore import QTimer
from desktopmail.app.options import WindowOptions
from desktopmail.app.window import run

def painted(window):
    if sys.argv[2:]:
        QTimer.singleShot(500, window, lambda: read(window))

def read(window):
    window.messages.choose([int(sys.argv[2])])
    window.going.open()

sys.exit(run(WindowOptions(profile=sys.argv[1]), painted))
"""
HTML = (
    b"From: Ada <ada@x.example>\r\nTo: me@demo.example\r\nSubject: In HTML\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<h1>Hello</h1><p style='color: #336'>A few words.</p>\r\n"
)


class Figures(NamedTuple):
    """MiB, wakes and seconds of CPU per second, and how many processes there are."""

    memory: float
    wakes: float
    cpu: float


def main(seconds: float = WATCHED) -> None:
    """Print the figures; nothing is asserted."""
    with tempfile.TemporaryDirectory() as place:
        profile = Path(place) / "profile"
        asyncio.run(_fill(profile, (50_000, 1_000)))
        letter = asyncio.run(_in_html(profile))
        empty = _watched([sys.executable, "-c", EMPTY], seconds)
        before = _watched([sys.executable, "-c", OURS, str(profile)], seconds)
        page = _watched([sys.executable, "-c", EMPTY, "web"], 0)
        after = _watched([sys.executable, "-c", OURS, str(profile), str(letter)], 0)
    print(f"memory, 50,000 messages, before any HTML mail: {before.memory:6.0f} MiB (goal ≤ 160)")
    print(f"memory after reading one:                      {after.memory:6.0f} MiB")
    print(f"memory of an empty window with one web page:   {page.memory:6.0f} MiB")
    print(f"ratio after reading one:                       {after.memory / page.memory:6.2f}     (goal ≤ 1.5)")
    print(f"idle for {seconds:.0f} s")
    print(f"wakes a second: {before.wakes:.2f}, an empty window {empty.wakes:.2f} (goal ≤ 2 more)")
    print(f"CPU: {before.cpu:.3%}, an empty window {empty.cpu:.3%} (goal ≤ 0.2 %)")


def _watched(command: list[str], seconds: float) -> Figures:
    """Start a window, let it settle, and watch it."""
    environment = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        time.sleep(SETTLED)
        if running.poll() is not None:
            raise RuntimeError("the window ended")
        began = used(running.pid)
        time.sleep(seconds)
        ended = used(running.pid)
        lasted = seconds or 1.0
        return Figures(memory(running.pid), (ended.wakes - began.wakes) / lasted, (ended.cpu - began.cpu) / lasted)
    finally:
        running.terminate()
        running.wait()


async def _in_html(profile: Path) -> int:
    """Give the newest message an HTML text; gives back its number."""
    from desktopmail.domain.folder import Role
    from desktopmail.engine.imap.bodies import keep
    from desktopmail.store.rows import Missing
    from desktopmail.store.store import Store

    store = Store.open(profile)
    account = (await store.read(lambda tx: tx.accounts.all()))[0]
    folder = await store.read(lambda tx: tx.folders.by_role(account.id, Role.INBOX).id)
    with contextlib.closing(store.reader()) as reader:
        newest = reader.ids(folder, False)[0]
    await keep(store, [(Missing(newest, folder, 1, len(HTML)), HTML)])
    await store.close()
    return newest


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
