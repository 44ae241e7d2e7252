"""The button above the list that narrows it to where messages are: only on a server, there and here, or only here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktopmail.domain.message import Copy
from desktopmail.gui import words
from desktopmail.gui.loop import spawn
from desktopmail.gui.messages.source import Only
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.tip import plain_tip

Counting = Callable[[], Awaitable[Mapping[Copy, int]]]


class CopyFilter(WordButton):
    """A drawing as long as all is shown, and a word beside it when it is not. `only_wanted` with what is chosen in its
    menu; `counting` says how many messages of the place are in which state; `action` is the command that offers it."""

    only_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, look="plain", icon="hard-drive")
        self.setFont(measures.font(measures.SMALL))
        self.setCheckable(True)
        self.counting: Counting | None = None
        self.action: QAction | None = None
        self._only = Only.ALL
        self._menu: QMenu | None = None
        self._choices: dict[Only, QAction] = {}
        self.clicked.connect(self.offer)
        self.show_only(Only.ALL)

    def show_only(self, only: Only) -> None:
        """What the list is narrowed to."""
        self._only = only
        narrowed = only.copy is not None
        self.setChecked(narrowed)
        self.word(self._short(only) if narrowed else "")
        name = self.tr("Where messages are: {0}").format(self._word(only if narrowed else Only.ALL))
        self.setAccessibleName(name)
        keys = self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) if self.action else ""
        self.setToolTip(plain_tip(f"{name} ({keys})" if keys else name))

    def _short(self, only: Only) -> str:
        """Its word on the button, which has little room."""
        match only:
            case Only.SERVER:
                return self.tr("Server only")
            case Only.BOTH:
                return self.tr("Both")
        return self.tr("Here only")

    def _word(self, only: Only) -> str:
        match only:
            case Only.SERVER:
                return self.tr("Only on the server")
            case Only.BOTH:
                return self.tr("Here and on the server")
            case Only.HERE:
                return self.tr("Only here")
        return self.tr("Everywhere")

    def offer(self) -> None:
        """Open the menu: below the button or, while the strip shows other things, where the focus is."""
        self.setChecked(self._only.copy is not None)
        menu = self._menu = self._menu or self._made()
        for only, choice in self._choices.items():
            choice.setText(self._word(only))
            choice.setChecked(only is (self._only if self._only.copy is not None else Only.ALL))
        if self.counting is not None:
            spawn(self._count(self.counting()), self)
        place = self if self.isVisible() else self.window().focusWidget() or self.window()
        menu.popup(place.mapToGlobal(place.rect().bottomLeft() if place is self else place.rect().topLeft()))

    def _made(self) -> QMenu:
        menu = QMenu(self.tr("Where messages are"), self)
        menu.setAccessibleName(self.tr("Where messages are"))
        group = QActionGroup(menu)
        for only in (Only.ALL, Only.SERVER, Only.BOTH, Only.HERE):
            choice = self._choices[only] = menu.addAction(self._word(only))
            choice.setCheckable(True)
            choice.triggered.connect(lambda _, only=only: self.only_wanted.emit(only))
            group.addAction(choice)
            if only is Only.ALL:
                menu.addSeparator()
        return menu

    async def _count(self, counting: Awaitable[Mapping[Copy, int]]) -> None:
        counts = await counting
        for only, choice in self._choices.items():
            count = sum(counts.values()) if only.copy is None else counts.get(only.copy, 0)
            choice.setText(f"{self._word(only)} ({words.number(count)})")
