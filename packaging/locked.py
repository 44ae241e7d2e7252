"""The environment that a package is built from: every dependency at its locked version, each file with its hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

LOCK = Path(__file__).resolve().parent / "requirements.lock"


def environment(folder: Path, lock: Path = LOCK) -> Path:
    """The interpreter of an environment with exactly what `lock` says, made anew when the lock changed. Raises
    CalledProcessError when a file does not have its hash, or one is missing in the lock."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / ".lock"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=False)
    command = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install"]
    subprocess.check_call(
        [*command, "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock)]
    )
    stamp.write_text(wanted)
    return python
