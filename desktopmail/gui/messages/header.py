"""The strip above the list: where we are and the quick filter; with several rows chosen, how many and the verbs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QStackedLayout, QWidget

from desktopmail.gui import words
from desktopmail.gui.messages.copyfilter import CopyFilter
from desktopmail.gui.messages.source import Only
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.label import BriefLabel, ElidedLabel, PlainLabel

HEIGHT = 48
VERBS = ("archive", "trash", "junk", "mark_read", "star", "move")


class ListHeader(QWidget):
    """`only_wanted` when a filter is chosen; `everywhere_wanted` when a search is to look everywhere or only here;
    `none_wanted` when the selection is to go."""

    only_wanted = Signal(object)
    everywhere_wanted = Signal(bool)
    none_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(px(HEIGHT))
        self._title = ElidedLabel("", size=measures.PEOPLE, bold=True)
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._title.setMaximumWidth(px(160))
        self._gap = QSpacerItem(px(4), 0)
        self._detail = BriefLabel("", size=measures.SMALL, tone="secondary")
        self._unread = self._filter(self.tr("Unread"), Only.UNREAD)
        self._starred = self._filter(self.tr("Starred"), Only.STARRED)
        self.copies = CopyFilter()
        self.copies.only_wanted.connect(self.only_wanted)
        self._scope = WordButton("", look="plain")
        self._scope.setFont(measures.font(measures.SMALL))
        self._everywhere = True
        self._scope.clicked.connect(lambda: self.everywhere_wanted.emit(not self._everywhere))
        self._count = PlainLabel("", bold=True)
        self._actions: dict[str, QAction] = {}
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._place_page())

    def _filter(self, text: str, only: Only) -> WordButton:
        button = WordButton(text, look="plain")
        button.setFont(measures.font(measures.SMALL))
        button.setCheckable(True)
        button.clicked.connect(lambda on: self.only_wanted.emit(only if on else Only.ALL))
        return button

    def _place_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(measures.margins(24, 0, 8, 0))
        row.setSpacing(px(4))
        row.addWidget(self._title)
        row.addSpacerItem(self._gap)
        row.addWidget(self._detail, 1)
        for button in (self._scope, self._unread, self._starred, self.copies):
            row.addWidget(button)
        return page

    def _chosen_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(measures.margins(24, 0, 8, 0))
        row.setSpacing(px(2))
        row.addWidget(self._count)
        row.addStretch()
        for name in VERBS:
            button = IconButton("circle", "")
            button.setDefaultAction(self._actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            row.addWidget(button)
        none = IconButton("x", self.tr("Select nothing"))
        none.clicked.connect(self.none_wanted)
        row.addWidget(none)
        return page

    def use(self, actions: dict[str, QAction]) -> None:
        """Take the verbs of the multi-selection from the commands, and say which key goes through the filters."""
        self._actions = actions
        self.copies.action = actions["copy_filter"]
        step = actions.get("quick_filter")
        if step is not None:
            step.changed.connect(self._tip)
            self._tip()

    def _tip(self) -> None:
        keys = self._actions["quick_filter"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        for button, text in (
            (self._unread, self.tr("Unread messages only")), (self._starred, self.tr("Starred messages only"))
        ):  # fmt: skip
            button.setToolTip(self.tr("{0} ({1}: next filter)").format(text, keys) if keys else text)

    def show_place(self, title: str, detail: str, brief: str, only: Only) -> None:
        """A folder or a unified view; `brief` stands for `detail` where there is little room."""
        self._say(title, detail, brief)
        self._scope.hide()
        for button, value in ((self._unread, Only.UNREAD), (self._starred, Only.STARRED)):
            button.show()
            button.setChecked(only is value)
        self.copies.show()
        self.copies.show_only(only)

    def show_search(self, detail: str, everywhere: bool, here: str) -> None:
        """Search results: how complete they are, and where was looked."""
        self._say("", detail)
        self._everywhere = everywhere
        text = self.tr("Only in {0}").format(here) if everywhere else self.tr("Everywhere")
        self._scope.word(text)
        self._scope.setVisible(bool(here))
        self._unread.hide()
        self._starred.hide()
        self.copies.hide()

    def _say(self, title: str, detail: str, brief: str = "") -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._gap.changeSize(px(4) if title else 0, 0)
        self._detail.say(detail, brief)

    def show_chosen(self, count: int) -> None:
        """How many rows are chosen; with less than two the place is shown again."""
        if count > 1 and self._pages.count() == 1:
            self._pages.addWidget(self._chosen_page())
        self._pages.setCurrentIndex(1 if count > 1 else 0)
        if count > 1:
            text = self.tr("{0} selected").format(words.number(count))
            self._count.setText(text)
            self._count.setAccessibleName(text)

    @property
    def words(self) -> str:
        """What it says now."""
        if self._pages.currentIndex():
            return self._count.text()
        return f"{self._title.text()} {self._detail.text()}".strip()
