"""Labels that show text as it is: never markup, whatever a message or a server put into it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.widgets.tip import plain_tip


class PlainLabel(QLabel):
    """A label in one of the five sizes. `tone` is `""`, `secondary`, `good`, `care` or `bad`."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size: float = measures.BODY,
        bold: bool = False,
        tone: str = "",
        wrap: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setFont(measures.semi_bold(size) if bold else measures.font(size))
        self.setWordWrap(wrap)
        self.setProperty("tone", tone)

    def tone(self, tone: str) -> None:
        """Give the text the colour of a role."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)

    def fit(self, width: int) -> None:
        """Take exactly this width and the height the text needs then: for labels that layouts place by alignment."""
        self.setFixedWidth(width)
        self.setMinimumHeight(0)  # A label counts its own least height into the height it needs.
        self.setFixedHeight(max(0, self.heightForWidth(width) if self.wordWrap() else self.sizeHint().height()))


class ElidedLabel(PlainLabel):
    """One line that ends in an ellipsis where the room ends; the whole text is in the tool tip then."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, size: float = measures.BODY,
                 bold: bool = False, tone: str = "") -> None:  # fmt: skip
        super().__init__(text, parent, size=size, bold=bold, tone=tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        text = self.text().replace("\n", " ")
        shown = self.shown(text, room.width())
        tip = plain_tip(text) if shown != text else ""
        if self.toolTip() != tip:
            self.setToolTip(tip)
            self.setAccessibleDescription(text if tip else "")
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        side = Qt.AlignmentFlag.AlignLeft
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            side = Qt.AlignmentFlag.AlignRight
        painter.drawText(room, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown)

    def shown(self, text: str, width: int) -> str:
        """What of the text stands in so much room."""
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)


class BriefLabel(ElidedLabel):
    """One line with a shorter way to say the same, for where the whole has no room."""

    brief = ""

    def say(self, text: str, brief: str = "") -> None:
        """Show this, or `brief` in little room."""
        self.brief = brief
        self.setText(text)

    def shown(self, text: str, width: int) -> str:
        metrics = self.fontMetrics()
        if self.brief and metrics.horizontalAdvance(text) > width:
            text = self.brief
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
