"""A window that is painted first and completed later: it says when its first picture is there, and makes what lies
above it (toast, activity panel, chooser) when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from desktopmail.gui.style.theme import theme

if TYPE_CHECKING:
    from desktopmail.gui.activity.panel import ActivityPanel
    from desktopmail.gui.choosing import Choosing
    from desktopmail.gui.commands import Commands
    from desktopmail.gui.widgets.toast import Toast


class Frame(QMainWindow):
    """`painted` once, after the first picture; `settled` once, when everything is made besides; `panel_made` with the
    activity panel, before it is shown; `closed` when the person closed it. While `stays` says so, closing only hides
    it: `stayed`."""

    painted = Signal()
    settled = Signal()
    closed = Signal()
    stayed = Signal()
    panel_made = Signal(object)

    commands: Commands

    def __init__(self) -> None:
        super().__init__()
        self.drawn = False
        self.stays: Callable[[], bool] = lambda: False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.drawn:
            self.drawn = True
            QTimer.singleShot(0, self, self.painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.ThemeChange, QEvent.Type.ApplicationFontChange) and self.drawn:
            theme().measure_soon()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.stays():
            event.ignore()
            self.hide()
            self.stayed.emit()
            return
        super().closeEvent(event)
        self.closed.emit()

    def let_close(self) -> None:
        """From now on closing is closing."""
        self.stays = lambda: False

    def leave(self) -> None:
        """Close it, also when it would stay."""
        self.let_close()
        self.close()

    def settle(self) -> None:
        """Everything is made: what had to wait for the first picture may begin."""
        if self.drawn:
            QTimer.singleShot(0, self, self.settled.emit)
        else:
            self.painted.connect(self.settled)

    @cached_property
    def toast(self) -> Toast:
        """Says what was done."""
        from desktopmail.gui.widgets.toast import Toast

        return Toast(self)

    @cached_property
    def panel(self) -> ActivityPanel:
        """Says what is going on."""
        from desktopmail.gui.activity.panel import ActivityPanel

        panel = ActivityPanel(self)
        self.panel_made.emit(panel)
        return panel

    @cached_property
    def choosing(self) -> Choosing:
        """Asks for a folder, a tag or a command."""
        from desktopmail.gui.choosing import Choosing

        return Choosing(self, self.commands)

    def say(
        self, text: str, action: str = "", act: Callable[[], None] | None = None, *, seconds: float | None = None
    ) -> None:
        """Show a sentence above everything, and a button when there is something to do about it; for so many seconds,
        else for the usual time."""
        self.toast.say(text, action, act, seconds=seconds)
