"""One-line notices above a message: what was held back, what is odd about the sender, what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.body import Body, Warning
from desktopmail.gui.reader.people import listed, one_line, plain_tip
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

Act = Callable[[], None]
MOST_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Notice:
    """What a strip says. `tone` is `secondary` (for information), `care` or `bad`; `acts` are words and their verbs."""

    text: str
    icon: str = "info"
    tone: str = "secondary"
    acts: tuple[tuple[str, Act], ...] = ()
    weight: int = 0
    tip: str = ""


class Strip(QWidget):
    """One notice: sign, words that wrap when they must, and what can be done as words at the right."""

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice = notice
        self._sign = QLabel()
        self._sign.setFixedSize(icons.size(measures.px(16)))
        words = PlainLabel(notice.text, size=measures.SMALL, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words.setAccessibleName(notice.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.px(12), measures.px(4), measures.px(8), measures.px(4))
        row.setSpacing(measures.px(8))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(words, 1)
        for name, act in notice.acts:
            button = WordButton(name, look="link")
            button.setFont(measures.font(measures.SMALL))
            button.clicked.connect(act)
            row.addWidget(button)
        self.setMinimumHeight(measures.px(32))
        if notice.tip:
            self.setToolTip(plain_tip(notice.tip))
        self.setAccessibleName(notice.text)
        theme().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        colours = theme().colours
        colour = colours.role(self._notice.tone)
        self._sign.setPixmap(icons.pixmap(self._notice.icon, colour, measures.px(16), self.devicePixelRatioF()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(self._notice.tone))
        painter.drawRoundedRect(QRectF(self.rect()), measures.RADIUS, measures.RADIUS)


class Strips(QWidget):
    """The notices of one message, the gravest first; more than three wait behind a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(measures.px(4))
        self._notices: list[Notice] = []
        self._all = False

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Replace what is shown."""
        self._notices = sorted(notices, key=lambda notice: -notice.weight)
        self._all = False
        self._fill()

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        few = self._all or len(self._notices) <= MOST_AT_ONCE
        shown = self._notices if few else self._notices[: MOST_AT_ONCE - 1]
        for notice in shown:
            self._rows.addWidget(Strip(notice))
        if not few:
            rest = len(self._notices) - len(shown)
            more = WordButton(self.tr("{0} more notes about this message").format(rest), look="link")
            more.setFont(measures.font(measures.SMALL))
            more.clicked.connect(self._show_all)
            self._rows.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(self._notices))

    def _show_all(self) -> None:
        self._all = True
        self._fill()


def tint(tone: str) -> QColor:
    """The fill behind a notice."""
    colours = theme().colours
    if tone == "secondary":
        return colours.quiet
    return blend(colours.role(tone), colours.window, 0.12 if colours.dark else 0.09)


def notices(body: Body, source: Act) -> list[Notice]:
    """What a body's warnings say to a person. Remote pictures and attachments have places of their own."""
    found: list[Notice] = []
    for warning in body.warnings:
        notice = _notice(warning, body, source)
        if notice is not None and notice.text not in [each.text for each in found]:
            found.append(notice)
    verdict = body.verdict
    if verdict.by is not None and verdict.dmarc == "fail":
        text = _say("{0} checked the sender and could not confirm it. Do not rely on the name above.")
        found.append(Notice(text.format(verdict.by), "shield-alert", "bad", weight=9))
    return found


def _notice(warning: Warning, body: Body, source: Act) -> Notice | None:
    detail = one_line(warning.detail)[:300]
    kind = warning.kind
    if kind in ("remote-content", "executable-attachment", "type-mismatch", "name-altered"):
        return None
    if kind in ("damaged-headers", "damaged-structure", "too-deep", "too-large", "undecodable"):
        acts = ((_say("Show source"), source),)
        return Notice(_DAMAGE.get(kind, detail), "triangle-alert", "secondary", acts, 2)
    if kind == "reply-to-differs":
        where = listed(body.reply_to) or detail
        return Notice(_say("An answer goes to {0}").format(where), "corner-up-left", "care", weight=5)
    words, icon, tone, weight = _WORDS.get(kind, ("{0}", "info", "secondary", 1))
    text = _say(words).format(detail) if "{0}" in words else _say(words)
    return Notice(text, icon, tone, weight=weight) if text.strip() else None


def _say(text: str) -> str:
    return QCoreApplication.translate("strips", text)


_DAMAGE = {
    "damaged-headers": "The head of this message is damaged. What could be read is shown; the original is kept.",
    "damaged-structure": "This message is not well formed. What could be read is shown; the original is kept.",
    "too-deep": "This message is nested too deeply to show all of it. The original is kept.",
    "too-large": "Part of this message is too large to show. The original is kept.",
    "undecodable": "Some characters of this message could not be read. The original is kept.",
}
_WORDS: dict[str, tuple[str, str, str, int]] = {
    "several-from": ("This message names several senders: {0}", "users", "care", 7),
    "no-sender": ("This message does not say who sent it.", "circle-help", "care", 6),
    "ambiguous-address": ("The sender's address is written in an unclear way: {0}", "circle-alert", "care", 6),
    "name-looks-like-address": ("The sender's name looks like another address: {0}", "circle-alert", "care", 7),
    "confusable-domain": ("The sender's address looks like another one: {0}", "shield-alert", "bad", 8),
    "bidi-or-control": ("The head of this message has hidden characters: {0}", "circle-alert", "care", 5),
    "unknown-for-known-name": ("You know this name under another address: {0}", "circle-alert", "care", 7),
    "link-differs": ("A link goes elsewhere than it says: {0}", "link", "care", 8),
    "suspicious-link": ("A link hides where it goes: {0}", "link", "care", 8),
    "external-body": ("Part of this message lies elsewhere and is not fetched: {0}", "cloud-off", "secondary", 2),
    "receipt-requested": ("The sender asks to be told when you read this. Nothing was sent.", "mail", "secondary", 3),
    "unsigned-part-beside-signed": ("Only a part of this message is signed.", "shield-alert", "care", 6),
}  # fmt: skip
