"""Measures the start: from launching to a window on the screen, frozen beside unfrozen, on an X server of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import product

RUNS = 7
TOLERANCE = 1.15
"""How much slower the frozen start may measure, on a machine that does other things, before it counts as slower."""


def compare(program: Path) -> str:
    """Median seconds of both, taken in turn. Raises RuntimeError when the frozen program is the slower one."""
    if gone := [tool for tool in ("Xvfb", "xdotool", "setpriv") if shutil.which(tool) is None]:
        raise RuntimeError("missing: " + ", ".join(gone))
    frozen, unfrozen = [str(program)], [sys.executable, "-m", product.NAME]
    with _screen() as display, tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        times: dict[str, list[tuple[float, float]]] = {"frozen": [], "unfrozen": []}
        for turn in range(RUNS + 1):
            for name, command in (("frozen", frozen), ("unfrozen", unfrozen)):
                taken = _once(command, display, Path(place) / name, person=name == "frozen")
                if turn:
                    times[name].append(taken)
    medians = {name: statistics.median(wall for wall, _ in each) for name, each in times.items()}
    work = {name: statistics.median(used for _, used in each) for name, each in times.items()}
    ratio = medians["frozen"] / medians["unfrozen"]
    said = ", ".join(f"{name} {medians[name]:.2f} s ({work[name]:.2f} s of processor)" for name in times)
    if ratio > TOLERANCE:
        raise RuntimeError(f"the frozen start is slower: {said}")
    return f"window on the screen after: {said} (× {ratio:.2f}, median of {RUNS})"


def _once(command: list[str], display: str, home: Path, *, person: bool) -> tuple[float, float]:
    """Seconds until the window is on the screen, and of processor until the program was ended thereafter."""
    home.mkdir(exist_ok=True)
    home.chmod(0o777)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DISPLAY": display,
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "xcb",
        "DESKTOPMAIL_SECRETS": "memory",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
    }
    # The frozen window does not open for root, and a checkout may be root's alone; both take the same way in.
    who = "65534" if person else "0"
    drop = ["setpriv", f"--reuid={who}", f"--regid={who}", "--clear-groups"] if os.geteuid() == 0 else []
    start = time.monotonic()
    process = subprocess.Popen(
        [*drop, *command], env=environment, cwd=product.ROOT, stderr=subprocess.DEVNULL, start_new_session=True
    )
    look = ["xdotool", "search", "--onlyvisible", "--name", product.TITLE]
    try:
        while subprocess.run(look, capture_output=True, env=environment, check=False).returncode:
            if process.poll() is not None or time.monotonic() - start > 60:
                raise RuntimeError(f"{command[0]} showed no window")
        taken = time.monotonic() - start
        os.killpg(process.pid, signal.SIGTERM)
        usage = os.wait4(process.pid, 0)[2]
        return taken, usage.ru_utime + usage.ru_stime
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while not subprocess.run(look, capture_output=True, env=environment, check=False).returncode:
            time.sleep(0.05)


@contextmanager
def _screen() -> Iterator[str]:
    """An X server, on the first free display."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
