"""Text in a row: one line, elided at its end, in its own direction, with found words marked, mirrored when needed."""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from desktopmail.gui.style.measures import Face

_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine
AT_LEFT, AT_RIGHT = _LINE | Qt.AlignmentFlag.AlignLeft, _LINE | Qt.AlignmentFlag.AlignRight
"""Put together once: that takes as long as drawing a word."""
LONGEST = 400
"""Characters of a text that are looked at: no row shows more, and a subject of a megabyte costs nothing."""


@lru_cache(maxsize=4096)
def _elided(text: str, width: int, face: Face) -> tuple[str, float]:
    full = face.metrics.horizontalAdvance(text)
    if full <= width:
        return text, full
    short = face.metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    return short, min(face.metrics.horizontalAdvance(short), width)


class Ink:
    """A painter for one row. Rectangles are given as if the window ran from left to right."""

    def __init__(
        self, painter: QPainter, room: QRectF, mirrored: bool, hits: re.Pattern[str] | None, hit_colour: QColor
    ) -> None:
        self.painter = painter
        self.room = room
        self.mirrored = mirrored
        self._hits = hits
        self._hit_colour = hit_colour

    @property
    def no_subject(self) -> str:
        """What stands for an empty subject."""
        return QCoreApplication.translate("rows", "(no subject)")

    def turned(self, spot: QRectF) -> QRectF:
        """The same place in a window that runs from right to left, or as it is."""
        if not self.mirrored:
            return spot
        turned = QRectF(spot)
        turned.moveLeft(self.room.left() + self.room.right() - spot.right())
        return turned

    def width(self, text: str, face: Face) -> float:
        """The width of a text that is not cut."""
        return face.metrics.horizontalAdvance(text)

    def elided(self, text: str, face: Face, width: float) -> str:
        """A text cut to a width."""
        return _elided(text[:LONGEST], int(width), face)[0]

    def text(self, where: QRectF, text: str, face: Face, colour: QColor) -> float:
        """Draw one line at the leading edge; gives back the width it took."""
        if where.width() < 8 or not text:
            return 0.0
        shown, used = _elided(_clean(text), int(where.width()), face)
        self._draw(where, shown, face, colour, at_end=self.mirrored)
        return used

    def text_at_end(self, where: QRectF, text: str, face: Face, colour: QColor) -> float:
        """Draw one line at the trailing edge; gives back the width it took."""
        if not text:
            return 0.0
        shown, used = _elided(text, int(where.width()), face)
        self._draw(where, shown, face, colour, at_end=not self.mirrored)
        return used

    def _draw(self, where: QRectF, text: str, face: Face, colour: QColor, *, at_end: bool) -> None:
        where = self.turned(where)
        if self._hits is not None and self._hits.search(text):
            self._draw_hits(where, text, face, colour, at_end)
            return
        painter = self.painter
        painter.setFont(face.font)
        painter.setPen(colour)
        direction = painter.layoutDirection()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(where, AT_RIGHT if at_end else AT_LEFT, text)
        painter.setLayoutDirection(direction)

    def _draw_hits(self, where: QRectF, text: str, face: Face, colour: QColor, at_end: bool) -> None:
        from PySide6.QtGui import QTextCharFormat, QTextLayout, QTextOption

        assert self._hits is not None
        layout = QTextLayout(text, face.font)
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        marked = QTextCharFormat()
        marked.setBackground(self._hit_colour)
        ranges = []
        for found in self._hits.finditer(text):
            spot = QTextLayout.FormatRange()
            spot.start, spot.length = _utf16(text[: found.start()]), _utf16(found.group())
            spot.format = marked
            ranges.append(spot)
        layout.setFormats(ranges)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(where.width() + 4)
        layout.endLayout()
        used = line.naturalTextWidth()
        left = where.right() - used if at_end else where.left()
        self.painter.setPen(colour)
        layout.draw(self.painter, QPointF(left, where.center().y() - line.height() / 2))


# Characters that turn the direction of what follows, and line ends: in one row they could only mislead.
_TROUBLE = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_TROUBLE |= dict.fromkeys([*range(0x20), 0x7F, 0x85, 0x2028, 0x2029], 0x20)


def _clean(text: str) -> str:
    text = text[:LONGEST]
    return text if text.isprintable() else " ".join(text.translate(_TROUBLE).split())


def _utf16(text: str) -> int:
    return len(text) + sum(ord(character) > 0xFFFF for character in text)
