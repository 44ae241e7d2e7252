"""Where the system asks for high contrast its own colours are taken: on a real screen, with a desktop's settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = "".join(
    f"[Colors:{part}]\nBackgroundNormal={back}\nForegroundNormal={front}\n"
    for part, back, front in (
        ("View", "0,0,0", "255,255,0"),
        ("Window", "0,0,0", "255,255,0"),
        ("Button", "0,0,0", "255,255,0"),
        ("Selection", "0,255,255", "0,0,128"),
    )
)
PROGRAM = """
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessibilityHints, QPalette
from desktopmail.gui import loop
from desktopmail.gui.style.theme import theme

application = loop.application()
wanted = Qt.ContrastPreference.NoPreference
QAccessibilityHints.contrastPreference = lambda self: wanted
theme().start("light")
print(theme().colours.window.name(), theme().colours.text.name())
wanted = Qt.ContrastPreference.HighContrast
for choice in ("light", "dark"):
    theme().choose(choice)
    now, palette = theme().colours, application.palette()
    print(now.window.name(), now.text.name(), now.accent.name(), now.on_accent.name(), now.line.name())
    print(palette.color(QPalette.ColorRole.Base).name(), palette.color(QPalette.ColorRole.Text).name())
wanted = Qt.ContrastPreference.NoPreference
theme().choose("light")
print(theme().colours.window.name(), theme().colours.text.name())
"""


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="Xvfb is not installed")
def test_the_systems_colours_win(tmp_path: Path) -> None:
    """Also over the theme that was chosen; without high contrast the program's own come back."""
    config = tmp_path / ".config"
    config.mkdir()
    (config / "kdeglobals").write_text(SETTINGS)
    kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV", "LANG") if name in os.environ}
    environment = kept | {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(config),
        "XDG_CURRENT_DESKTOP": "KDE",
        "KDE_SESSION_VERSION": "6",
        "QT_QPA_PLATFORM": "xcb",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = ["xvfb-run", "-a", sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110, env=environment)
    own = "#ffffff #1a1c1f"
    forced = ["#000000 #ffff00 #00ffff #000080 #ffff00", "#000000 #ffff00"]
    assert (done.returncode, done.stdout.splitlines()) == (0, [own, *forced, *forced, own]), done.stderr
