"""Watches a process and all its children from outside: where they connect or send to, what they start, what they say.

The verdict is the kernel's: `strace` notes every such system call, of the web engine's processes too.
"""

from __future__ import annotations

import base64
import re
import shutil
import socket
import subprocess
import threading
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "connect,sendto,sendmsg,sendmmsg,execve"
_INTERNET = (
    re.compile(r'sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)'),
    re.compile(r'sa_family=AF_INET6, sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"'),
)
_NAMES = re.compile(r'sun_path="[^"]*(?:nscd|resolve|avahi|sssd)[^"]*"[^=]*\) = 0')


def missing() -> str | None:
    """Why nothing can be watched here; None when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    probe = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-e", "trace=connect", "true"], capture_output=True, check=False
    )
    return None if probe.returncode == 0 else "strace may not trace here"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a watched program did. `calls` is the raw record."""

    code: int
    out: str
    err: str
    calls: str

    def places(self) -> set[tuple[str, int]]:
        """Address and port of every Internet connection or datagram that was tried."""
        found = {(address, int(port)) for pattern in _INTERNET for port, address in pattern.findall(self.calls)}
        return {(address, port) for address, port in found if port}

    def look_ups(self) -> list[str]:
        """Questions to a service of this computer that looks up names."""
        return _NAMES.findall(self.calls)

    def processes(self) -> list[str]:
        """Programs that were started, with arguments and environment."""
        return [line for line in self.calls.splitlines() if " execve(" in line]


def watch(command: list[str], record: Path, *, given: str, environment: dict[str, str], seconds: float) -> Seen:
    """Run a program to its end under the eye of strace."""
    tracing = ["strace", "-f", "--seccomp-bpf", "-v", "-s", "4096", "-o", str(record), "-e", f"trace={CALLS}"]
    done = subprocess.run(
        [*tracing, *command], input=given, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    return Seen(done.returncode, done.stdout, done.stderr, record.read_text(errors="replace"))


@dataclass
class Listener:
    """Accepts every connection to a few addresses of this computer and notes it."""

    addresses: tuple[str, ...] = ("127.0.0.1", "127.0.0.9")
    callers: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Listener:
        self._sockets: list[socket.socket] = []
        for address in self.addresses:
            made = socket.create_server((address, self.port))
            self.port = made.getsockname()[1]
            self._sockets.append(made)
            threading.Thread(target=self._serve, args=(made,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        for each in self._sockets:
            each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _serve(self, where: socket.socket) -> None:
        while True:
            try:
                line, _ = where.accept()
            except OSError:
                return
            with line:
                line.settimeout(0.2)
                try:
                    self.callers.append(line.recv(400).split(b"\r\n")[0].decode("latin-1"))
                except OSError:
                    self.callers.append("")


def spellings(secret: str) -> set[str]:
    """A secret as it might stand in a text: plain, quoted, in base64 at any offset."""
    raw = secret.encode()
    coded = {base64.b64encode(b"x" * offset + raw).decode()[4 * bool(offset) : -4] for offset in range(3)}
    return {secret, repr(secret)[1:-1], urllib.parse.quote(secret), urllib.parse.quote_plus(secret), raw.hex()} | coded
