"""Renders every screen of the demonstration to build/screens, light and dark, at one and two pixels per point.

`python3 dev.py screens [NAME …]` renders only those whose name contains one of the words. The pictures in
`resources/screenshots` are renewed when everything is rendered.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "screens"
SHOWN = {"main": "main-light", "main-dark": "main-dark", "search": "search-light", "composer": "written-light"}
"""The pictures that the README and software centres show, and the screens they are."""


def main(words: list[str]) -> int:
    """One process per scale, for Qt takes it only at start."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for scale in ("1", "2"):
        environment = {**os.environ, "QT_SCALE_FACTOR": scale, "DESKTOPMAIL_SECRETS": "memory"}
        command = [sys.executable, "-m", "tests.screens.render", str(FOLDER), scale, *words]
        code = subprocess.call(command, cwd=ROOT, env=environment)
        if code:
            return code
    if not words:
        target = ROOT / "resources" / "screenshots"
        target.mkdir(parents=True, exist_ok=True)
        for name, screen in SHOWN.items():
            shutil.copyfile(FOLDER / f"{screen}-2x.png", target / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
