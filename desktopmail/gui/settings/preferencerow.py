"""The line of one preference: its words, the control that changes it at once, and the way back to the default."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from desktopmail.domain.preferences import PREFERENCES, Preference
from desktopmail.domain.settings import Settings
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page, Row, Section
from desktopmail.gui.settings.tiles import Tiles
from desktopmail.gui.settings.words import told, value_word
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.switch import Switch

translate = QCoreApplication.translate
PICTURED = ("theme", "density", "layout")


class PreferenceRow(Row):
    """Follows the preference, whoever changes it."""

    def __init__(self, preferences: Preferences, known: Preference) -> None:
        self.known = known
        self.preferences = preferences
        pictured = known.name in PICTURED
        control: QWidget = self._tiles() if pictured else self._box() if known.values else self._switch()
        values = " ".join(f"{text} {told(text)}" for _, text in known.values)
        extra = f"{known.title} {known.extra} {values}"
        super().__init__(told(known.title), told(known.sentence), None if pictured else control, extra=extra)
        if pictured:
            self.control = control
            control.setAccessibleName(told(known.title))
            self.below(control)
        usual = value_word(known, Settings.default(known.name))
        self.back = WordButton(translate("settings", "Back to default: {0}").format(usual), look="link")
        self.back.setFont(measures.font(measures.SMALL))
        self.back.setAccessibleName(f"{told(known.title)}: {self.back.accessibleName()}")
        self.back.clicked.connect(self._reset)
        self.below(self.back)
        preferences.changed.connect(self._heard)
        self._show()

    def _switch(self) -> Switch:
        made = Switch()
        made.clicked.connect(lambda on: self._choose(bool(on)))
        return made

    def _tiles(self) -> Tiles:
        made = Tiles(self.known.name, [(str(value), told(text)) for value, text in self.known.values])
        made.chosen.connect(self._choose)
        return made

    def _box(self) -> ComboBox:
        made = ComboBox()
        made.setMinimumWidth(px(180))
        for value, _ in self.known.values:
            made.addItem(value_word(self.known, value), value)
        made.activated.connect(lambda index: self._choose(made.itemData(index)))
        return made

    def _choose(self, value: object) -> None:
        self.preferences.change(**{self.known.name: value})

    def _reset(self) -> None:
        self._choose(Settings.default(self.known.name))
        if self.control is not None:
            self.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def _heard(self, names: set[str]) -> None:
        if self.known.name in names or self.known.needs in names:
            self._show()

    def _show(self) -> None:
        now = getattr(self.preferences.now, self.known.name)
        if isinstance(self.control, Switch):
            self.control.setChecked(bool(now))
        elif isinstance(self.control, Tiles):
            self.control.show_value(now)
        elif isinstance(self.control, ComboBox):
            place = self.control.findData(now)
            if place < 0:
                self.control.addItem(value_word(self.known, now), now)
                place = self.control.count() - 1
            self.control.setCurrentIndex(place)
        self.back.setVisible(now != Settings.default(self.known.name))
        able = not self.known.needs or bool(getattr(self.preferences.now, self.known.needs))
        for part in (self.title, self.sentence, self.control):
            if part is not None:
                part.setEnabled(able)


def fill(page: Page, preferences: Preferences, name: str, groups: tuple[str, ...] = ()) -> dict[str, Section]:
    """Put all preferences of a page onto it, a section per group; only these `groups` if any are named. Gives the
    sections by group."""
    sections: dict[str, Section] = {}
    for known in PREFERENCES:
        if known.page != name or (groups and known.group not in groups):
            continue
        if known.group not in sections:
            sections[known.group] = page.section(told(known.group))
        sections[known.group].add(PreferenceRow(preferences, known))
    return sections
