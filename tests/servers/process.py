"""What all test servers need: a folder of their own, free ports, and patience until a port answers."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


class ServerFailed(RuntimeError):
    """A test server did not start or stop; the text holds the end of its log."""


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def open_folder(name: str) -> Path:
    """A new folder that the server's own users may enter. Short, because Unix sockets in it have a length limit."""
    parent = Path(tempfile.gettempdir())
    if len(str(parent)) > 40 or not parent.stat().st_mode & 0o001:
        parent = Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
    folder.chmod(0o755)
    return folder


def drop_folder(folder: Path) -> None:
    """Remove a folder with everything in it."""
    shutil.rmtree(folder, ignore_errors=True)


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Look every 10 ms whether `done()`; False when the time is over."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def port_answers(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_greets(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1 and says the first word."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(("127.0.0.1", port))
            return bool(probe.recv(1))
        except OSError:
            return False


GUARD = """trap 'kill -TERM "$child"' TERM; "$@" & child=$!; wait "$child"; wait "$child" """


class Daemon:
    """A server process in the foreground. A shell of its own guards it, so that it ends with this program, however
    this program ends (where setpriv is)."""

    def __init__(self, *command: str) -> None:
        leash = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        self._process = subprocess.Popen(
            [*leash, "sh", "-c", GUARD, "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self, seconds: float = 20) -> None:
        """Ask it to end and wait until it and all its children have; insist when they do not."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        wait_until(lambda: not self._group_alive(), 0.3)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(5)

    def _group_alive(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True


def why_not(program: str) -> str | None:
    """Why a server cannot run here, for `pytest.skip`; None when it can."""
    if shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None:
        return f"{program} is not installed"
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return f"{program} has to be started by root"
    return None
