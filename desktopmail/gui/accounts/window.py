"""The settings: a few preferences, and every account with its servers, its password and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktopmail.domain.account import Account
from desktopmail.gui.accounts.card import AccountCard
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

READ_AFTER = (0.0, 1.0, 3.0, 10.0, -1.0)
UNDO_SEND = (0, 5, 8, 15, 30)


class SettingsWindow(QDialog):
    """Everything takes effect at once; there is nothing to confirm. `account_wanted` when one is to be added."""

    account_wanted = Signal()

    def __init__(self, engine: Engine, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        self._engine = engine
        self._preferences = preferences
        self.cards: dict[int, AccountCard] = {}
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Settings"))
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._general(), self.tr("General"))
        self._accounts = QScrollArea()
        self._accounts.setWidgetResizable(True)
        self._accounts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabs.addTab(self._accounts, self.tr("Accounts"))
        close = WordButton(self.tr("Close"))
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(8), px(8), px(8), px(16))
        column.addWidget(self.tabs)
        foot = QHBoxLayout()
        foot.setContentsMargins(px(16), 0, px(16), 0)
        foot.addStretch()
        foot.addWidget(close)
        column.addLayout(foot)
        self.resize(px(560), px(520))
        self._fill()
        self._end = engine.on_change(lambda changes: self._fill() if changes.accounts else None)
        self.finished.connect(lambda _: self._end())

    def open_at(self, account: object = None) -> None:
        """Open, at an account if one is named."""
        self.open()
        if account is not None:
            self.tabs.setCurrentIndex(1)
            card = self.cards.get(int(str(account)))
            if card is not None:
                self._accounts.ensureWidgetVisible(card)

    # General --------------------------------------------------------------------------------------------------

    def _general(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(px(24), px(20), px(24), px(20))
        grid.setHorizontalSpacing(px(20))
        grid.setVerticalSpacing(px(10))
        rows: list[tuple[str, QWidget]] = [
            (self.tr("Colours"), self._choice("theme", {"system": self.tr("As the system"), "light": self.tr("Light"),
                                                        "dark": self.tr("Dark")})),
            (self.tr("Rows"), self._choice("density", {"roomy": self.tr("Roomy"), "normal": self.tr("Normal"),
                                                       "compact": self.tr("Compact")})),
            (self.tr("Reader"), self._choice("layout", {"right": self.tr("Beside the list"),
                                                        "below": self.tr("Below the list")})),
            (self.tr("Single keys"), self._choice("letter_set", {"classic": self.tr("As in Thunderbird"),
                                                                 "gmail": self.tr("As in Gmail"),
                                                                 "none": self.tr("None")})),
            (self.tr("Mark as read"), self._choice("mark_read_seconds", {value: self._after(value)
                                                                         for value in READ_AFTER})),
            (self.tr("Undo sending for"), self._choice("undo_send_seconds", {value: self._seconds(value)
                                                                             for value in UNDO_SEND})),
        ]  # fmt: skip
        for row, (text, field) in enumerate(rows):
            label = PlainLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self._switch("group_conversations", self.tr("Group conversations")), len(rows), 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(rows) + 1, 1)
        return page

    def _choice(self, name: str, values: Mapping[Any, str]) -> QWidget:
        box = ComboBox()
        now = getattr(self._preferences.now, name)
        for value, text in values.items():
            box.addItem(text, value)
        box.setCurrentIndex(max(0, list(values).index(now) if now in values else 0))
        box.activated.connect(lambda index: self._preferences.change(**{name: box.itemData(index)}))
        return box

    def _switch(self, name: str, text: str) -> QWidget:
        box = QCheckBox(text)
        box.setFont(measures.font())
        box.setAccessibleName(text)
        box.setChecked(bool(getattr(self._preferences.now, name)))
        box.toggled.connect(lambda on: self._preferences.change(**{name: on}))
        return box

    def _after(self, seconds: float) -> str:
        if seconds < 0:
            return self.tr("Only when I say so")
        return self.tr("At once") if seconds == 0 else self.tr("After {0}").format(self._seconds(int(seconds)))

    def _seconds(self, seconds: int) -> str:
        if seconds == 0:
            return self.tr("Not at all")
        return self.tr("1 second") if seconds == 1 else self.tr("{0} seconds").format(seconds)

    # Accounts -------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(12))
        self.cards = {}
        for account in self._engine.library.accounts():
            self.cards[account.id] = self._card(account)
            column.addWidget(self.cards[account.id])
        add = WordButton(self.tr("Add account…"), icon="plus")
        add.clicked.connect(self.account_wanted)
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch()
        self._accounts.setWidget(page)

    def _card(self, account: Account) -> AccountCard:
        return AccountCard(self._engine, account, self)
