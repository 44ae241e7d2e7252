"""Avatars: a person's initials in a circle, in a colour that stays the same for the same address."""

from __future__ import annotations

from zlib import crc32

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktopmail.domain.address import Address, initials
from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import blend, person
from desktopmail.gui.style.theme import theme


def number(address: Address) -> int:
    """Which of the eight colours a mailbox has: the same on every computer and in every run."""
    return crc32(address.address.casefold().encode("utf-8", "replace")) % 8


def tints(which: int) -> tuple[QColor, QColor]:
    """Fill and letters of an avatar in the present theme; at least 4.5 : 1 apart."""
    colours = theme().colours
    strong = person(which, colours.dark)
    if colours.dark:
        return blend(strong, colours.window, 0.24), blend(strong, colours.text, 0.75)
    return blend(strong, colours.window, 0.14), blend(strong, colours.text, 0.85)


def draw_avatar(painter: QPainter, where: QRectF, address: Address) -> None:
    """Paint the circle and the initials into a square."""
    fill, letters = tints(number(address))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawEllipse(where)
    font = QFont(measures.font(weight=QFont.Weight.DemiBold))
    font.setPixelSize(max(8, round(where.height() * 0.38)))
    painter.setFont(font)
    painter.setPen(letters)
    painter.drawText(where, Qt.AlignmentFlag.AlignCenter, initials(address))
    painter.restore()


class Avatar(QWidget):
    """An avatar as a widget; `side` in pixels of the design."""

    def __init__(self, address: Address, side: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self.setFixedSize(measures.px(side), measures.px(side))
        self.setAccessibleName(address.shown)
        theme().changed.connect(self.update)

    def show_person(self, address: Address) -> None:
        """Another person."""
        self._address = address
        self.setAccessibleName(address.shown)
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_avatar(QPainter(self), QRectF(self.rect()), self._address)
