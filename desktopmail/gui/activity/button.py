"""The quiet word at the end of the top bar. A click opens the panel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktopmail.gui.activity.state import Standing
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

WIDEST = 240


class StandingButton(QAbstractButton):
    """A sign and a few words, elided when there is no room; the whole sentence is in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._standing = Standing("")
        self._small = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(px(32))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme().changed.connect(self.update)
        self.say(Standing(""))

    def say(self, standing: Standing) -> None:
        """Show another standing."""
        self._standing = standing
        self.setText(standing.text)
        self.setToolTip(standing.text)
        self.setAccessibleName(self.tr("Activity: {0}").format(standing.text or self.tr("nothing")))
        self.updateGeometry()
        self.update()

    def small(self, small: bool) -> None:
        """Show the sign alone, where there is no room for words."""
        self._small = small
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if self._small:
            return QSize(px(32), px(32))
        width = measures.face(measures.SMALL).metrics.horizontalAdvance(self._standing.text)
        return QSize(min(px(WIDEST), round(width) + px(14) + px(24)), px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(32), px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.quiet)
            painter.drawRoundedRect(QRectF(self.rect()), measures.RADIUS, measures.RADIUS)
        if not self._standing.text:
            return
        colour = colours.role(self._standing.tone)
        side = px(14)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = self.width() - px(8) - side if mirrored else px(8)
        icons.draw(
            painter, self._standing.icon or "check", QRectF(left, (self.height() - side) / 2, side, side), colour
        )
        if self._small:
            return
        room = QRectF(self.rect()).adjusted(px(8) + side + px(6), 0, -px(8), 0)
        if mirrored:
            room = QRectF(self.rect()).adjusted(px(8), 0, -px(8) - side - px(6), 0)
        face = measures.face(measures.SMALL)
        painter.setFont(face.font)
        painter.setPen(colour)
        text = face.metrics.elidedText(self._standing.text, Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, text)
