"""Attachments as cards: type, full name, size; save, and open where that cannot run a program."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.body import Part
from desktopmail.gui.files import icon_name, runs_something, shown_name
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.flow import Flow
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.tip import tip

MOST_CARDS = 60
CARD = 276


class FileName(QWidget):
    """A file name in at most two lines; a longer one is shortened in the middle, so that its ending stays in sight."""

    def __init__(self, name: str, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = in_two_lines(name, width)
        metrics = measures.face().metrics
        self.setFixedSize(width, round(metrics.lineSpacing() * len(self._lines)) + 1)
        tip(self, name)
        theme().changed.connect(self.update)

    @property
    def lines(self) -> int:
        """How many lines it takes."""
        return len(self._lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        face = measures.face()
        painter.setFont(face.font)
        painter.setPen(theme().colours.text)
        for number, line in enumerate(self._lines):
            painter.drawText(QPointF(0, face.metrics.ascent() + number * face.metrics.lineSpacing()), line)


def in_two_lines(name: str, width: int) -> list[str]:
    """A name broken where it must be: at a gap when there is a good one, else anywhere."""
    metrics = measures.face().metrics
    if metrics.horizontalAdvance(name) <= width:
        return [name]
    cut = len(name)
    while cut > 1 and metrics.horizontalAdvance(name[:cut]) > width:
        cut -= 1
    gap = max(name.rfind(mark, cut // 2, cut) for mark in " _-.")
    cut = gap + 1 if gap > 0 else cut
    rest = metrics.elidedText(name[cut:].lstrip(), Qt.TextElideMode.ElideMiddle, width)
    return [name[:cut].rstrip(), rest]


class AttachmentCard(QWidget):
    """One attachment. A click opens it where that is harmless and saves it otherwise; both are buttons too."""

    save_wanted = Signal(object)
    open_wanted = Signal(object)
    drag_wanted = Signal(object)

    def __init__(self, part: Part, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = part
        self.name = shown_name(part.name, self._by_type(part.type))
        self.risky = runs_something(part.name, part.type)
        self._pressed_at: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        size = QLocale().formattedDataSize(part.size, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)
        words = self.tr("{0} · may run a program").format(size) if self.risky and part.name else size
        self.setAccessibleName(self.tr("Attachment {0}, {1}").format(self.name, words))
        self._sign = QLabel()
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addStretch()
        self.file_name = FileName(self.name, measures.px(CARD - (92 if self.risky else 124)))
        lines.addWidget(self.file_name)
        lines.addWidget(PlainLabel(words, size=measures.SIGN, tone="care" if self.risky and part.name else "secondary"))
        lines.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.margins(12, 0, 8, 0))
        row.setSpacing(measures.px(10))
        row.addWidget(self._sign)
        row.addLayout(lines, 1)
        self._make_buttons(row)
        theme().changed.connect(self._draw)
        self._draw()

    def _by_type(self, kind: str) -> str:
        names = {
            "text/calendar": self.tr("Calendar entry"),
            "message/": self.tr("Message"),
            "image/": self.tr("Picture"),
            "text/": self.tr("Text"),
        }
        return next((name for start, name in names.items() if kind.startswith(start)), self.tr("File without a name"))

    def _make_buttons(self, row: QHBoxLayout) -> None:
        made = []
        if not self.risky:
            opener = IconButton("external-link", self.tr("Open {0}").format(self.name))
            opener.clicked.connect(lambda: self.open_wanted.emit(self.part))
            made.append(opener)
        saver = IconButton("download", self.tr("Save {0}").format(self.name))
        saver.clicked.connect(lambda: self.save_wanted.emit(self.part))
        made.append(saver)
        for button in made:
            button.setFixedSize(measures.px(28), measures.px(28))
            row.addWidget(button)
        row.setSpacing(measures.px(4))

    def grow(self, lines: int) -> None:
        """Be as tall as a card whose name takes this many lines."""
        self.setFixedSize(measures.px(CARD), measures.px(52 if lines == 1 else 68))

    def _draw(self) -> None:
        role = "care" if self.risky else "accent"
        sign = icons.pixmap(icon_name(self.part.name, self.part.type), theme().colours.role(role), measures.px(22),
                            self.devicePixelRatioF())  # fmt: skip
        self._sign.setPixmap(sign)
        self._sign.setFixedWidth(measures.px(28))
        self.update()

    def act(self) -> None:
        """What one click does."""
        (self.save_wanted if self.risky else self.open_wanted).emit(self.part)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None and (event.position().toPoint() - self._pressed_at).manhattanLength() > 12:
            self._pressed_at = None
            self.drag_wanted.emit(self.part)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None and self.rect().contains(event.position().toPoint()):
            self._pressed_at = None
            self.act()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.act()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not self.risky:
            menu.addAction(self.tr("Open")).triggered.connect(lambda: self.open_wanted.emit(self.part))
        menu.addAction(self.tr("Save as…")).triggered.connect(lambda: self.save_wanted.emit(self.part))
        menu.popup(event.globalPos())

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colours.hover if self.underMouse() else colours.raised)
        painter.setPen(QPen(colours.accent, 2) if self.hasFocus() else QPen(colours.line, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), measures.RADIUS_CARD, measures.RADIUS_CARD)


class Attachments(QWidget):
    """All attachments of a message: a line that counts them, then cards."""

    save_wanted = Signal(object)
    save_all_wanted = Signal()
    open_wanted = Signal(object)
    drag_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[AttachmentCard] = []
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(0, measures.px(8), 0, 0)
        self._all.setSpacing(measures.px(8))

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Make the cards; called once for a message."""
        total = QLocale().formattedDataSize(sum(part.size for part in parts), 1,
                                            QLocale.DataSizeFormat.DataSizeTraditionalFormat)  # fmt: skip
        if len(parts) > 1:
            self._all.addLayout(self._head(len(parts), total))
        holder = QWidget()
        flow = Flow(holder, measures.px(8))
        for part in parts[:MOST_CARDS]:
            card = AttachmentCard(part)
            card.save_wanted.connect(self.save_wanted)
            card.open_wanted.connect(self.open_wanted)
            card.drag_wanted.connect(self.drag_wanted)
            self.cards.append(card)
        tallest = max((card.file_name.lines for card in self.cards), default=1)
        for card in self.cards:
            card.grow(tallest)
            flow.addWidget(card)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        holder.setSizePolicy(policy)
        self._all.addWidget(holder)
        if len(parts) > MOST_CARDS:
            more = self.tr("and {0} more; “Save all” writes every one").format(len(parts) - MOST_CARDS)
            self._all.addWidget(PlainLabel(more, size=measures.SMALL, tone="secondary"))

    def _head(self, count: int, total: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(measures.px(12))
        words = self.tr("{0} attachments · {1}").format(count, total)
        row.addWidget(PlainLabel(words, size=measures.SMALL, tone="secondary"))
        every = WordButton(self.tr("Save all…"), look="link")
        every.setFont(measures.font(measures.SMALL))
        every.clicked.connect(self.save_all_wanted)
        row.addWidget(every)
        row.addStretch()
        return row
