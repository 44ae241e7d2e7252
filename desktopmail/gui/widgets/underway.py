"""A small window over long work: what is going on, how far it is, and a way to stop it. Short work never shows it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QProgressBar, QWidget

from desktopmail.domain.progress import Progress
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import framed
from desktopmail.gui.widgets.button import WordButton

PATIENCE_MS = 700
LOOK_MS = 100


class Underway(QDialog):
    """Comes after a moment; whoever does the work calls `over`. Closing it stops the work as the button does."""

    def __init__(self, window: QWidget, title: str, words: str) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.progress = Progress()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(title)
        self.button = WordButton(self.tr("Stop"))
        self.button.clicked.connect(self.reject)
        framed(self, title, words, (self.bar,), (self.button,))
        self.setMinimumWidth(px(440))
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.open)
        self._patience.start()
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._looking.start()

    def reject(self) -> None:
        """Stop at the next step; it goes when the work has ended."""
        self.progress.stop()
        self.button.setEnabled(False)

    def over(self) -> None:
        """The work has ended."""
        self._patience.stop()
        if self.isVisible():
            self.accept()
        else:
            self.deleteLater()

    def _look(self) -> None:
        self.bar.setValue(round(self.progress.fraction * 1000))
