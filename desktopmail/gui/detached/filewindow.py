"""Messages of a file in a window of their own, without a mailbox around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.ids import MessageId
from desktopmail.engine.engine import Engine
from desktopmail.gui import words
from desktopmail.gui.reader.pane import ReaderPane
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.label import ElidedLabel
from desktopmail.gui.widgets.line import Line


class FileWindow(QWidget):
    """Shows the first message, and a bar to walk through several. `keep` adds a button that takes the whole file into
    a folder. `most` says how many were read of a file at the most. `closed` when the person is done."""

    closed = Signal()

    def __init__(
        self,
        engine: Engine,
        messages: Sequence[MessageId],
        name: str,
        *,
        most: int = 0,
        keep: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._engine, self._messages, self._name, self._most = engine, list(messages), name, most
        self._place = 0
        self.reader = ReaderPane(engine, self)
        self.reader.actions_line.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = self._make_bar(keep)
        column.addWidget(self.bar)
        column.addWidget(self.reader)
        self.bar.setVisible(len(messages) > 1 or keep is not None)
        self.resize(px(820), px(700))
        for keys in ("Esc", "Ctrl+W"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.close)
        self.show_message(0)

    def show_message(self, place: int) -> None:
        """Show one of the messages, counted from 0; a place outside changes nothing."""
        if not 0 <= place < len(self._messages):
            return
        self._place = place
        summary = self._engine.library.summary(self._messages[place])
        self.setWindowTitle(summary.subject or self._name)
        count = words.number(len(self._messages))
        if len(self._messages) == self._most:
            text = self.tr("Message {0} of the first {1} in {2}").format(words.number(place + 1), count, self._name)
        else:
            text = self.tr("Message {0} of {1} in {2}").format(words.number(place + 1), count, self._name)
        self.words.setText(text if len(self._messages) > 1 else self._name)
        self.back.setEnabled(place > 0)
        self.on.setEnabled(place + 1 < len(self._messages))
        self.reader.show_messages([summary], summary.id)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _make_bar(self, keep: Callable[[], object] | None) -> QWidget:
        bar = QWidget(self)
        self.words = ElidedLabel("", tone="secondary")
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.back = IconButton("arrow-left", self.tr("Previous message"))
        self.on = IconButton("arrow-right", self.tr("Next message"))
        self.back.clicked.connect(lambda: self.show_message(self._place - 1))
        self.on.clicked.connect(lambda: self.show_message(self._place + 1))
        several = len(self._messages) > 1
        column = QVBoxLayout(bar)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(px(24), px(8), px(16), px(8))
        row.setSpacing(px(4))
        row.addWidget(self.words, 1)
        for each in (self.back, self.on):
            row.addWidget(each)
            each.setVisible(several)
        if keep is not None:
            button = WordButton(self.tr("Put into a folder…"))
            button.clicked.connect(keep)
            row.addSpacing(px(8))
            row.addWidget(button)
        column.addLayout(row)
        column.addWidget(Line())
        return bar
