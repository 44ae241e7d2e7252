"""The first start, without an account: nothing leaves the computer, and nobody else can read what was made.

U12
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.journeys.watch import Seen, missing, watch

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.webengine, pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Unix")]


def start(folder: Path, seconds: float) -> tuple[Seen, Path]:
    """Start the program in a home of its own and look at it for so long."""
    if reason := missing():
        pytest.skip(reason)
    home = folder / "home"
    profile = home / "data" / "desktopmail"
    (home / "run").mkdir(parents=True)
    for each in (home, home / "run"):
        each.chmod(0o700)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_"))},
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    command = [sys.executable, "-W", "error", "-m", "tests.journeys.first_start", str(profile), str(seconds)]
    seen = watch(command, folder / "calls", given="", environment=environment, seconds=seconds + 90)
    assert seen.code == 0, seen.err[-3000:]
    assert "looked True" in seen.out
    return seen, profile


def open_to_others(folder: Path) -> list[str]:
    """Files and folders below that somebody else may read, write or enter."""
    found = []
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & 0o077:
            found.append(f"{path.relative_to(folder)} {stat.filemode(mode)}")
    return sorted(found)


TEN_MINUTES = pytest.param(600.0, marks=[pytest.mark.slow, pytest.mark.timeout(900)])


@pytest.mark.parametrize("seconds", [6.0, TEN_MINUTES])
def test_no_packet_and_no_open_file(tmp_path: Path, seconds: float) -> None:
    """Longer than the web engine takes to be warmed up and the first look for news to come."""
    seen, profile = start(tmp_path, seconds)
    assert seen.places() == set()
    assert seen.look_ups() == []
    assert stat.S_IMODE(profile.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in profile.iterdir() if each.is_file()} == {0o600}
    assert open_to_others(profile) == []
    assert open_to_others(profile.parent) == [], "whoever may write there could put another profile in its place"
