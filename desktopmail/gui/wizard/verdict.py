"""What the answers come to: the protocol, the reason, and what it means in daily life, line by line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.advice import Consequence, Recommendation, Topic
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.label import PlainLabel

DRAWINGS = {
    Topic.LIVES: "hard-drive",
    Topic.OTHERS: "monitor",
    Topic.REMOVED: "trash-2",
    Topic.OFFLINE: "cloud-off",
    Topic.SENT: "send",
    Topic.CARE: "triangle-alert",
}


class Meaning(QWidget):
    """Consequences as lines, each with a drawing."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Consequence, ...] = ()
        self._signs: list[tuple[QLabel, Topic]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(10))
        self._grid.setVerticalSpacing(px(5))
        self._grid.setColumnStretch(1, 1)
        theme().changed.connect(self._draw)

    @property
    def text(self) -> str:
        """Everything that is said."""
        return " ".join(each.words for each in self._shown)

    def tell(self, consequences: tuple[Consequence, ...]) -> None:
        """Say these."""
        if consequences == self._shown:
            return
        self._shown = consequences
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._signs = []
        for row, each in enumerate(consequences):
            sign = QLabel()
            sign.setFixedSize(icons.size(px(16)))
            words = PlainLabel(each.words, size=measures.SMALL, wrap=True)
            words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            self._signs.append((sign, each.topic))
            self._grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(words, row, 1)
        self._draw()

    def _draw(self) -> None:
        colours = theme().colours
        for sign, topic in self._signs:
            colour = colours.care if topic is Topic.CARE else colours.secondary
            sign.setPixmap(icons.pixmap(DRAWINGS[topic], colour, px(16), self.devicePixelRatioF()))


class Verdict(QWidget):
    """Shows one Recommendation on a quiet ground."""

    def __init__(self) -> None:
        super().__init__()
        self.reason = PlainLabel("", bold=True, wrap=True)
        self.meaning = Meaning()
        column = QVBoxLayout(self)
        column.setContentsMargins(px(32), px(14), px(32), px(14))
        column.setSpacing(px(8))
        column.addWidget(self.reason)
        column.addWidget(self.meaning)
        theme().changed.connect(self.update)

    def tell(self, found: Recommendation) -> None:
        """Show what is recommended, and say it aloud when it became something else."""
        before = self.reason.text()
        self.reason.setText(found.reason)
        self.meaning.tell(found.consequences)
        self.setAccessibleName(f"{found.reason} {self.meaning.text}")
        if before and before != found.reason:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, found.reason))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(self.rect()), theme().colours.surface)
