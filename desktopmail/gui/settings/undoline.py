"""The line at the foot of the settings: what was changed last, and the way to take it back, also days later."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.errors import NotFound
from desktopmail.gui.loop import spawn
from desktopmail.gui.settings.words import moment, what_changed, what_returned
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import ElidedLabel
from desktopmail.gui.widgets.line import Line

if TYPE_CHECKING:
    from desktopmail.domain.settings import SettingChange
    from desktopmail.engine.engine import Engine

RECENT_SECONDS = 600


class UndoLine(QWidget):
    """Hidden while there is nothing to take back. `undone` after something was taken back."""

    undone = Signal()

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._returned: SettingChange | None = None
        self._said = ""
        self.setProperty("look", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = ElidedLabel("", size=measures.SMALL)
        self.button = WordButton(self.tr("Undo"), look="link")
        self.button.setToolTip(self.tr("Undo (Ctrl+Z)"))
        self.button.clicked.connect(self.undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        row = QHBoxLayout()
        row.setContentsMargins(px(32), px(8), px(32), px(8))
        row.setSpacing(px(12))
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        column.addLayout(row)

    def look(self) -> None:
        """Say what is the latest change now."""
        latest = next(iter(self._engine.library.settings_past(1)), None)
        if self._returned is not None:
            text = what_returned(self._returned)
        elif latest is not None:
            text = what_changed(latest)
            if time.time() - latest.at > RECENT_SECONDS:
                text = self.tr("Last change, {0}: {1}").format(moment(latest.at), text)
        else:
            text = ""
        self.words.setText(text)
        again = self.tr("Undo") if self._returned is None else self.tr("Undo the change before")
        self.button.word(again)
        self.button.setAccessibleDescription(what_changed(latest) if latest else "")
        self.button.setVisible(latest is not None)
        self.setVisible(bool(text))
        if self._said != text and self.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self._said = text

    def changed(self) -> None:
        """Something else was changed: that is the latest now."""
        self._returned = None
        self.look()

    def undo(self) -> None:
        """Take the latest change back."""
        spawn(self._undo(), self)

    async def _undo(self) -> None:
        try:
            self._returned = await self._engine.settings.undo()
        except NotFound:
            self._returned = None
        self.undone.emit()
        self.look()
