"""A person starts the program for the first time, looks at the window for a while, and closes it.

    python -m tests.journeys.first_start PROFILE SECONDS

Whatever is made is made with an umask of 000, as on a badly set up system.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"


def main(profile: str, seconds: float) -> int:
    """The real start, from the command line's options to the exit code."""
    os.umask(0)
    from desktopmail.app.options import WindowOptions
    from desktopmail.app.window import run
    from desktopmail.gui.window import MainWindow

    def leave_later(window: MainWindow) -> None:
        from PySide6.QtCore import QTimer

        QTimer.singleShot(int(seconds * 1000), window, lambda: print("looked", window.close(), flush=True))

    return run(WindowOptions(profile=profile), painted=leave_later)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
