"""The second start's side: finds the window that runs on a profile and hands it a wish. Loads no toolkit, so that a
click on an address costs no start of a program.

The window leaves its address in a file of the profile, which nobody else can write. That file is a hint and no lock:
after a crash it names a socket where nobody listens, and the start goes on as if it were not there.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

from desktopmail.domain.wish import Wish

CARD = "window"
"""The file's name."""
GRANTED, REFUSED = b"granted\n", b"refused\n"
LONGEST_NAME = 300
SECONDS = 5.0


def address(profile: Path) -> str:
    """Where the window of a profile listens, or listened; empty when it left no word."""
    try:
        with (profile / CARD).open("rb") as file:
            return file.read(LONGEST_NAME).decode("utf-8", "surrogateescape").strip()
    except OSError:
        return ""


def hand_over(profile: Path, wish: Wish) -> bool:
    """Give a wish to the window that runs on a profile; takes some seconds at most. False when there is none, or it
    did not take it. Raises ValueError for a wish that no window takes, where there is a window to ask."""
    name = address(profile)
    if not name:
        return False
    line = wish.encode()
    ask = _ask_pipe if sys.platform == "win32" else _ask_socket
    return ask(name, line) == GRANTED


def _ask_socket(name: str, line: bytes) -> bytes:
    """Say a line to a socket of the file system; its answer, or nothing."""
    import socket

    end = time.monotonic() + SECONDS
    answer = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line_out, contextlib.suppress(OSError):
        line_out.settimeout(SECONDS)
        line_out.connect(os.fsencode(name))
        line_out.sendall(line)
        while not answer.endswith(b"\n") and len(answer) < 100 and (left := end - time.monotonic()) > 0:
            line_out.settimeout(left)
            more = line_out.recv(100)
            if not more:
                break
            answer += more
    return answer


def _ask_pipe(name: str, line: bytes) -> bytes:
    """Say a line to a named pipe, whose reads know no time limit: a thread waits for them."""
    answer: list[bytes] = []

    def exchange() -> None:
        with contextlib.suppress(OSError), Path(rf"\\.\pipe\{name}").open("r+b", buffering=0) as pipe:
            pipe.write(line)
            answer.append(pipe.read(100))

    thread = threading.Thread(target=exchange, daemon=True)
    thread.start()
    thread.join(SECONDS)
    return b"".join(answer)
