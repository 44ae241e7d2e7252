"""Tells Windows who this process is, so that its windows, notifications and shortcut belong together."""

from __future__ import annotations

import sys
from collections.abc import Callable

from desktopmail.domain.product import APP_ID


def claim(say: Callable[[str], object] | None = None) -> None:
    """Take the name for this process, before its first window. Elsewhere than on Windows there is nothing to do.
    `say` takes the place of the system's own call."""
    if say is not None:
        say(APP_ID)
    elif sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_ID)
