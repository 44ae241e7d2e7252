"""One-line notices: what was held back, what is odd, what is missing, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.tip import tip

Act = Callable[[], None]
MOST_AT_ONCE = 3
ROOM = 240
"""How wide words have to be able to be for what can be done to stand beside them."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a strip says. `tone` is `secondary` (for information), `care` or `bad`; `acts` are words and their verbs."""

    text: str
    icon: str = "info"
    tone: str = "secondary"
    acts: tuple[tuple[str, Act], ...] = ()
    weight: int = 0
    tip: str = ""


class Strip(QWidget):
    """One notice: sign, words that wrap when they must, and what can be done as words at the right, or below where
    there is little room."""

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice = notice
        self._sign = QLabel()
        self._sign.setFixedSize(icons.size(measures.px(16)))
        words = PlainLabel(notice.text, size=measures.SMALL, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words.setAccessibleName(notice.text)
        grid = QGridLayout(self)
        grid.setContentsMargins(measures.px(12), measures.px(4), measures.px(12), measures.px(4))
        grid.setHorizontalSpacing(measures.px(8))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(words, 0, 1)
        self._grid, self._below = grid, False
        self._acts = self._offer(notice.acts)
        self._row = self._acts.sizeHint().width()
        self._room = min(measures.px(ROOM), words.fontMetrics().horizontalAdvance(notice.text))
        self._acts.setVisible(bool(notice.acts))
        grid.addWidget(self._acts, 0, 2)
        self.setMinimumSize(measures.px(160), measures.px(32))
        if notice.tip:
            tip(self, notice.tip)
        self.setAccessibleName(notice.text)
        theme().changed.connect(self._draw)
        self._draw()

    def _offer(self, acts: tuple[tuple[str, Act], ...]) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures.px(16))
        for name, act in acts:
            button = WordButton(name, look="link")
            button.setFont(measures.font(measures.SMALL))
            button.clicked.connect(act)
            row.addWidget(button)
        return holder

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        margins = self._grid.contentsMargins()
        taken = margins.left() + margins.right() + self._sign.width() + 2 * self._grid.horizontalSpacing()
        below = bool(self._notice.acts) and self.width() - taken - self._row < self._room
        if below != self._below:
            self._below = below
            self._grid.removeWidget(self._acts)
            side = Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag(0)
            self._grid.addWidget(self._acts, int(below), 1 if below else 2, side)

    def _draw(self) -> None:
        colours = theme().colours
        colour = colours.role(self._notice.tone)
        self._sign.setPixmap(icons.pixmap(self._notice.icon, colour, measures.px(16), self.devicePixelRatioF()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(self._notice.tone))
        painter.drawRoundedRect(QRectF(self.rect()), measures.RADIUS, measures.RADIUS)


class Strips(QWidget):
    """Several notices, the gravest first; more than three wait behind a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(measures.px(4))
        self._notices: list[Notice] = []
        self._all = False

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Replace what is shown."""
        self._notices = sorted(notices, key=lambda notice: -notice.weight)
        self._all = False
        self._fill()

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        few = self._all or len(self._notices) <= MOST_AT_ONCE
        shown = self._notices if few else self._notices[: MOST_AT_ONCE - 1]
        for notice in shown:
            self._rows.addWidget(Strip(notice))
        if not few:
            rest = len(self._notices) - len(shown)
            more = WordButton(self.tr("{0} more notes").format(rest), look="link")
            more.setFont(measures.font(measures.SMALL))
            more.clicked.connect(self._show_all)
            self._rows.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(self._notices))

    def _show_all(self) -> None:
        self._all = True
        self._fill()


def tint(tone: str) -> QColor:
    """The fill behind a notice."""
    colours = theme().colours
    if tone == "secondary":
        return colours.quiet
    return blend(colours.role(tone), colours.window, 0.12 if colours.dark else 0.09)
