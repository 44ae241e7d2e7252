"""What another core loads while Python reads its modules: the right files, and nothing that stands in anybody's way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from desktopmail.app.ahead import libraries, platform

TOOLKIT = Path(PySide6.__file__).parent
CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
linux = pytest.mark.skipif(sys.platform != "linux", reason="libraries have other names elsewhere")
BEGUN = """
import sys, threading
from desktopmail.app import ahead
ahead.begin()
[thread] = [each for each in threading.enumerate() if each.name == "ahead"]
assert thread.daemon
thread.join()
assert not [name for name in sys.modules if name.startswith(("PySide6", "shiboken6"))]
with open("/proc/self/maps") as file:
    there = file.read()
for name in ("libQt6Widgets", "QtWidgets.abi3", "libqoffscreen", "libfontconfig"):
    assert name in there, name
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
label = QLabel("Seen")
assert label.grab().width() > 0 and label.fontInfo().pixelSize() > 0
"""
NOWHERE = """
import sys, threading
from pathlib import Path
from desktopmail.app import ahead
ahead.libraries = lambda toolkit, platform: [Path("/nowhere/libQt6Core.so.6"), Path(ahead.__file__)]
ahead.begin()
[each.join() for each in threading.enumerate() if each.name == "ahead"]
from PySide6.QtCore import QSize
"""
ALONE = """
import os, threading
from desktopmail.app import ahead
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
ahead.begin()
assert threading.active_count() == 1
"""


def said(program: str) -> tuple[int, str]:
    """How a new interpreter ends that runs a program, and what it complains about."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, timeout=120,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": ""},
    )  # fmt: skip
    return run.returncode, run.stderr


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ""),
        ({"XDG_SESSION_TYPE": "wayland"}, "wayland"),
        ({"XDG_SESSION_TYPE": "x11"}, "xcb"),
        ({"XDG_SESSION_TYPE": "tty"}, ""),
        ({"XDG_SESSION_TYPE": "wayland", "QT_QPA_PLATFORM": "xcb"}, "xcb"),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, "wayland"),
        ({"QT_QPA_PLATFORM": "offscreen:fontdpi=96"}, "offscreen"),
    ],
)
def test_the_platform_is_foreseen(environment: dict[str, str], expected: str) -> None:
    assert platform(environment) == expected


@linux
@pytest.mark.parametrize("name", ["offscreen", "wayland", "xcb", "../../../nonsense", ""])
def test_the_files_are_there(name: str) -> None:
    """Their names are those of the installed toolkit, and nothing of the environment becomes a path."""
    found = list(libraries(TOOLKIT, name))
    assert [path for path in found if not path.is_file()] == []
    assert any("platforms" in path.parts for path in found) == (name in ("offscreen", "wayland", "xcb"))


@linux
@pytest.mark.skipif(CORES < 2, reason="there is no other core")
def test_everything_is_loaded_before_the_toolkit_is_imported() -> None:
    assert said(BEGUN) == (0, "")


@linux
def test_a_core_alone_does_one_thing_at_a_time() -> None:
    assert said(ALONE) == (0, "")


@linux
def test_what_cannot_be_loaded_is_loaded_later() -> None:
    assert said(NOWHERE) == (0, "")
