"""A screen, a window manager, a message bus with accessibility, and a program on it: nothing of the person's own.

`python3 stage.py PROFILE FACTS PROGRAM …` plays `person.py` in a system that has nothing of this project but the three
files of this folder; FACTS is a JSON file. Needs only the standard library.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL

SYSTEM_PYTHON = "/usr/bin/python3"
LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
TOOLS = ("Xvfb", "openbox", "dbus-daemon", "xdotool", SYSTEM_PYTHON, LAUNCHER)
BINDINGS = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
SCREEN = ("Xvfb", "-displayfd", "-noreset", "-nolisten", "tcp", "-screen", "0", "1400x900x24")
"""Without `-noreset` the server begins anew when the first guest of all leaves, and throws out who is just coming."""
PATIENCE = 120
"""Seconds until the window manager has to be there."""
LONGEST = 900
"""Seconds for the whole story. A busy machine needs a minute."""


def missing() -> str:
    """Why there is no stage here; empty when there is one."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        return f"not here: {', '.join(absent)}"
    bound = subprocess.run([SYSTEM_PYTHON, "-c", BINDINGS], capture_output=True, check=False)
    return "" if bound.returncode == 0 else "the system's Python has no AT-SPI bindings (python3-gi, gir1.2-atspi-2.0)"


@contextmanager
def stage() -> Iterator[dict[str, str]]:
    """The environment of everything that is to appear on a screen of its own."""
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "XDG_RUNTIME_DIR": home, "LANG": "C.UTF-8"}
        environment |= {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        environment |= {name: os.environ[name] for name in ("SSL_CERT_FILE",) if name in os.environ}
        try:
            environment["DISPLAY"] = f":{_told(running, *SCREEN)}"
            environment["DBUS_SESSION_BUS_ADDRESS"] = _told(running, "dbus-daemon", "--print-address", "--session")
            for tool in ("openbox", f"{LAUNCHER} --launch-immediately"):
                running.append(subprocess.Popen(tool.split(), env=environment, stdout=DEVNULL, stderr=DEVNULL))
            _managed(environment)
            yield environment
        finally:
            for each in reversed(running):
                each.terminate()
                each.wait()


def _told(running: list[subprocess.Popen[bytes]], tool: str, how: str, *rest: str) -> str:
    """Start something that writes down where it is."""
    reading, writing = os.pipe()
    joined = [f"{how}={writing}"] if how.startswith("--") else [how, str(writing)]
    command = [tool, *joined, *rest]
    running.append(subprocess.Popen(command, pass_fds=[writing], stdout=DEVNULL, stderr=DEVNULL))
    os.close(writing)
    with os.fdopen(reading) as file:
        return file.readline().strip()


def _managed(environment: Mapping[str, str]) -> None:
    """Wait for the window manager: only it gives the keyboard back to a window when a dialog over it has gone."""
    end = time.monotonic() + PATIENCE
    while subprocess.run(["xdotool", "get_desktop"], env=environment, capture_output=True, check=False).returncode:
        if time.monotonic() > end:
            raise RuntimeError("the window manager did not come")
        time.sleep(0.1)


def play(program: Sequence[str], profile: Path, facts: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Start the program with this profile, let the person of `person.py` work it, and end it. What was done is said
    line by line, `sandboxed` after it when the web engine was in its sandbox."""
    with stage() as environment:
        told = profile.with_suffix(".json")
        told.write_text(json.dumps(dict(facts)), encoding="utf-8")
        own = {"DESKTOPMAIL_SECRETS": "memory"}
        if os.geteuid() == 0:
            own["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        command = [*program, "--profile", str(profile)]
        running = subprocess.Popen(
            command, env=environment | own, start_new_session=True, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            person = [SYSTEM_PYTHON, str(Path(__file__).with_name("person.py")), str(told)]
            done = subprocess.run(person, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)
            done.stdout += "sandboxed\n" if _sandboxed() else ""
            return done
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait()


def _sandboxed() -> bool:
    """Whether a process of the web engine that belongs to this user has its system calls filtered."""
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":\t", 1) for line in path.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        mine = facts["Uid"].split("\t")[0] == str(os.getuid())
        if mine and facts["Name"].startswith("QtWebEngine") and facts["Seccomp"] == "2":
            return True
    return False


def own_program() -> list[str]:
    """What is played: DESKTOPMAIL_PROGRAM, or the program of this checkout."""
    given = os.environ.get("DESKTOPMAIL_PROGRAM", "")
    return [given] if given else [sys.executable, "-m", "desktopmail"]


def main(words: list[str]) -> int:
    """Play once, and hand on what the person says."""
    profile, facts, *program = words
    done = play(program, Path(profile), json.loads(Path(facts).read_text(encoding="utf-8")))
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
