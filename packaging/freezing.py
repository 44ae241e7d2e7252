"""Has PyInstaller freeze a checkout, the same way whoever asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SETTLED = {"PYTHONHASHSEED": "1", "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0"}
"""Fixed hashes, so that two builds agree on the order of things. Modules lie uncompressed in the program:
to unpack them took 30 of 300 ms at every start, and packages are compressed as a whole."""


def freeze(checkout: Path, out: Path, work: Path, more: Mapping[str, str], umask: int = -1) -> None:
    """Make the bundle in `out`, with a work folder of PyInstaller's; `more` joins the environment."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(out), "--workpath", str(work)]
    environment = {**os.environ, **SETTLED, "PYTHONPATH": str(checkout), **more}
    spec = str(checkout / "packaging" / "desktopmail.spec")
    subprocess.check_call([*command, spec], cwd=checkout, env=environment, umask=umask)
