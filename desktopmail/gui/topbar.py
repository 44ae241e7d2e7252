"""The top bar: Write, search, activity, menu. Nothing else."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from desktopmail.gui.activity.button import StandingButton
from desktopmail.gui.search.box import SearchBox
from desktopmail.gui.style.measures import margins, px
from desktopmail.gui.widgets.button import IconButton, WordButton

HEIGHT = 48


class TopBar(QWidget):
    """Places its parts; the search stays in the middle while there is room."""

    def __init__(self, search: SearchBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(px(HEIGHT))
        self.search = search
        self.write = WordButton(self.tr("Write"), look="primary", icon="square-pen")
        self.back = IconButton("arrow-left", self.tr("Back to the list"))
        self.folders = IconButton("panel-left", self.tr("Folders"))
        self.standing = StandingButton()
        self.menu_button = IconButton("menu", self.tr("Menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        left, right = QHBoxLayout(), QHBoxLayout()
        for part in (self.back, self.folders, self.write):
            left.addWidget(part)
        left.addStretch()
        right.addStretch()
        right.addWidget(self.standing)
        right.addWidget(self.menu_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(margins(12, 0, 8, 0))
        row.setSpacing(px(8))
        # Equal stretch on both sides keeps the search where it is, whatever the words at the end say.
        row.addLayout(left, 1)
        row.addWidget(search, 2)
        row.addLayout(right, 1)

    def use(self, actions: dict[str, QAction], menu: QMenu) -> None:
        """Take verbs and menu from the commands."""
        self.menu_button.setMenu(menu)
        for button, name in ((self.write, "write"), (self.back, "back"), (self.folders, "toggle_folders")):
            action = actions[name]
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
        actions["write"].changed.connect(lambda: self.write.setEnabled(actions["write"].isEnabled()))

    def fit(self, mode: int, *, reading: bool) -> None:
        """Show what a window with `mode` panes needs: a way to the folders when they are not seen, a way back."""
        self.folders.setVisible(mode < 3)
        self.back.setVisible(mode == 1 and reading)
        self.standing.small(mode == 1)
        self.write.word(self.tr("Write") if mode > 1 else "")
        self.write.setAccessibleName(self.tr("Write"))

    def corner(self) -> QPoint:
        """Where the activity panel hangs from, in window coordinates: its upper trailing corner."""
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        edge = self.standing.rect().bottomLeft() if rtl else self.standing.rect().bottomRight()
        return self.standing.mapTo(self.window(), edge) + QPoint(0, px(8))
