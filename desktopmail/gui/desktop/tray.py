"""The sign in the tray: how much is unread, and a short menu. Everything it offers is in the window too."""

from __future__ import annotations

import sys

from PySide6.QtCore import QDateTime, QObject, QRectF, Qt, QTime, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from desktopmail.gui import words
from desktopmail.gui.style import appicon

SIDES = (16, 22, 24, 32, 44, 48, 64)
"""Sizes the sign is drawn for, so that every panel finds a sharp one."""
MOST_COUNTED = 99
SAID_MS = 8_000
HOURS = (1, 4)
MORNING = QTime(8, 0)
BLUE, RED, WHITE = QColor("#4A7DE6"), QColor("#D23B3B"), QColor("#FFFFFF")
"""Seen on light and on dark panels, whose colour nobody tells."""

_Reason = QSystemTrayIcon.ActivationReason


class Tray(QObject):
    """`show_wanted` when the sign was clicked, `said_clicked` when what it said was; `command` with a command of the
    window; `rest_wanted` with the seconds in which nothing is to be said (0: say everything again)."""

    show_wanted = Signal()
    said_clicked = Signal()
    command = Signal(str)
    rest_wanted = Signal(int)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._unread = 0
        self.menu = self._make_menu()
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.said_clicked)
        self.show_count(0)
        self.icon.show()

    def show_count(self, unread: int) -> None:
        """Say how many messages are unread."""
        self._unread = unread
        text = self.tr("{0} unread").format(words.messages(unread)) if unread else self.tr("Nothing unread")
        self.icon.setToolTip(f"Desktopmail: {text}")
        self.count.setText(text)
        self._draw()

    def say(self, title: str, text: str) -> None:
        """A notification, where the desktop has no better ones."""
        self.icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.NoIcon, SAID_MS)

    def resting(self, until: str) -> None:
        """Say in the menu until when nothing is said; empty: everything is."""
        self._rest.setTitle(self.tr("Do not disturb until {0}").format(until) if until else self.tr("Do not disturb"))
        self.again.setVisible(bool(until))

    def _make_menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.setAccessibleName(self.tr("Desktopmail"))
        self.count = menu.addAction("")
        self.count.setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("Write")).triggered.connect(lambda: self.command.emit("write"))
        menu.addAction(self.tr("Get mail")).triggered.connect(lambda: self.command.emit("sync_all"))
        self._rest = menu.addMenu(self.tr("Do not disturb"))
        self._rest.setAccessibleName(self.tr("Do not disturb"))
        for hours in HOURS:
            text = self.tr("For 1 hour") if hours == 1 else self.tr("For {0} hours").format(hours)
            self._rest.addAction(text).triggered.connect(lambda _=False, long=hours * 3600: self.rest_wanted.emit(long))
        morning = self._rest.addAction(self.tr("Until tomorrow morning"))
        morning.triggered.connect(lambda: self.rest_wanted.emit(until_morning(QDateTime.currentDateTime())))
        self.again = self._rest.addAction(self.tr("Disturb again"))
        self.again.triggered.connect(lambda: self.rest_wanted.emit(0))
        self.again.setVisible(False)
        menu.addSeparator()
        menu.addAction(self.tr("Show Desktopmail")).triggered.connect(self.show_wanted)
        menu.addAction(self.tr("Quit")).triggered.connect(lambda: self.command.emit("quit"))
        return menu

    def _activated(self, reason: _Reason) -> None:
        if reason in (_Reason.Trigger, _Reason.DoubleClick, _Reason.MiddleClick):
            self.show_wanted.emit()

    def _draw(self) -> None:
        icon, mask = QIcon(), sys.platform == "darwin"
        for side in SIDES:
            icon.addPixmap(sign(self._unread, side, mask=mask))
        icon.setIsMask(mask)
        self.icon.setIcon(icon)


def sign(unread: int, side: int, *, mask: bool = False) -> QPixmap:
    """The program's sign with the number in its corner; small ones only have a dot. `mask`: the system colours it, so
    that the number is what is left out."""
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawPixmap(0, 0, appicon.symbol(BLUE, side))
    if unread:
        _badge(painter, min(unread, MOST_COUNTED), side, mask=mask)
    painter.end()
    return pixmap


def _badge(painter: QPainter, number: int, side: int, *, mask: bool) -> None:
    text = str(number) if side >= 20 else ""
    height = side * (0.55 if text else 0.45)
    width = max(height, height * 0.62 * len(text) + height * 0.35)
    where = QRectF(side - width, side - height, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setBrush(QColor(0, 0, 0))
    edge = max(1.0, side / 22)
    painter.drawRoundedRect(where.adjusted(-edge, -edge, 0, 0), height / 2, height / 2)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(RED)
    painter.drawRoundedRect(where, height / 2, height / 2)
    if text:
        font = QFont(painter.font())
        font.setPixelSize(max(6, round(height * 0.8)))
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        painter.setPen(WHITE)
        if mask:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, text)


def until_morning(now: QDateTime) -> int:
    """The seconds from a moment until eight o'clock of the next day."""
    return now.secsTo(QDateTime(now.date().addDays(1), MORNING))
