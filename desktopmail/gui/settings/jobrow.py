"""A line that starts a long piece of work, shows how far it is, stops it, and says how it ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QProgressBar

from desktopmail.domain.errors import MailError, Stopped
from desktopmail.domain.progress import Progress
from desktopmail.gui.loop import spawn
from desktopmail.gui.settings.page import Row
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate
Ended = tuple[str, str]
"""What is said in the end, and in which tone."""
Work = Callable[[Progress], Awaitable[Ended]]
LOOK_MS = 100


class JobRow(Row):
    """`wanted` when the work is to begin: `run` it then. One piece at a time; when the row goes, it is stopped."""

    wanted = Signal()

    def __init__(self, title: str, sentence: str, verb: str, *, extra: str = "") -> None:
        self.button = WordButton(verb)
        super().__init__(title, sentence, self.button, extra=extra)
        self.button.setAccessibleName(verb.rstrip("…"))
        self._verb = verb
        self._progress: Progress | None = None
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(title)
        self.bar.hide()
        self.said = PlainLabel("", size=measures.SMALL, wrap=True)
        self.said.hide()
        self.below(self.bar)
        self.below(self.said)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.button.clicked.connect(self._pressed)

    @property
    def busy(self) -> bool:
        """Whether work is going on."""
        return self._progress is not None

    def run(self, work: Work) -> None:
        """Start it, unless some is going on."""
        if self._progress is None:
            self._progress = Progress()
            spawn(self._run(work, self._progress), self)

    def stop(self) -> None:
        """End it at the next step."""
        if self._progress is not None:
            self._progress.stop()
            self.button.setEnabled(False)

    def tell(self, text: str, tone: str = "") -> None:
        """Say something below the sentence."""
        self.said.setText(text)
        self.said.tone(tone)
        self.said.setVisible(bool(text))
        if text and self.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _pressed(self) -> None:
        if self.busy:
            self.stop()
        else:
            self.wanted.emit()

    async def _run(self, work: Work, progress: Progress) -> None:
        self.tell("")
        self.bar.setValue(0)
        self.bar.show()
        self.button.word(translate("settings", "Stop"))
        self._timer.start()
        try:
            ended = await work(progress)
        except Stopped:
            ended = (translate("settings", "Stopped. Nothing was changed."), "secondary")
        except MailError as error:
            ended = (f"{error.title}. {error.detail}".strip(), "bad")
        finally:
            # When the window went meanwhile, the thread ends at its next step.
            progress.stop()
        self._progress = None
        self._timer.stop()
        self.bar.hide()
        self.button.setEnabled(True)
        self.button.word(self._verb)
        self.tell(*ended)

    def _look(self) -> None:
        if self._progress is not None:
            self.bar.setValue(round(self._progress.fraction * 1000))
