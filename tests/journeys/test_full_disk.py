"""A disk that is full, truly: it is said, what is here stays readable, and room brings the rest. D03"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.harm import clean
from tests.journeys.test_cli_mail import letter
from tests.servers.dovecot import Dovecot, User

ROOT = Path(__file__).resolve().parents[2]
COUNT = 100
MOUNTED = 'mount -t tmpfs -o size=24m tmpfs "$1" && head -c 20M /dev/zero > "$1/filler" && shift && '


def missing() -> str | None:
    """Why there can be no small disk here; None when there can."""
    if shutil.which("unshare") is None:
        return "unshare is not installed"
    probe = subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False)
    return None if probe.returncode == 0 else "nothing can be mounted here"


@pytest.fixture
def user(dovecot: Dovecot) -> User:
    """Somebody with more mail than fits."""
    if reason := missing():
        pytest.skip(reason)
    made = dovecot.add_user(password="Pa55-wörd/full")
    letters = [letter(f"Letter {number}", os.urandom(60_000).hex(), number=number) for number in range(COUNT)]
    dovecot.seed(made, "INBOX", letters)
    return made


def on_a_small_disk(disk: Path, script: str, *words: object, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script where `disk` has four megabytes left. Nobody else sees that disk."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "DESKTOPMAIL_PROFILE": str(disk / "profile"),
        "DESKTOPMAIL_SECRETS": "env:MAIL_SECRET", "MAIL_SECRET": given.strip(),
    }  # fmt: skip
    command = ["unshare", "-m", "sh", "-c", MOUNTED + script, "sh", str(disk), *map(str, words)]
    return subprocess.run(
        command, env=environment, input=given, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.webengine
def test_the_window_on_a_full_disk(tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    words = [sys.executable, "-m", "tests.journeys.small_disk", tmp_path / "profile", dovecot.ports["imaps"], user.name]
    done = on_a_small_disk(tmp_path, 'exec "$@"', *words, tmp_path / "filler", COUNT, given=user.password + "\n")
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["kinds"] == ["disk-full"]
    assert said["status"] == "The disk is full"
    assert "Free some space" in said["panel"]
    assert "The disk is full" in said["toast"]
    assert said["listed"] == COUNT
    assert 0 < said["readable"] < COUNT
    assert said["afterwards"] == COUNT
    clean(done.stderr + done.stdout, user.password)


def test_the_command_line_on_a_full_disk(tmp_path: Path, dovecot: Dovecot, user: User) -> None:
    script = """
        "$@" account add $MAIL_ADDRESS --imap $MAIL_URL > /dev/null || exit 90
        "$@" sync; echo "code $?"
        rm "$DESKTOPMAIL_PROFILE/../filler"
        "$@" sync; echo "code $?"
        "$@" check; echo "code $?"
    """.replace("$MAIL_ADDRESS", user.address).replace("$MAIL_URL", dovecot.url("imaps", user))
    program = [sys.executable, "-m", "desktopmail", "--json"]
    done = on_a_small_disk(tmp_path, script, *program, given=user.password + "\n")
    full, code, again, better, health, fine = done.stdout.splitlines()
    (problem,) = json.loads(full)["accounts"][0]["problems"]
    assert (problem["kind"], code) == ("disk-full", "code 1")
    assert "Free some space" in done.stderr
    assert (json.loads(again)["accounts"][0]["problems"], better) == ([], "code 0")
    assert (json.loads(health)["ok"], json.loads(health)["contents"], fine) == (True, COUNT, "code 0")
    clean(done.stdout + done.stderr, user.password)
