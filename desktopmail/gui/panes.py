"""Where the three panes lie: side by side, the reader below, or fewer of them when the window is narrow."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktopmail.gui.style.measures import px

TWO, ONE = 900, 640
"""Below these widths (in pixels of the design) two panes are shown, and then one."""


class Front(Enum):
    """What a narrow window shows when it cannot show everything."""

    FOLDERS = "folders"
    LIST = "list"
    READER = "reader"


class Panes(QWidget):
    """Shows and hides; remembers sizes. `changed` when another set of panes is seen."""

    changed = Signal()

    def __init__(self, folders: QWidget, messages: QWidget, reader: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders, self._messages, self._reader = folders, messages, reader
        self.front = Front.LIST
        self.folders_wanted = True
        self.reader_wanted = True
        self._inner = QSplitter(Qt.Orientation.Horizontal)
        self._outer = QSplitter(Qt.Orientation.Horizontal)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._outer)
        # From the outside in: what gets another parent is styled anew, with all that lies in it.
        for splitter, parts in ((self._outer, (folders, self._inner)), (self._inner, (messages, reader))):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
            for part in parts:
                splitter.addWidget(part)
            splitter.setStretchFactor(0, 0)
            splitter.setStretchFactor(1, 1)
        messages.setMinimumWidth(px(280))
        reader.setMinimumWidth(px(280))
        self._outer.setSizes([px(220), px(1060)])
        self._inner.setSizes([px(380), px(680)])
        self._seen: tuple[bool, bool, bool] = (True, True, True)

    @property
    def mode(self) -> int:
        """How many panes the width allows: 3, 2 or 1."""
        width = self.width()
        return 3 if width >= px(TWO) else 2 if width >= px(ONE) else 1

    @property
    def seen(self) -> tuple[bool, bool, bool]:
        """Whether folders, list and reader are shown."""
        return self._seen

    def below(self, below: bool) -> None:
        """Put the reader below the list, or beside it."""
        self._inner.setOrientation(Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal)

    def bring(self, front: Front) -> None:
        """Bring a pane into sight where not all of them are."""
        self.front = front
        self.settle()

    def settle(self) -> None:
        """Show what the width and the person's wishes allow."""
        mode = self.mode
        if mode == 3:
            seen = (self.folders_wanted, True, self.reader_wanted or self.front is Front.READER)
        elif mode == 2:
            folders = self.front is Front.FOLDERS
            seen = (folders, True, not folders and (self.reader_wanted or self.front is Front.READER))
        else:
            seen = (self.front is Front.FOLDERS, self.front is Front.LIST, self.front is Front.READER)
        self._folders.setVisible(seen[0])
        self._messages.setVisible(seen[1])
        self._reader.setVisible(seen[2])
        self._inner.setVisible(seen[1] or seen[2])
        if seen != self._seen:
            self._seen = seen
            self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.settle()

    def sizes(self) -> str:
        """The sizes of the panes as a word to be kept."""
        states = (self._outer.saveState(), self._inner.saveState())
        return " ".join(bytes(state.toBase64().data()).decode() for state in states)

    def restore(self, kept: str) -> None:
        """Give the panes sizes that were kept; anything else is ignored."""
        for splitter, word in zip((self._outer, self._inner), kept.split(" "), strict=False):
            orientation = splitter.orientation()
            splitter.restoreState(QByteArray.fromBase64(word.encode()))
            splitter.setOrientation(orientation)
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
