"""What stands in place of a message's text when there is none: loading, not here yet, not readable."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktopmail.domain.errors import ContentMissing, MailError, NotFound
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

Act = tuple[str, Callable[[], None]]


class StateCard(QWidget):
    """A sign, one sentence, what is safe and what to do; the server's own words behind *Details*."""

    def __init__(self, icon: str, title: str, detail: str = "", *, acts: tuple[Act, ...] = (), log: str = "") -> None:
        super().__init__()
        self._icon = icon
        self._sign = QLabel()
        lines = QVBoxLayout()
        lines.setSpacing(measures.px(4))
        lines.addWidget(PlainLabel(title, bold=True, wrap=True))
        if detail:
            lines.addWidget(PlainLabel(detail, tone="secondary", wrap=True))
        lines.addLayout(self._buttons(acts, log))
        self._log = PlainLabel(log, size=measures.SMALL, tone="secondary", wrap=True)
        self._log.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._log.hide()
        lines.addWidget(self._log)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, measures.px(16), 0, measures.px(16))
        row.setSpacing(measures.px(12))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)
        self.setMaximumWidth(measures.px(560))
        self.setAccessibleName(f"{title} {detail}".strip())
        theme().changed.connect(self._draw)
        self._draw()

    def _buttons(self, acts: tuple[Act, ...], log: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, measures.px(8), 0, 0)
        row.setSpacing(measures.px(12))
        for name, act in acts:
            button = WordButton(name)
            button.clicked.connect(act)
            row.addWidget(button)
        if log:
            more = WordButton(self.tr("Details"), look="link")
            more.clicked.connect(lambda: self._log.setVisible(not self._log.isVisible()))
            row.addWidget(more)
        row.addStretch()
        return row

    def _draw(self) -> None:
        colour = theme().colours.secondary
        self._sign.setPixmap(icons.pixmap(self._icon, colour, measures.px(24), self.devicePixelRatioF()))


def not_here(why: str, again: Callable[[], None]) -> StateCard:
    """The card for a message whose content is still on the server; `why` it could not be fetched now."""
    translate = QCoreApplication.translate
    title = translate("state", "This message is on its server and not here yet")
    return StateCard("cloud-download", title, why, acts=((translate("state", "Fetch now"), again),))


def size(count: int) -> str:
    """Bytes as limits are told, in millions and not in powers of two."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def held_back(why: str, count: int, fetch: Callable[[], None]) -> StateCard:
    """The card for a large message of which only the beginning is here; `count` bytes in all, `why` the rest is not."""
    translate = QCoreApplication.translate
    title = translate("state", "Only the beginning of this message is here")
    return StateCard(
        "cloud-download", title, why, acts=((translate("state", "Fetch all of it ({0})").format(size(count)), fetch),)
    )


def for_error(error: MailError, again: Callable[[], None], source: Callable[[], None]) -> StateCard:
    """The card for a body that could not be shown."""

    translate = QCoreApplication.translate
    if isinstance(error, ContentMissing):
        return StateCard(
            "cloud-download", error.title, error.detail, acts=((translate("state", "Try again"), again),), log=error.log
        )
    if isinstance(error, NotFound):
        return StateCard("mail-open", translate("state", "This message is no longer here"), error.detail)
    acts = ((translate("state", "Try again"), again), (translate("state", "Show source"), source))
    return StateCard("triangle-alert", error.title, error.detail, acts=acts, log=error.log)
