"""Where a link goes: a quiet line while the pointer is over it, a question when it is not what it says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.gui.reader.links import Target, shown
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.label import PlainLabel


class LinkLine(QWidget):
    """The address in the lower left corner; the host in full weight and ASCII, whatever the message calls it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pieces = ("", "", "")
        self._care = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_target(self, target: Target, most: int) -> None:
        """Say where a link goes, at most this wide."""
        self._pieces = shown(target) if target.scheme else (self.tr("This link cannot be opened"), "", "")
        self._care = bool(target.doubts)
        self.setAccessibleName("".join(self._pieces))
        self.resize(QSize(min(most, round(self._width()) + measures.px(20)), measures.px(26)))
        self.show()
        self.raise_()

    def _width(self) -> float:
        plain, strong = self._fonts()
        return plain(self._pieces[0]) + strong(self._pieces[1]) + plain(self._pieces[2])

    def _fonts(self) -> tuple[Callable[[str], float], Callable[[str], float]]:
        strong = measures.face(measures.SMALL, measures.semi_bold(measures.SMALL).weight()).metrics
        return measures.face(measures.SMALL).metrics.horizontalAdvance, strong.horizontalAdvance

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        plain, strong = self._fonts()
        metrics = measures.face(measures.SMALL).metrics
        x, base = float(measures.px(10)), (self.height() + metrics.ascent() - metrics.descent()) / 2
        before, host, rest = self._pieces
        painter.setFont(measures.font(measures.SMALL))
        painter.setPen(colours.secondary)
        painter.drawText(QPointF(x, base), before)
        x += plain(before)
        painter.setFont(measures.semi_bold(measures.SMALL))
        painter.setPen(colours.care if self._care else colours.text)
        painter.drawText(QPointF(x, base), host)
        x += strong(host)
        painter.setFont(measures.font(measures.SMALL))
        painter.setPen(colours.secondary)
        room = self.width() - x - measures.px(8)
        painter.drawText(QPointF(x, base), metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room))


class LinkQuestion(QWidget):
    """Asks before a doubtful link is opened. The safe way out is Escape or the cross; opening is never the default."""

    def __init__(self, parent: QWidget, opener: Callable[[Target], None]) -> None:
        super().__init__(parent)
        self._open = opener
        self._target: Target | None = None
        self._words = PlainLabel("", wrap=True)
        self._address = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self._go = WordButton("")
        self._copy = WordButton(self.tr("Copy address"))
        close = IconButton("x", self.tr("Do not open"))
        self._go.clicked.connect(self._opened)
        self._copy.clicked.connect(self._copied)
        close.clicked.connect(self.hide)
        lines = QVBoxLayout()
        lines.setSpacing(measures.px(4))
        lines.addWidget(self._words)
        lines.addWidget(self._address)
        buttons = QHBoxLayout()
        buttons.setSpacing(measures.px(8))
        buttons.addWidget(self._go)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        lines.addSpacing(measures.px(4))
        lines.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.margins(16, 12, 8, 12))
        row.addLayout(lines, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._close = close
        theme().changed.connect(self.update)
        self.hide()

    def ask(self, target: Target, text: str, width: int) -> None:
        """Say what is odd about this link."""
        self._target = target
        self._words.setText(self._sentence(target, text))
        self._address.setText("".join(shown(target))[:400])
        self._go.setText(self.tr("Open {0}").format(target.host).replace("&", "&&"))
        self._go.setAccessibleName(self._go.text())
        self.setAccessibleName(self._words.text())
        self.setFixedWidth(min(width, measures.px(520)))
        self.adjustSize()
        self.show()
        self.raise_()
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def _sentence(self, target: Target, text: str) -> str:
        host = target.host
        if "other-host" in target.doubts:
            return self.tr("The message says “{0}”, but this link goes to {1}.").format(text[:80], host)
        if "user-info" in target.doubts:
            return self.tr("This link is written to look like another place. It goes to {0}.").format(host)
        if "number" in target.doubts:
            return self.tr("This link goes to a number, not to a name: {0}.").format(host)
        if "international" in target.doubts:
            return self.tr("This name uses letters that can look like others. It really is {0}.").format(host)
        return self.tr("This link goes to {0}.").format(host)

    def _opened(self) -> None:
        self.hide()
        if self._target is not None:
            self._open(self._target)

    def _copied(self) -> None:
        self.hide()
        if self._target is not None:
            QGuiApplication.clipboard().setText(self._target.url.toString())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.care, 1))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), measures.RADIUS_CARD, measures.RADIUS_CARD
        )
