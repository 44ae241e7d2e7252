"""What the main window has beside it, made when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from desktopmail.gui.importing import Importing
    from desktopmail.gui.window import MainWindow


class Beside(QObject):
    """Knows the frame."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @cached_property
    def importing(self) -> Importing:
        """Takes files of mail into folders."""
        from desktopmail.gui.importing import Importing

        return Importing(self._window)
