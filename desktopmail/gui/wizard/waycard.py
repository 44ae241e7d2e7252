"""A card for one way in which mail can come in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout

from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.label import PlainLabel


class WayCard(QAbstractButton):
    """One way for mail to come in: a name, one plain sentence, and a round mark for the one that is chosen."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.title = PlainLabel(name, bold=True)
        self.mark = PlainLabel("", size=measures.SIGN, tone="secondary")
        self.mark.setProperty("look", "key")
        self.words = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.title)
        head.addWidget(self.mark)
        head.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(px(16), px(12), px(16), px(12))
        row.addSpacing(px(28))
        column = QVBoxLayout()
        row.addLayout(column, 1)
        column.setSpacing(px(4))
        column.addLayout(head)
        column.addWidget(self.words)
        for part in (self.title, self.mark, self.words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme().changed.connect(self.update)

    def offer(self, words: str, possible: bool, mark: str = "") -> None:
        """Say what it means; what is not possible can be read and not chosen."""
        self.words.setText(words)
        self.mark.setText(mark)
        self.mark.setVisible(bool(mark))
        self.setEnabled(possible)
        self.title.tone("" if possible else "secondary")
        self.setAccessibleName(f"{self._name}, {mark}" if mark else self._name)
        self.setAccessibleDescription(words)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, possible = self.isChecked() and self.isEnabled(), self.isEnabled()
        width = 2.0 if chosen else 1.0
        painter.setPen(QPen(colours.accent if chosen else colours.line, width))
        painter.setBrush(colours.raised if possible else colours.surface)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, measures.RADIUS_CARD, measures.RADIUS_CARD)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        spot = QPointF(self.width() - px(24) if mirrored else px(24), px(21))
        edge = colours.accent if chosen else blend(colours.text, colours.window, 0.45 if possible else 0.2)
        painter.setPen(QPen(edge, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(spot, px(8) - 0.75, px(8) - 0.75)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent)
            painter.drawEllipse(spot, px(4), px(4))
