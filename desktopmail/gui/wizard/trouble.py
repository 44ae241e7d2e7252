"""The panel that says what stands in the way: a sentence, what to do, and the facts of a refused certificate."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, QRectF, Qt, QTimeZone, Signal
from PySide6.QtGui import QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import BadCertificate
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.flow import Flow
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.strip import tint
from desktopmail.gui.wizard.advice import Advice, Way, word
from desktopmail.gui.wizard.fields import Link
from desktopmail.gui.wizard.words import breakable


class Trouble(QWidget):
    """Shows one Advice. `chosen` with the Way whose button was pressed; the first way is left to the main button."""

    chosen = Signal(object)

    def __init__(self, advice: Advice) -> None:
        super().__init__()
        self.advice = advice
        self.buttons: dict[Way, WordButton] = {}
        self._tone = "bad" if Way.UNKEPT not in advice.ways else "care"
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(14), px(16), px(14))
        column.setSpacing(px(6))
        column.addWidget(PlainLabel(breakable(advice.title), bold=True, wrap=True))
        column.addWidget(PlainLabel(breakable(advice.detail), wrap=True))
        if advice.certificate is not None and advice.endpoint is not None:
            column.addSpacing(px(6))
            column.addLayout(self._facts(advice.certificate, advice.endpoint))
        self._add_ways(column, advice)
        self._add_details(column, advice)

    def _add_ways(self, column: QVBoxLayout, advice: Advice) -> None:
        if not advice.ways[1:]:
            return
        holder = QWidget()
        flow = Flow(holder, px(8))
        for way in advice.ways[1:]:
            button = WordButton(word(way), look="danger" if way is Way.TRUST else "")
            button.setAutoDefault(way is not Way.TRUST)
            button.clicked.connect(lambda checked=False, way=way: self.chosen.emit(way))
            self.buttons[way] = button
            flow.addWidget(button)
        column.addSpacing(px(8))
        if Way.TRUST in advice.ways:
            holder.setAccessibleDescription(self._when_to_trust(advice))
            column.addWidget(
                PlainLabel(breakable(self._when_to_trust(advice)), size=measures.SMALL, tone="secondary", wrap=True)
            )
            column.addSpacing(px(4))
        column.addWidget(holder)

    def _when_to_trust(self, advice: Advice) -> str:
        assert advice.endpoint is not None
        return self.tr(
            "Trust it only if the people who run this server gave you this fingerprint. It is then trusted for {host}, "
            "port {port} alone, and no other certificate is."
        ).format(host=advice.endpoint.host, port=advice.endpoint.port)

    def _facts(self, certificate: BadCertificate, endpoint: Endpoint) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(4))
        rows = [
            (self.tr("Server"), self.tr("{host}, port {port}").format(host=endpoint.host, port=endpoint.port)),
            (self.tr("Issued by"), certificate.issuer or self.tr("unknown")),
            (self.tr("Valid until"), _day(certificate.ends) or self.tr("unknown")),
        ]
        if certificate.fingerprint:
            rows.append((self.tr("Fingerprint"), _pairs(certificate.fingerprint)))
        for row, (name, text) in enumerate(rows):
            ours = text == _pairs(certificate.fingerprint)
            value = PlainLabel(text if ours else breakable(text), size=measures.SMALL, wrap=True)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            value.setAccessibleName(f"{name}: {text}")
            if ours:
                fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
                fixed.setPointSizeF(measures.font(measures.SIGN).pointSizeF())
                value.setFont(fixed)
            value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            label = PlainLabel(name, size=measures.SMALL, tone="secondary")
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _add_details(self, column: QVBoxLayout, advice: Advice) -> None:
        if not advice.log or advice.certificate is not None:
            return
        log = PlainLabel(breakable(advice.log), size=measures.SMALL, tone="secondary", wrap=True)
        log.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        log.hide()
        fold = Link(self.tr("Details"))
        fold.button.clicked.connect(lambda: log.setVisible(log.isHidden()))
        column.addWidget(fold)
        column.addWidget(log)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(self._tone))
        painter.drawRoundedRect(QRectF(self.rect()), measures.RADIUS_CARD, measures.RADIUS_CARD)
        painter.setBrush(theme().colours.role(self._tone))
        left = self.width() - px(3) if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 0
        painter.setClipRect(QRectF(left, 0, px(3), self.height()))
        painter.drawRoundedRect(QRectF(self.rect()), measures.RADIUS_CARD, measures.RADIUS_CARD)


def _day(moment: int) -> str:
    """A moment (seconds since 1970 UTC) as a day in the person's format; empty when it is not known."""
    if not moment:
        return ""
    day = QDateTime.fromSecsSinceEpoch(moment, QTimeZone.utc()).date()
    return QLocale().toString(day, QLocale.FormatType.LongFormat)


def _pairs(fingerprint: str) -> str:
    """A fingerprint as it is usually read out: pairs, sixteen in a line."""
    pairs = [fingerprint[at : at + 2].upper() for at in range(0, len(fingerprint), 2)]
    return "\n".join(":".join(pairs[at : at + 16]) for at in range(0, len(pairs), 16))
