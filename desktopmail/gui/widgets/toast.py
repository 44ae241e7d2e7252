"""The toast: says what was done and offers to take it back for eight seconds. One at a time; the newest wins."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStyle, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.label import PlainLabel

SECONDS = 8.0


class Toast(QWidget):
    """Lies above the lower edge of its window, keeps clear of the focus, waits while the pointer is over it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._host = window
        self.setProperty("look", "notice")
        self.setAccessibleName(self.tr("Notice"))
        self._act: Callable[[], None] | None = None
        self._words = PlainLabel("")
        self._words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._button = WordButton("", look="link")
        self._button.setFont(measures.semi_bold())
        self._button.clicked.connect(self._clicked)
        self._close = IconButton("x", self.tr("Close notice"), role="on_notice")
        self._close.clicked.connect(self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.margins(16, 4, 4, 4))
        row.setSpacing(measures.px(16))
        for part in (self._words, self._button, self._close):
            row.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(measures.MOTION)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        window.installEventFilter(self)
        theme().changed.connect(self.update)
        self.hide()

    def say(
        self, text: str, action: str = "", act: Callable[[], None] | None = None, *, seconds: float | None = None
    ) -> None:
        """Show a sentence, and a button when there is something to do about it; for so many seconds, else
        for the usual time."""
        self._act = act
        self._words.setText(text)
        self._button.word(action)
        self._button.setVisible(bool(action and act))
        self._seconds = SECONDS if seconds is None else seconds
        self.adjustSize()
        self._place(arriving=not self.isVisible())
        self.show()
        self.raise_()
        self._timer.start(round(self._seconds * 1000))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    @property
    def text(self) -> str:
        """What it says now; empty when it is gone."""
        return self._words.text() if self.isVisible() else ""

    def leave(self) -> None:
        """Go away; what was done stays in the journal."""
        self._timer.stop()
        self._act = None
        self.hide()

    def _clicked(self) -> None:
        act = self._act
        self.leave()
        if act is not None:
            act()

    def _place(self, *, arriving: bool = False) -> None:
        room = self._host.rect()
        self.resize(min(self.sizeHint().width(), room.width() - 32), self.sizeHint().height())
        spot = QPoint((room.width() - self.width()) // 2, room.height() - self.height() - measures.px(24))
        self._slide.stop()
        moving = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        if arriving and moving:
            self.move(spot + QPoint(0, measures.px(16)))
            self._slide.setEndValue(spot)
            self._slide.start()
        else:
            self.move(spot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        if self.isVisible():
            self._timer.start(round(self._seconds * 500))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.notice)
        painter.drawRoundedRect(QRectF(self.rect()), measures.RADIUS_CARD, measures.RADIUS_CARD)
