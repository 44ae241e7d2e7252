"""Where the profile lives on this computer, and where the files that ship with the program are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROFILE_VARIABLE = "DESKTOPMAIL_PROFILE"


def profile_folder(given: str | None) -> Path:
    """The profile to use: the one named on the command line, else DESKTOPMAIL_PROFILE, else the platform's own place.
    Nothing is created."""
    named = given or os.environ.get(PROFILE_VARIABLE, "")
    return Path(named).expanduser().absolute() if named else data_folder() / "desktopmail"


def data_folder() -> Path:
    """The platform's folder for a person's application data."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    named = os.environ.get("XDG_DATA_HOME", "")
    return Path(named) if Path(named).is_absolute() else home / ".local" / "share"


def resources_folder() -> Path:
    """The folder of icons, reader pages and bundled facts, in a checkout and in a frozen build."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) / "resources" if frozen else Path(__file__).resolve().parents[2] / "resources"
