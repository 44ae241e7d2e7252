"""The line of actions above a message: never moves; words where they fit, drawings alone where they do not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStyleOptionToolButton, QToolButton, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.widgets.button import IconButton
from desktopmail.gui.widgets.line import Line

HEIGHT = 48
GAP = "\u2004"


class ActionButton(QToolButton):
    """A verb with its drawing, and with room between the two."""

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        if option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonTextBesideIcon:
            option.text = GAP + option.text


class ActionLine(QWidget):
    """Groups of actions with a hair line between them, and a menu for the rest at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: list[list[QToolButton]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(measures.margins(16, 0, 12, 0))
        self._row.setSpacing(measures.px(2))
        self.setFixedHeight(measures.px(HEIGHT))
        self.setAccessibleName(self.tr("Message actions"))

    def show_actions(self, groups: Sequence[Sequence[QAction]], more: QMenu | None = None) -> None:
        """Put these actions on the line; made once."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._groups = []
        for number, group in enumerate(groups):
            if number:
                self._row.addSpacing(measures.px(6))
                line = Line(standing=True)
                line.setFixedHeight(measures.px(20))
                self._row.addWidget(line)
                self._row.addSpacing(measures.px(6))
            self._groups.append([self._button(action) for action in group])
        self._row.addStretch()
        if more is not None:
            self._row.addWidget(self._more(more))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _button(self, action: QAction) -> QToolButton:
        button = ActionButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setFont(measures.font())
        button.setIconSize(icons.size(measures.px(icons.SIZE)))
        button.setFixedHeight(measures.px(32))
        button.setMinimumWidth(measures.px(32))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text().replace("&&", "&").rstrip("…"))
        self._row.addWidget(button)
        return button

    def _more(self, menu: QMenu) -> QToolButton:
        button = IconButton("ellipsis", self.tr("More"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setAccessibleName(self.tr("More actions"))
        return button

    def _arrange(self) -> None:
        """Give words to as many groups as there is room for, from the left."""
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        alone = Qt.ToolButtonStyle.ToolButtonIconOnly
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - measures.px(40)
        small = sum(len(group) for group in self._groups) * measures.px(36) + len(self._groups) * measures.px(20)
        for group in self._groups:
            words = sum(self._word_width(button) for button in group)
            fits = small + words <= room
            small += words if fits else 0
            for button in group:
                button.setToolButtonStyle(beside if fits else alone)

    def _word_width(self, button: QToolButton) -> int:
        return button.fontMetrics().horizontalAdvance(button.defaultAction().text()) + measures.px(10)
