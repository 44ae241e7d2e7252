"""The picture of the way of a message: from who writes over two providers to who reads, with their protocols."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

WIDE, HIGH = 600.0, 190.0
"""The grid on which everything below stands; it is scaled to the room there is."""
MIDDLE, UPPER, LOWER = 92.0, 44.0, 140.0
DISC = 25.0


@dataclass(frozen=True, slots=True)
class Leg:
    """One arrow: its protocol, from where to where, and whether both sides speak first."""

    name: str
    start: QPointF
    end: QPointF
    both: bool = False


LEGS = (
    Leg("SMTP", QPointF(72, MIDDLE), QPointF(224, MIDDLE)),
    Leg("SMTP", QPointF(224, MIDDLE), QPointF(376, MIDDLE)),
    Leg("IMAP", QPointF(376, MIDDLE), QPointF(528, UPPER), True),
    Leg("POP3", QPointF(376, MIDDLE), QPointF(528, LOWER)),
)


class MessageWay(QWidget):
    """Draws it all, and one protocol stronger than the others. Mirrored where people read from right to left."""

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("The way of a message"))
        self.setAccessibleDescription(
            self.tr(
                "Ada's computer hands her letter to her provider by SMTP. Her provider passes it on to Bob's provider "
                "by SMTP. Bob reads it there with all his devices by IMAP, or fetches it to one computer by POP3."
            )
        )
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(px(WIDE), px(HIGH))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(min(width, px(WIDE)) * HIGH / WIDE)

    def emphasise(self, name: str) -> None:
        """Make the legs of one protocol stand out; all for TLS, which protects each of them."""
        if name != self._name:
            self._name = name
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for leg in sorted(LEGS, key=self._strong):
            self._leg(painter, leg)
        self._node(painter, QPointF(72, MIDDLE), "square-pen", self.tr("Ada writes"))
        self._node(painter, QPointF(224, MIDDLE), "server", self.tr("Ada's provider"))
        self._node(painter, QPointF(376, MIDDLE), "server", self.tr("Bob's provider"))
        self._node(painter, QPointF(528, UPPER), "monitor", self.tr("All of Bob's devices"), phone=True)
        self._node(painter, QPointF(528, LOWER), "monitor", self.tr("One computer"))

    # Parts ----------------------------------------------------------------------------------------------------

    def _spot(self, point: QPointF) -> QPointF:
        """A point of the grid on this widget."""
        by = self._by()
        x = WIDE - point.x() if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else point.x()
        return QPointF((self.width() - WIDE * by) / 2 + x * by, point.y() * by)

    def _by(self) -> float:
        return min(self.width() / WIDE, self.height() / HIGH)

    def _strong(self, leg: Leg) -> bool:
        return self._name in (leg.name, "TLS")

    def _leg(self, painter: QPainter, leg: Leg) -> None:
        colours = theme().colours
        strong = self._strong(leg)
        colour = colours.accent if strong else blend(colours.text, colours.raised, 0.42)
        start, end = self._spot(leg.start), self._spot(leg.end)
        way = end - start
        length = (way.x() ** 2 + way.y() ** 2) ** 0.5
        unit = way / length
        gap = (DISC + 7) * self._by()
        start, end = start + unit * gap, end - unit * gap
        painter.setPen(QPen(colour, 2.25 if strong else 1.5))
        tip = px(8)
        painter.drawLine(start + unit * (tip / 2 if leg.both else 0), end - unit * (tip / 2))
        _head(painter, end, unit, tip, colour)
        if leg.both:
            _head(painter, start, -unit, tip, colour)
        self._pill(painter, (start + end) / 2, leg.name, strong)

    def _pill(self, painter: QPainter, middle: QPointF, name: str, strong: bool) -> None:
        colours = theme().colours
        face = measures.face(measures.SIGN, measures.semi_bold().weight())
        wide = face.metrics.horizontalAdvance(name) + px(16)
        rect = QRectF(middle.x() - wide / 2, middle.y() - px(10), wide, px(20))
        painter.setPen(QPen(colours.raised, px(3)))
        painter.setBrush(colours.accent if strong else colours.quiet)
        painter.drawRoundedRect(rect, px(10), px(10))
        painter.setPen(colours.on_accent if strong else colours.text)
        painter.setFont(face.font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name)

    def _node(self, painter: QPainter, point: QPointF, icon: str, words: str, *, phone: bool = False) -> None:
        colours = theme().colours
        spot, radius = self._spot(point), DISC * self._by()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.soft)
        painter.drawEllipse(spot, radius, radius)
        side = px(22)
        left = spot.x() - side / 2 - (px(4) if phone else 0)
        icons.draw(painter, icon, QRectF(left, spot.y() - side / 2, side, side), colours.accent)
        if phone:
            _phone(painter, QPointF(spot.x() + px(10), spot.y() + px(3)), colours.accent, colours.soft)
        face = measures.face(measures.SIGN)
        room = QRectF(spot.x() - px(68), spot.y() + radius + px(4), px(136), px(34))
        room.moveLeft(max(0.0, min(room.left(), self.width() - room.width())))
        painter.setPen(colours.text)
        painter.setFont(face.font)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, words)


def _head(painter: QPainter, tip: QPointF, unit: QPointF, size: float, colour: QColor) -> None:
    """The head of an arrow."""
    side = QPointF(-unit.y(), unit.x()) * (size * 0.55)
    back = tip - unit * size
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([tip, back + side, back - side]))
    painter.restore()


def _phone(painter: QPainter, middle: QPointF, colour: QColor, ground: QColor) -> None:
    """A small telephone before whatever is behind it."""
    rect = QRectF(middle.x() - px(4), middle.y() - px(7), px(8), px(14))
    painter.setPen(QPen(ground, px(4)))
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, px(2), px(2))
    painter.setPen(QPen(colour, 1.6))
    painter.drawRoundedRect(rect, px(2), px(2))
    painter.drawLine(QPointF(middle.x() - 1, rect.bottom() - px(3)), QPointF(middle.x() + 1, rect.bottom() - px(3)))
