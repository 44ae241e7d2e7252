"""What cannot run on this machine, checked as far as it can be: the spec evaluated for three systems, the Windows
installer compiled with a stand-in for the program and run in Wine, what macOS is told, the workflows of the hosted
builds."""

from __future__ import annotations

import os
import subprocess
import sys

import product
from report import CheckFailed

TESTS = (
    "tests/packaging/test_spec.py",
    "tests/release/test_windows.py",
    "tests/release/test_installer_run.py",
    "tests/release/test_macos.py",
    "tests/release/test_workflows.py",
)
"""The same ones that every change has to pass; here they are the last look before packages leave."""


def check() -> str:
    """Run them all; none may be left out but the one whose tool no package of the system has. Raises CheckFailed with
    what they say."""
    command = [sys.executable, "-m", "pytest", "-rs", *TESTS]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=product.ROOT, env=environment, capture_output=True, text=True, check=False)
    left_out = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED") and "actionlint" not in line]
    if done.returncode or left_out:
        raise CheckFailed(done.stdout[-3000:] + done.stderr[-1000:])
    return done.stdout.strip().splitlines()[-1].strip("= ")
