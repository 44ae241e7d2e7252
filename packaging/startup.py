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

RUNS = 15
TOLERANCE = 1.05
"""How much slower the frozen start may measure before it counts as slower; two rows of the same program differ by as
much."""


def compare(program: Path) -> str:
    """The shortest starts of both, in seconds by the clock and of processor. Raises RuntimeError when the frozen one is
    slower by both: other work on the machine spoils the clock, and a thread on another core the other number."""
    if gone := [tool for tool in ("Xvfb", "xdotool", "setpriv") if shutil.which(tool) is None]:
        raise RuntimeError("missing: " + ", ".join(gone))
    commands = {"frozen": [str(program)], "unfrozen": [sys.executable, "-m", product.NAME]}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    with _screen() as display, tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        for turn in range(RUNS + 1):
            # In turn, and each as often the first of a pair; the first pair fills the caches and makes the profiles.
            for name in sorted(commands, reverse=turn % 2 == 1):
                taken = _once(commands[name], display, Path(place) / name, person=name == "frozen")
                if turn:
                    times[name].append(taken)
    return judged(times)


def judged(times: dict[str, list[tuple[float, float]]]) -> str:
    """What the times of both say. Raises RuntimeError when the frozen ones are slower."""
    best = {name: [min(column) for column in zip(*rows, strict=True)] for name, rows in times.items()}
    ratios = [frozen / unfrozen for frozen, unfrozen in zip(best["frozen"], best["unfrozen"], strict=True)]
    pairs = [one[0] / two[0] for one, two in zip(times["frozen"], times["unfrozen"], strict=True)]
    said = ", ".join(f"{name} {wall:.3f} s ({work:.3f} s of processor)" for name, (wall, work) in best.items())
    said += f": × {ratios[0]:.2f} and × {ratios[1]:.2f}, median of {len(pairs)} pairs × {statistics.median(pairs):.2f}"
    if min(ratios) > TOLERANCE:
        raise RuntimeError(f"the frozen start is slower: {said}")
    return f"window on the screen after {said}"


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
