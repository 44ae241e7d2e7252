"""What SMTP, IMAP and POP3 are, in two sentences each, with a picture of the way of a message."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.gui.messageway import MessageWay
from desktopmail.gui.style import measures
from desktopmail.gui.style.focus import FocusRing
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.area import Area
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line

TERMS = ("IMAP", "POP3", "SMTP", "TLS")


class Term(QWidget):
    """One word with its meaning. `looked_at` with its name when the pointer or the focus comes to it."""

    looked_at = Signal(str)

    def __init__(self, name: str, long_name: str, words: str) -> None:
        super().__init__()
        self.name = name
        self._strong = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setAccessibleDescription(f"{long_name}. {words}")
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(PlainLabel(name, bold=True), 0, Qt.AlignmentFlag.AlignBottom)
        head.addWidget(PlainLabel(long_name, size=measures.SMALL, tone="secondary"), 0, Qt.AlignmentFlag.AlignBottom)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(10), px(16), px(10))
        column.setSpacing(px(4))
        column.addLayout(head)
        column.addWidget(PlainLabel(words, wrap=True))
        theme().changed.connect(self.update)

    def emphasise(self, on: bool) -> None:
        """Stand out from the others or not."""
        self._strong = on
        self.update()

    def enterEvent(self, event: QEvent) -> None:
        self.looked_at.emit(self.name)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.looked_at.emit(self.name)
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._strong:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colours.surface)
        painter.drawRoundedRect(QRectF(self.rect()), measures.RADIUS_CARD, measures.RADIUS_CARD)


class Glossary(QDialog):
    """Opens at one of `TERMS`, which is shown first in the picture; any of them can be looked at then."""

    def __init__(self, window: QWidget | None, term: str = "") -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("How mail travels"))
        self.way = MessageWay()
        self.terms = {each.name: each for each in self._made()}
        inner = QWidget()
        inner.setProperty("look", "window")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(32), px(24), px(32), px(16))
        column.setSpacing(0)
        column.addWidget(PlainLabel(self.tr("The way of a message"), size=measures.SUBJECT, bold=True))
        column.addSpacing(px(16))
        column.addWidget(self._framed(self.way))
        column.addSpacing(px(12))
        for each in self.terms.values():
            each.looked_at.connect(self._look_at)
            column.addWidget(each)
        column.addStretch()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(Area(inner))
        whole.addWidget(Line())
        whole.addLayout(self._foot())
        self._ring = FocusRing(self)
        room = self.screen().availableSize()
        self.resize(min(px(700), room.width() - 40), min(px(684), room.height() - 80))
        self.show_term(term or TERMS[0])
        self.close_button.setFocus()

    def show_term(self, name: str) -> None:
        """Make one word stand out, in the picture too."""
        self.way.emphasise(name)
        for each in self.terms.values():
            each.emphasise(each.name == name)

    def _look_at(self, name: str) -> None:
        # The focus goes from word to word while the window is being taken down.
        if self.isVisible():
            self.show_term(name)

    def _foot(self) -> QHBoxLayout:
        self.close_button = WordButton(self.tr("Close"), look="primary")
        self.close_button.setDefault(True)
        self.close_button.setMinimumHeight(px(32))
        self.close_button.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(px(32), px(14), px(32), px(16))
        foot.addStretch()
        foot.addWidget(self.close_button)
        return foot

    def _framed(self, picture: QWidget) -> QFrame:
        frame = QFrame()
        frame.setProperty("look", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(px(16), px(16), px(16), px(8))
        column.addWidget(picture)
        return frame

    def _made(self) -> list[Term]:
        return [
            Term(
                "IMAP",
                self.tr("Internet Message Access Protocol"),
                self.tr(
                    "Brings mail to you. It stays with your provider, and all your devices look at the same mailbox: "
                    "what you read, sort or delete on one is so on the others. A copy here lets you read offline."
                ),
            ),
            Term(
                "POP3",
                self.tr("Post Office Protocol, version 3"),
                self.tr(
                    "Brings mail to you, too: it fetches the provider's inbox to one computer, where your mail then "
                    "lives. A copy stays with the provider until you say that it is to be removed there."
                ),
            ),
            Term(
                "SMTP",
                self.tr("Simple Mail Transfer Protocol"),
                self.tr(
                    "Takes what you write to your provider, and from there to the provider of the person you write to. "
                    "It only sends, whichever way your mail comes in."
                ),
            ),
            Term(
                "TLS",
                self.tr("Transport Layer Security"),
                self.tr(
                    "Encrypts each of these ways, so that nobody in between reads along, and makes the server prove "
                    "its name. With STARTTLS a connection begins readable and is encrypted before a password is sent."
                ),
            ),
        ]
