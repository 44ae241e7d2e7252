"""Colours are far enough apart, drawings exist, and the command table is sound."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QKeySequence, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.domain.address import Address
from desktopmail.domain.message import Flags
from desktopmail.gui.commands import COMMANDS, GROUPS, Commands, Situation, letters
from desktopmail.gui.messages import dates
from desktopmail.gui.messages.ink import _clean
from desktopmail.gui.messages.rows import name_of
from desktopmail.gui.messages.sections import borders, sections
from desktopmail.gui.messages.spoken import spoken
from desktopmail.gui.overview import Overview
from desktopmail.gui.style import icons
from desktopmail.gui.style.colours import DARK, LIGHT, PEOPLE_DARK, PEOPLE_LIGHT, Colours, contrast, from_system
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.avatar import tints
from tests.gui.samples import Samples, summary


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(colours: Colours) -> None:
    """4.5 : 1 for text, 3 : 1 for signs, as WCAG 2.2 asks."""
    for ground in (colours.window, colours.surface, colours.raised, colours.soft, colours.hover, colours.quiet):
        assert contrast(colours.text, ground) >= 4.5
        assert contrast(colours.secondary, ground) >= 4.5
    for words in (colours.accent, colours.good, colours.care, colours.bad):
        assert contrast(words, colours.window) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.accent, colours.soft) >= 4.5
    assert contrast(colours.star, colours.window) >= 3
    assert contrast(colours.text, colours.hit) >= 4.5
    for words in (colours.on_notice, colours.notice_accent):
        assert contrast(words, colours.notice) >= 4.5
    assert contrast(colours.notice, colours.window) >= 1.5


@pytest.mark.parametrize(
    ("base", "text", "highlight", "highlighted"),
    [
        ("#000000", "#FFFFFF", "#FFFF00", "#000000"),
        ("#FFFFFF", "#000000", "#37006E", "#FFFFFF"),
        ("#2D3236", "#FFFFFF", "#8EE3F0", "#263B50"),
        ("#202020", "#FFFFFF", "#D6B4FD", "#2B2B2B"),
    ],
)
def test_high_contrast_is_the_systems_own(base: str, text: str, highlight: str, highlighted: str) -> None:
    """Text on every ground, and fields that are told from what they lie on."""
    palette, role = QPalette(), QPalette.ColorRole
    for part, colour in ((role.Base, base), (role.Text, text), (role.Highlight, highlight),
                         (role.HighlightedText, highlighted)):  # fmt: skip
        palette.setColor(part, QColor(colour))
    found = from_system(palette)
    for ground in (found.window, found.surface, found.raised, found.soft, found.hover, found.quiet):
        assert contrast(found.text, ground) >= 4.5
        assert contrast(found.secondary, ground) >= 4.5
    assert contrast(found.on_accent, found.accent) >= 4.5
    assert contrast(found.accent, found.window) >= 4.5
    assert contrast(found.notice_accent, found.notice) >= 4.5
    assert contrast(found.line, found.window) >= 4.5
    assert contrast(found.quiet, found.window) >= 1.5


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_avatars_and_tags_are_readable(qapp: QApplication, choice: str) -> None:
    """Initials and tag names keep 4.5 : 1 on their fill; account bars 3 : 1 on the pane."""
    theme().start(choice)
    for which in range(8):
        fill, ink = tints(which)
        assert contrast(fill, ink) >= 4.5
    bars, ground = (PEOPLE_DARK, DARK.surface) if choice == "dark" else (PEOPLE_LIGHT, LIGHT.surface)
    assert min(contrast(bar, ground) for bar in bars) >= 3
    theme().choose("light")


def test_every_drawing_exists() -> None:
    """Icons named in the program are among the resources."""
    named = {command.icon for command in COMMANDS if command.icon}
    assert [name for name in sorted(named) if not (icons.FOLDER / f"{name}.svg").is_file()] == []
    assert (icons.FOLDER / "LICENSE").read_text().startswith("ISC License")


def test_drawings_are_crisp_at_every_scale(qapp: QApplication) -> None:
    """A drawing is made of as many pixels as the screen has."""
    for ratio in (1.0, 1.5, 2.0):
        pixmap = icons.pixmap("archive", LIGHT.text, 18, ratio)
        assert pixmap.width() == round(18 * ratio)
        assert not pixmap.toImage().allGray() or pixmap.hasAlphaChannel()


def test_no_key_means_two_things() -> None:
    """Modified keys are unique; so are the letters of each set."""
    keys = [QKeySequence(key).toString() for command in COMMANDS for key in command.keys]
    assert sorted(keys) == sorted(set(keys))
    assert "" not in keys
    for letter_set in ("classic", "gmail"):
        single = [letters(command, letter_set) for command in COMMANDS if letters(command, letter_set)]
        assert sorted(single) == sorted(set(single))
        assert all(len(letter) == 1 for letter in single)


def test_commands_are_named_grouped_and_explained() -> None:
    """Ids are words, groups are known, texts are sentence case without exclamation."""
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z_0-9]+", command.id)
        assert command.group in GROUPS
        assert command.text[0].isupper() and "!" not in command.text


def test_commands_need_something_to_act_on() -> None:
    """With nothing selected no verb on messages is offered."""
    nothing = Situation(accounts=1)
    for name in ("archive", "trash", "junk", "star", "move", "reply", "remove"):
        command = next(each for each in COMMANDS if each.id == name)
        assert not command.enabled(nothing)
        assert command.enabled(Situation(accounts=1, selected=1))
    archive = next(each for each in COMMANDS if each.id == "archive")
    assert not archive.enabled(Situation(accounts=1, selected=1, in_archive=True))


def test_the_overview_shows_every_key(qtbot: QtBot, qapp: QApplication) -> None:
    """What has a key is in the overview, in the words of the table."""
    theme().start("light")
    window = QWidget()
    qtbot.addWidget(window)
    commands = Commands(window)
    overview = Overview(window, commands, "classic")
    said = {label.text() for label in overview.findChildren(object) if hasattr(label, "text")}  # type: ignore[call-overload]
    for command in COMMANDS:
        if commands.keys(command.id, "classic") and not command.id.startswith("inbox_"):
            assert command.text.rstrip("…") in said
    assert {"A", "Ctrl+E"} <= said


def test_dates_are_short_and_relative() -> None:
    """Time today and yesterday, weekday within the week, day this year, year beyond."""
    today = date(2026, 11, 25)

    def at(*when: int) -> str:
        return dates.short(int(datetime(*when).timestamp()), today)  # type: ignore[arg-type]

    assert at(2026, 11, 25, 14, 5) == dates.QLocale().toString(dates.QTime(14, 5), dates.QLocale.FormatType.ShortFormat)
    assert at(2026, 11, 23, 9, 0).rstrip(".") == dates.QLocale().toString(dates.QDate(2026, 11, 23), "ddd").rstrip(".")
    assert "3" in at(2026, 3, 3, 9, 0) and "2026" not in at(2026, 3, 3, 9, 0)
    assert "24" in at(2024, 3, 3, 9, 0)
    assert dates.short(0, today) == ""
    assert dates.short(10**18, today) == ""


def test_sections_cut_where_days_begin() -> None:
    """Every row stands under the heading of its day; nothing is left without one."""
    today = date(2026, 11, 25)
    starts = [since for since, _ in borders(today)]
    assert starts == sorted(starts, reverse=True)
    rows = sorted([since + 1 for since in starts] + [since - 1 for since in starts], reverse=True)
    found = sections(rows, today)
    assert found[0].first == 0
    assert [section.title for section in found[:3]] == ["Today", "Yesterday", "This week"]
    assert sections([], today) == []
    assert [each.title for each in sections([5], today)] == ["Older"]


def test_rows_speak() -> None:
    """State first, then who, what and when."""
    said = spoken(summary(0, 1_790_000_000))
    assert said.startswith("Unread, Grace Hopper, Compiler review moved to Thursday")
    assert "with attachment" in spoken(summary(2, 1_790_000_000))
    assert spoken(summary(2, 1_790_000_000)).startswith("Starred")
    assert "no subject" in spoken(summary(12, 1_790_000_000))


def test_a_name_that_looks_like_an_address_is_not_trusted() -> None:
    """The real address stands in its place; direction marks are taken out of rows."""
    assert name_of(Address("ceo@example.org", "phisher@elsewhere.example")) == "phisher@elsewhere.example"
    assert name_of(Address("Ada", "ada@example.org")) == "Ada"
    assert _clean("a\u202eb\nc\x00") == "ab c"
    assert _clean("👩‍🚀 fine") == "👩‍🚀 fine"


def test_themes_change_live(qtbot: QtBot, qapp: QApplication) -> None:
    """Palette and custom paint follow at once."""
    theme().start("light")
    with qtbot.waitSignal(theme().changed):
        theme().choose("dark")
    assert theme().colours is DARK
    assert qapp.palette().window().color() == DARK.window
    theme().choose("light")
    assert theme().colours is LIGHT


def test_samples_are_what_they_say() -> None:
    """The fake source filters as the real one."""
    source = Samples(40)
    ids, sorts, _ = source.rows(1, unread=True)  # type: ignore[arg-type]
    assert sorted(sorts, reverse=True) == list(sorts)
    assert all(Flags.SEEN not in source.all[one].flags for one in ids)


__all__ = ["QEvent", "Qt"]
