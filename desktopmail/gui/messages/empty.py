"""What stands where no rows are: one quiet sentence, sometimes a second one and a button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel


class _Sign(QWidget):
    """A large drawing in the line colour."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.setFixedSize(px(40), px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.draw(QPainter(self), self.name, QRectF(self.rect()), theme().colours.secondary)


class EmptyState(QWidget):
    """Centred in its pane. `wanted` is emitted by the button. `head` is the height of a strip that panes beside it have
    above, in the design's pixels, so that both stand on one line."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, head: int = 0) -> None:
        super().__init__(parent)
        self.setProperty("look", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sign = _Sign("inbox")
        self._title = PlainLabel("", bold=True, wrap=True)
        self._detail = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self._button = WordButton("")
        self._button.clicked.connect(self.wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(32), px(32) + px(head), px(32), px(32))
        layout.setSpacing(px(8))
        layout.addStretch(2)
        for part in (self._sign, self._title, self._detail, self._button):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        for label in (self._title, self._detail):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def say(self, title: str, detail: str = "", button: str = "", sign: str = "inbox") -> None:
        """Show these words."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._button.word(button)
        self._button.setVisible(bool(button))
        self._fit()
        self._sign.name = sign
        self._sign.update()

    def _fit(self) -> None:
        width = max(px(120), min(px(320), self.width() - px(48)))
        self._title.fit(width)
        self._detail.fit(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._title.text()}\n{self._detail.text()}".strip()
