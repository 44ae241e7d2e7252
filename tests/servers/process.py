"""What all test servers need: a folder of their own, free ports, and patience until a port answers."""

from __future__ import annotations

import os
import shutil
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


class Daemon:
    """A server process in the foreground. It ends with this program, however this program ends (where setpriv is)."""

    def __init__(self, *command: str) -> None:
        leash = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        self._process = subprocess.Popen(
            [*leash, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop(self, seconds: float = 20) -> None:
        """Ask it to end, wait until it has, insist when it does not."""
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)


def why_not(program: str) -> str | None:
    """Why a server cannot run here, for `pytest.skip`; None when it can."""
    if shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None:
        return f"{program} is not installed"
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return f"{program} has to be started by root"
    return None
