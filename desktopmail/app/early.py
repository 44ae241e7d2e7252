"""Paints the main window before there is a loop, a running engine or a command: what a person waits for is the list."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktopmail.app.options import WindowOptions
from desktopmail.app.paths import profile_folder
from desktopmail.domain.errors import MailError

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.window import MainWindow

LONGEST_PAINT_MS = 2_000


def first_picture(options: WindowOptions, painted: Callable[[MainWindow], None] | None) -> MainWindow | None:
    """The window on its profile, painted; `complete` has to follow at once, and the engine's `start` on the loop. None
    when the profile cannot be opened, whatever the reason: trying again on the loop will tell.

    What the person types and clicks meanwhile waits in Qt's queue until the loop turns."""
    from desktopmail.app import passphrase
    from desktopmail.engine.engine import Engine
    from desktopmail.store.secrets import secrets_later

    profile = profile_folder(options.profile)
    try:
        secrets = secrets_later(os.environ, profile, passphrase.asking(os.environ, prompt=False))
        opened = Engine.begin(profile, secrets=secrets)
        window = _window(options, opened)
    except MailError:
        return None
    if painted is not None:
        window.painted.connect(lambda: painted(window))
    window.show()
    _wait_for_paint(window)
    return window


def _window(options: WindowOptions, opened: Callable[[], Engine]) -> MainWindow:
    # What follows is loaded while a thread opens the profile.
    from desktopmail.gui import toolkit

    toolkit.load()
    import desktopmail.gui.window  # noqa: F401
    from desktopmail.app.window import dress, make
    from desktopmail.gui import loop
    from desktopmail.gui.reader.prepare import before_application

    before_application()
    loop.application()
    if sys.platform == "darwin":
        from desktopmail.app.openings import begin

        begin()
    engine = opened()
    try:
        window = make(engine, early=True)
    except MailError:
        engine.abandon()
        raise
    dress(window, options)
    return window


def _wait_for_paint(window: MainWindow) -> None:
    """Until the window was painted once, but not for one that starts minimised or on another desktop."""
    from PySide6.QtCore import QEventLoop, QTimer

    turning = QEventLoop()
    window.painted.connect(turning.quit)
    QTimer.singleShot(LONGEST_PAINT_MS, turning.quit)
    turning.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
