"""The focus ring: two pixels of accent with a gap, drawn around the control that has the focus while keys are used."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget
from shiboken6 import isValid

from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme

GAP = 4
MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)

_keyboard = False


def by_keyboard() -> bool:
    """Whether the person moves by keys just now, so that the focus must be seen."""
    return _keyboard


class FocusRing(QWidget):
    """Lies over its window, takes no part in anything, and follows the focus. Item views draw their own current row."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)
        window.installEventFilter(self)

    def watch(self) -> None:
        """Begin to tell keys from pointer; call when the window is shown, for only then it has a native handle."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Show and watched is self._window:
            self.watch()
        elif kind == QEvent.Type.KeyPress and watched is not self._window:
            if isinstance(event, QKeyEvent) and event.key() not in MODIFIERS:
                self._switch(True)
        elif kind == QEvent.Type.MouseButtonPress and watched is not self._window:
            self._switch(False)
        elif watched is self._target and kind in (
            QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show
        ):  # fmt: skip
            self._follow()
        return False

    def _switch(self, keyboard: bool) -> None:
        global _keyboard  # noqa: PLW0603 - one person, one way of moving at a time
        if keyboard != _keyboard:
            _keyboard = keyboard
            focus = QApplication.focusWidget()
            if isinstance(focus, QAbstractItemView):
                focus.viewport().update()
        self._follow()

    def _moved(self, old: QWidget | None, now: QWidget | None) -> None:
        # A window that is taken down moves the focus away from what is gone already.
        if self._target is not None and isValid(self._target):
            self._target.removeEventFilter(self)
            self._target.destroyed.disconnect(self._lost)
        mine = now is not None and now.window() is self._window and now is not self._window
        self._target = now if mine and not isinstance(now, QAbstractItemView) else None
        if self._target is not None:
            self._target.installEventFilter(self)
            self._target.destroyed.connect(self._lost)
        self._follow()

    def _lost(self) -> None:
        self._target = None
        self.hide()

    def _follow(self) -> None:
        target = self._target
        if target is None or not by_keyboard() or not target.isVisible() or self._draws_itself(target):
            self.hide()
            return
        spot = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
        self.setGeometry(spot.adjusted(-GAP, -GAP, GAP, GAP))
        self.show()
        self.raise_()

    def _draws_itself(self, target: QWidget) -> bool:
        return bool(target.inherits("QLineEdit") or target.inherits("QTextEdit") or target.inherits("QWebEngineView")
                    or target.inherits("QPlainTextEdit") or target.inherits("QQuickWidget"))  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colours.accent, 2))
        radius = measures.RADIUS + 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
