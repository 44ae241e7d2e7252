"""Start: from launching Python to the first picture of a window with a list of 50,000 messages, beside an empty window
of PySide6; the memory it then takes; and opening a folder of 100,000 messages to painted rows."""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EMPTY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, self.painted)

    def painted(self):
        sys.stdout.write(f"{time.time()} {time.process_time()}\\n")
        sys.stdout.flush()
        app.quit()

app = QApplication(sys.argv)
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""

OURS = """
import sys, time
sys.setswitchinterval(0.0005)
from desktopmail.app.options import parse
from desktopmail.app.window import run

def painted(window):
    found = [time.time(), time.process_time(), len(window.messages.model)]
    from PySide6.QtCore import QTimer
    window.settled.connect(lambda: found.append(time.time()))
    QTimer.singleShot(1500, window, lambda: done(window, *found))

def done(window, when, cpu, rows, ready):
    web = any(name.startswith("PySide6.QtWebEngine") for name in sys.modules)
    try:
        with open("/proc/self/smaps_rollup") as file:
            size = next(int(line.split()[1]) / 1024 for line in file if line.startswith("Pss:"))
    except OSError:
        size = 0
    sys.stdout.write(f"{when} {cpu} {ready} {rows} {len(window.messages.model)} {web} {size}\\n")
    sys.stdout.flush()
    window.close()

sys.exit(run(parse(["--profile", sys.argv[1]]), painted))
"""

RUNS = 15


def main() -> None:
    """Print both starts and their ratio on every platform there is, the memory, and the folder opening."""
    with tempfile.TemporaryDirectory() as place:
        profile = Path(place) / "profile"
        asyncio.run(_fill(profile, (50_000, 100_000)))
        _start("offscreen", dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"}, profile)
        with _screen() as display:
            if display:
                _start("xcb", dict(os.environ) | {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}, profile)
        offscreen = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-c", FOLDER, str(profile)]
        print(subprocess.run(command, capture_output=True, text=True, check=True, env=offscreen).stdout)


def _start(platform: str, environment: dict[str, str], profile: Path) -> None:
    # An installed program has its bytecode; where the variable forbids writing it, every start would compile anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    empty, ours = [], []
    for _ in range(RUNS):
        # In turns, so that whatever else the machine does slows both.
        empty.append(_run([sys.executable, "-c", EMPTY], environment))
        ours.append(_run([sys.executable, "-c", OURS, str(profile)], environment))
    pairs = list(zip(ours, empty, strict=True))
    for words, runs in (("an empty PySide6 window, painted", empty), ("desktopmail, list painted", ours)):
        print(f"{platform}: {words:32} {_told(runs, 0)} s, processor {_told(runs, 1)} s")
    last = ours[-1]
    print(f"{platform}: {'loop turns, input is taken':32} {_told(ours, 2)} s")
    print(f"{platform}: then {last[3]:.0f} rows, soon {last[4]:.0f}; web engine loaded: {bool(last[5])}")
    print(
        f"{platform}: ratio {statistics.median(a[0] / b[0] for a, b in pairs):.2f} (median of {RUNS} pairs),"
        f" {min(a[0] for a in ours) / min(b[0] for b in empty):.2f} of the quickest,"
        f" {statistics.median(a[1] / b[1] for a, b in pairs):.2f} in processor time (goal ≤ 2)"
    )
    print(f"{platform}: memory before any HTML mail {statistics.median(each[6] for each in ours):.0f} MiB (goal ≤ 160)")


def _told(runs: list[list[float]], place: int) -> str:
    values = [each[place] for each in runs]
    return f"{statistics.median(values):6.3f} (least {min(values):.3f})"


@contextmanager
def _screen() -> Iterator[str]:
    """The name of a screen of our own, empty where there is no Xvfb."""
    program = shutil.which("Xvfb")
    if program is None:
        yield ""
        return
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as file:
            number = file.readline().strip()
            yield f":{number}" if number else ""
    finally:
        server.terminate()
        server.wait()


FOLDER = """
import asyncio, os, statistics, sys, time
from desktopmail.app.options import WindowOptions
from desktopmail.app.window import run

def painted(window):
    folders = sorted(window.engine.library.folders(), key=lambda folder: folder.total)
    big, small = folders[-1], folders[0]
    for grouped in (False, True):
        window.messages.regroup(grouped)
        window.preferences.now = window.preferences.now
        times = []
        for _ in range(7):
            window.places.go(small.id)
            window.messages.view.grab()
            start = time.perf_counter()
            window.messages.show_place(big.id, "big", grouped=grouped)
            window.messages.view.grab()
            times.append((time.perf_counter() - start) * 1000)
        kind = "conversations" if grouped else "messages"
        print(f"open {big.total} messages as {kind}: {statistics.median(times):6.1f} ms to painted rows (goal ≤ 100)")
    window.close()

sys.exit(run(WindowOptions(profile=sys.argv[1]), lambda window: window.settled.connect(lambda: painted(window))))
"""


def _run(command: list[str], environment: dict[str, str]) -> list[float]:
    """What a start says of itself, its first number turned into seconds since it was launched; the third too."""
    start = time.time()
    words = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()
    found = [float(word in ("True",)) if word.isalpha() else float(word) for word in words]
    return [each - start if place in (0, 2) else each for place, each in enumerate(found)]


async def _fill(profile: Path, counts: tuple[int, ...]) -> None:
    """A profile with an Inbox of the first and an archive of the second number of messages."""
    from desktopmail.domain.account import NewAccount
    from desktopmail.domain.address import Address
    from desktopmail.domain.folder import Role
    from desktopmail.domain.message import Fetched, Flags
    from desktopmail.store.rows import NewMessage
    from desktopmail.store.store import Store

    store = Store.open(profile)
    account = await store.write(lambda tx: tx.accounts.add(NewAccount("ada@demo.example", "Demo", "Ada", None, None)))
    now = int(time.time())
    me = (Address("Ada", "ada@demo.example"),)
    for role, count in zip((Role.INBOX, Role.ARCHIVE), counts, strict=True):
        folder = await store.read(lambda tx, role=role: tx.folders.by_role(account, role).id)
        for first in range(0, count, 500):
            rows = [
                NewMessage(
                    account=account, folder=folder, key=b"", message_id=f"<{role.value}-{n}@x.example>",
                    references=(f"<{role.value}-{n // 3 * 3}@x.example>",) if n % 3 else (), date=now - n * 600,
                    received=now - n * 600, sender=(Address(f"Person {n % 97}", f"p{n % 97}@x.example"),), to=me, cc=(),
                    subject=f"About the matter number {n // 3}", preview="A few words of the text of this message " * 3,
                    flags=Flags.SEEN if n % 9 else Flags.NONE, tags=frozenset(), size=4000 + n, attachments=n % 11 == 0,
                    fetched=Fetched.FULL, content=None, structure=b"", list_id="",
                )
                for n in range(first, min(first + 500, count))
            ]  # fmt: skip
            await store.write(lambda tx, rows=rows: tx.messages.insert(rows))
    await store.close()


if __name__ == "__main__":
    main()
