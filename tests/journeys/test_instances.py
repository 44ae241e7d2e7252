"""Real starts of the program on one profile: however they race and whatever ended the one before, one runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopmail.app import handing
from desktopmail.domain.wish import Wish

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="counts processes by signals")

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the program on one profile; what still runs at the end is killed."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "desktopmail", "--profile", str(tmp_path / "profile"), *arguments]
        made = subprocess.Popen(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, stderr=subprocess.DEVNULL)
        running.append(made)
        return made

    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield begin
        for each in running:
            each.kill()
            each.wait()


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def race(start: Start, profile: Path, several: int) -> subprocess.Popen[bytes]:
    """Several starts at once; the one that runs when all others have ended well."""
    starts = [start("--check-mail") for _ in range(several)]
    until(lambda: sum(each.poll() is None for each in starts) == 1)
    winner = next(each for each in starts if each.poll() is None)
    assert [each.wait() for each in starts if each is not winner] == [0] * (several - 1)
    until(lambda: handing.hand_over(profile, Wish()))
    return winner


def test_one_runs_and_the_others_hand_over(start: Start, tmp_path: Path) -> None:
    """D38: four starts at once, a SIGKILL, and four again: nothing stale stands in the way, nothing is lost."""
    profile = tmp_path / "profile"
    first = race(start, profile, 4)
    before = (profile / "mail.db").stat().st_ino
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = race(start, profile, 3)
    assert (profile / "mail.db").stat().st_ino == before
    second.kill()
    other = start("--profile", str(tmp_path / "other"))
    until(lambda: handing.hand_over(tmp_path / "other", Wish()))
    assert other.poll() is None


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_races(start: Start, tmp_path: Path) -> None:
    """D38: 200 starts in 50 races, every second of them after a SIGKILL."""
    profile = tmp_path / "profile"
    for _ in range(50):
        winner = race(start, profile, 4)
        winner.send_signal(signal.SIGKILL)
        winner.wait()
