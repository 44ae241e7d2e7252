"""Small pictures to choose from: what a theme, a density or a layout looks like, each with its word."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import DARK, LIGHT, Colours, blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

PICTURE = QSize(132, 82)
ROWS = {"roomy": 3, "normal": 5, "compact": 8}


class Tile(QRadioButton):
    """A picture with a word below; the chosen one has a frame of accent and a filled dot before its word."""

    def __init__(self, name: str, value: str, text: str) -> None:
        super().__init__(text)
        self._name, self._value = name, value
        self.setFont(measures.font(measures.SMALL))
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(self.sizeHint())
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(px(PICTURE.width()), px(PICTURE.height()) + px(26))

    def hitButton(self, spot: QPoint) -> bool:
        return self.rect().contains(spot)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(0, 0, self.width(), px(PICTURE.height())).adjusted(1.5, 1.5, -1.5, -1.5)
        inner = QPainterPath()
        inner.addRoundedRect(frame.adjusted(2.5, 2.5, -2.5, -2.5), measures.RADIUS, measures.RADIUS)
        painter.save()
        painter.setClipPath(inner)
        self._picture(painter, inner.boundingRect())
        painter.restore()
        chosen = self.isChecked()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.line, 1))
        painter.drawPath(inner)
        if chosen or self.underMouse():
            painter.setPen(QPen(colours.accent if chosen else colours.line, 2))
            painter.drawRoundedRect(frame, measures.RADIUS + 2, measures.RADIUS + 2)
        words = QRectF(0, px(PICTURE.height()), self.width(), px(26))
        painter.setFont(measures.semi_bold(measures.SMALL) if chosen else measures.font(measures.SMALL))
        painter.setPen(colours.text if chosen else colours.secondary)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())

    def _picture(self, painter: QPainter, room: QRectF) -> None:
        if self._name != "theme":
            _window(painter, room, theme().colours, self._name, self._value)
        elif self._value != "system":
            _window(painter, room, DARK if self._value == "dark" else LIGHT)
        else:
            _window(painter, room, LIGHT)
            half = QPainterPath()
            half.moveTo(room.topRight())
            half.lineTo(room.bottomRight())
            half.lineTo(room.bottomLeft())
            half.closeSubpath()
            painter.setClipPath(half, Qt.ClipOperation.IntersectClip)
            _window(painter, room, DARK)


class Tiles(QWidget):
    """One of a few values. Arrow keys walk, as among all radio buttons. `chosen` when the person takes another one."""

    chosen = Signal(object)

    def __init__(self, name: str, values: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._tiles = {value: Tile(name, value, text) for value, text in values}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, px(6), 0, 0)
        row.setSpacing(px(14))
        for value, tile in self._tiles.items():
            self._group.addButton(tile)
            tile.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            row.addWidget(tile)
        row.addStretch()

    def show_value(self, value: object) -> None:
        """This is the value now."""
        for each, tile in self._tiles.items():
            tile.setChecked(each == value)

    def value(self) -> str:
        """What is chosen; empty when it is none of these."""
        return next((value for value, tile in self._tiles.items() if tile.isChecked()), "")

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """The focus goes to the chosen picture."""
        (self._group.checkedButton() or next(iter(self._tiles.values()))).setFocus(reason)


def _window(painter: QPainter, room: QRectF, colours: Colours, name: str = "theme", value: str = "") -> None:
    """A main window in small: folders, list, reader."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(room, colours.window)
    bar = QRectF(room.left(), room.top(), room.width(), room.height() * 0.16)
    side = QRectF(room.left(), bar.bottom(), room.width() * 0.2, room.height() - bar.height())
    painter.fillRect(bar, colours.surface)
    painter.fillRect(side, colours.surface)
    pill = QRectF(room.left() + 5, room.top() + 4, room.width() * 0.16, bar.height() - 8)
    painter.setBrush(colours.accent)
    painter.drawRoundedRect(pill, 2, 2)
    rest = QRectF(side.right(), bar.bottom(), room.right() - side.right(), side.height())
    if name == "density":
        _rows(painter, rest, colours, ROWS.get(value, 5))
        return
    below = value == "below"
    share = 0.5 if below else 0.44
    mail = QRectF(
        rest.left(), rest.top(), rest.width() * (1 if below else share), rest.height() * (share if below else 1)
    )
    _rows(painter, mail, colours, 3 if below else 5)
    painter.setPen(QPen(colours.line, 1))
    start = mail.bottomLeft() if below else mail.topRight()
    painter.drawLine(start, mail.bottomRight())
    reader = QRectF(start, rest.bottomRight()).adjusted(7, 7, -9, -4)
    _lines(painter, reader, colours)


def _rows(painter: QPainter, room: QRectF, colours: Colours, count: int) -> None:
    height = room.height() / count
    ink = blend(colours.text, colours.window, 0.42)
    for number in range(count):
        row = QRectF(room.left(), room.top() + number * height, room.width(), height)
        if number == 1:
            painter.fillRect(row.adjusted(2, 1, -2, -1), colours.soft)
        lines = max(1, min(3, int(height // 6)))
        for line in range(lines):
            top = row.top() + (height - (lines * 5 - 2)) / 2 + line * 5
            width = (row.width() - 12) * (0.7, 0.9, 0.55)[line]
            _stroke(painter, QRectF(row.left() + 6, top, width, 2.5), ink if line == 0 else colours.quiet)


def _lines(painter: QPainter, room: QRectF, colours: Colours) -> None:
    ink = blend(colours.text, colours.window, 0.5)
    _stroke(painter, QRectF(room.left(), room.top(), room.width() * 0.6, 3.5), ink)
    top = room.top() + 10
    number = 0
    while top < room.bottom() - 2:
        _stroke(
            painter, QRectF(room.left(), top, room.width() * (0.95, 0.85, 0.9, 0.5)[number % 4], 2.5), colours.quiet
        )
        top, number = top + 6, number + 1


def _stroke(painter: QPainter, where: QRectF, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(where, where.height() / 2, where.height() / 2)
