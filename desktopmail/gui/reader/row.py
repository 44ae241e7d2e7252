"""Older messages of a conversation: one line each, and one line for many."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopmail.domain.message import Summary
from desktopmail.gui.files import shown_name
from desktopmail.gui.reader import dates
from desktopmail.gui.reader.people import NOBODY, one_line
from desktopmail.gui.style import measures
from desktopmail.gui.style.lettering import base, turned, write
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.avatar import Avatar
from desktopmail.gui.widgets.button import WordButton


class FoldedRow(QWidget):
    """Avatar, name, preview and date; a click or Enter opens the message."""

    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary: Summary | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(measures.px(40))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._avatar = Avatar(NOBODY, 24, self)
        self._avatar.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme().changed.connect(self.update)

    def show_summary(self, summary: Summary) -> None:
        """Another message."""
        self._summary = summary
        person = summary.sender[0] if summary.sender else NOBODY
        self._avatar.show_person(person)
        self.setAccessibleName(self.tr("Message of {0}, {1}").format(person.shown, dates.short(summary.date)))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._avatar.size()
        spot = QRectF(0, (self.height() - size.height()) // 2, size.width(), size.height())
        self._avatar.move(turned(self, spot).topLeft().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.open_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        summary = self._summary
        if summary is None:
            return
        colours = theme().colours
        painter = QPainter(self)
        small, plain = measures.face(measures.SMALL), measures.face()
        strong = measures.face(measures.BODY, measures.semi_bold().weight())
        line = base(plain, self.height())
        when = dates.short(summary.date)
        end = self.width() - small.metrics.horizontalAdvance(when)
        painter.setPen(colours.secondary)
        write(painter, self, small, QPointF(end, line), when)
        at = measures.px(36)
        person = summary.sender[0].shown if summary.sender else self.tr("No sender")
        cut = Qt.TextElideMode.ElideRight
        name = strong.metrics.elidedText(shown_name(person, ""), cut, max(60.0, (end - at) * 0.4))
        painter.setPen(colours.text)
        write(painter, self, strong, QPointF(at, line), name)
        at += round(strong.metrics.horizontalAdvance(name)) + measures.px(12)
        preview = plain.metrics.elidedText(one_line(summary.preview), cut, end - at - measures.px(16))
        painter.setPen(colours.secondary)
        write(painter, self, plain, QPointF(at, line), preview)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(-4, 1, 4, -1), measures.RADIUS, measures.RADIUS)


class EarlierRow(QWidget):
    """Stands for the middle of a long conversation; a click brings all of it."""

    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = WordButton("", look="link")
        self._button.clicked.connect(self.open_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.margins(56, 0, 24, 0))
        row.addWidget(self._button)
        row.addStretch()
        self.setFixedHeight(measures.px(36))
        theme().changed.connect(self.update)

    def show_count(self, count: int) -> None:
        """How many messages it stands for."""
        self._button.setText(self.tr("{0} earlier messages").format(count))
        self._button.setAccessibleName(self._button.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, theme().colours.line)
