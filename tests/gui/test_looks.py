"""What a demanding eye sees: nothing is cut that has room, words stand on one line, both reading directions fit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QHoverEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QStyleOptionToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.domain.address import Address
from desktopmail.gui.activity.panel import ActivityPanel
from desktopmail.gui.composer.recipients import Chip
from desktopmail.gui.composer.suggestions import Suggestions
from desktopmail.gui.messages.empty import EmptyState
from desktopmail.gui.messages.header import HEIGHT
from desktopmail.gui.reader.actionline import ActionButton, ActionLine
from desktopmail.gui.reader.header import SenderLine
from desktopmail.gui.reader.row import FoldedRow
from desktopmail.gui.search.hintcard import HintCard
from desktopmail.gui.search.hints import Hint
from desktopmail.gui.style import icons
from desktopmail.gui.style.colours import DARK, LIGHT, contrast
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.area import Area
from desktopmail.gui.widgets.avatar import Avatar
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.card import SHADOW
from desktopmail.gui.widgets.choice import Choice
from desktopmail.gui.widgets.label import BriefLabel, PlainLabel
from desktopmail.gui.widgets.toast import Toast
from tests.gui.samples import summary

LONG = Address("Dr. Maximiliane Wolkenstein-Hohenfels", "maximiliane.wolkenstein@department.university.example")


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    theme().start("light")


def shown(widget: QWidget, qtbot: QtBot, width: int, height: int = 0) -> QWidget:
    """A widget in a window of its own, as wide as this."""
    host = QWidget()
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch()
    host.resize(width, height or 200)
    qtbot.addWidget(host)
    host.show()
    return host


def test_a_sentence_that_became_shorter_takes_less_room(qapp: QApplication) -> None:
    label = PlainLabel("Words that need more than a line when there is little room for them", wrap=True)
    label.fit(120)
    tall = label.height()
    label.fit(600)
    assert label.height() < tall


def test_name_and_address_of_a_sender_are_whole_where_there_is_room_for_one(qtbot: QtBot) -> None:
    line = SenderLine()
    line.show_sender([LONG], 1_790_000_000)
    host = shown(line, qtbot, 900)
    QApplication.processEvents()
    assert not line.wrapped
    one = line.height()
    host.resize(480, 200)
    qtbot.waitUntil(lambda: line.wrapped and line.height() > one)
    host.resize(900, 200)
    qtbot.waitUntil(lambda: not line.wrapped and line.height() == one)


def test_a_sender_without_a_name_needs_one_line(qtbot: QtBot) -> None:
    line = SenderLine()
    line.show_sender([Address("", LONG.address)], 1_790_000_000)
    host = shown(line, qtbot, 300)
    assert host.isVisible() and not line.wrapped


def test_the_date_is_behind_the_sender_in_both_directions(qtbot: QtBot) -> None:
    line = SenderLine()
    line.show_sender([Address("Ada", "a@b.example")], 1_790_000_000)
    host = shown(line, qtbot, 600)
    assert host.isVisible()
    assert line._over_date(QPoint(590, 4)) and not line._over_date(QPoint(10, 4))
    line.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert line._over_date(QPoint(10, 4)) and not line._over_date(QPoint(590, 4))


def test_older_messages_are_mirrored_with_their_window(qtbot: QtBot) -> None:
    row = FoldedRow()
    row.show_summary(summary(1, 1_790_000_000))
    host = shown(row, qtbot, 600)
    assert host.isVisible()
    avatar = row.findChild(Avatar)
    assert avatar.x() == 0
    row.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    row.resize(599, row.height())
    qtbot.waitUntil(lambda: avatar.x() == row.width() - avatar.width())


def test_a_count_is_short_before_it_is_cut(qtbot: QtBot) -> None:
    label = BriefLabel()
    label.say("148 conversations", "148")
    metrics = label.fontMetrics()
    whole = metrics.horizontalAdvance("148 conversations")
    assert label.shown(label.text(), whole) == "148 conversations"
    assert label.shown(label.text(), whole - 1) == "148"
    label.say("3 found", "")
    assert label.shown(label.text(), 12).endswith("…")


def test_two_empty_panes_say_so_on_one_line(qtbot: QtBot) -> None:
    reader, list_ = EmptyState(head=HEIGHT), EmptyState()
    for pane, height in ((reader, 700), (list_, 700 - HEIGHT)):
        qtbot.addWidget(pane)
        pane.resize(380, height)
        pane.say("Nothing")
        pane.show()
    QApplication.processEvents()
    assert abs(reader._title.y() - (list_._title.y() + HEIGHT)) <= 1


def test_a_notice_stands_out_from_the_window(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 300)
    host.show()
    toast = Toast(host)
    toast.say("1 message archived", "Undo", lambda: None)
    picture = toast.grab().toImage()
    assert picture.pixelColor(toast.width() // 2, 3) == LIGHT.notice
    assert toast._button.palette().buttonText().color() == LIGHT.notice_accent
    toast.leave()


@pytest.mark.parametrize("side", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
def test_a_page_that_scrolls_is_as_wide_as_one_that_does_not(qtbot: QtBot, side: Qt.LayoutDirection) -> None:
    inner, part = QWidget(), QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(32, 0, 32, 0)
    column.addWidget(part)
    area = Area(inner)
    area.setLayoutDirection(side)
    qtbot.addWidget(area)
    area.resize(500, 300)
    area.show()
    assert part.width() == 436
    part.setFixedHeight(900)
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    qtbot.waitUntil(lambda: part.width() == 436)
    assert part.mapTo(area, QPoint(0, 0)).x() == 32
    part.setFixedHeight(20)
    qtbot.waitUntil(lambda: not area.verticalScrollBar().isVisible())
    qtbot.waitUntil(lambda: part.width() == 436 and part.mapTo(area, QPoint(0, 0)).x() == 32)


@pytest.mark.parametrize("side", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
def test_words_and_cross_of_a_chip_keep_clear_of_each_other(qtbot: QtBot, side: Qt.LayoutDirection) -> None:
    chip = Chip(Address("Ada Lovelace", "ada@example.org"))
    qtbot.addWidget(chip)
    chip.setLayoutDirection(side)
    chip.show()
    cross: QRectF = chip._cross.spot
    beyond = chip.width() - 9 if side == Qt.LayoutDirection.RightToLeft else 9
    assert chip._cross.holds(cross.center()) and not chip._cross.holds(QPointF(beyond, 13))
    picture = chip.grab().toImage()
    gap = range(round(cross.right()) + 1, round(cross.right()) + 4)
    if side == Qt.LayoutDirection.LeftToRight:
        gap = range(round(cross.left()) - 4, round(cross.left()) - 1)
    assert {picture.pixel(x, 13) for x in gap} == {LIGHT.quiet.rgb()}


def test_a_cross_shows_that_it_can_be_pressed(qtbot: QtBot) -> None:
    chip = Chip(Address("Ada Lovelace", "ada@example.org"))
    qtbot.addWidget(chip)
    chip.show()
    before = chip.grab().toImage()
    spot = chip._cross.spot.center()
    over = QHoverEvent(QHoverEvent.Type.HoverMove, spot, chip.mapToGlobal(spot), QPointF(0, 0))
    QApplication.sendEvent(chip, over)
    assert chip.grab().toImage() != before
    assert chip.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QApplication.sendEvent(chip, QHoverEvent(QHoverEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), spot))
    assert chip.grab().toImage() == before


def test_a_verb_keeps_clear_of_its_drawing(qtbot: QtBot) -> None:
    line = ActionLine()
    qtbot.addWidget(line)
    action = QAction(icons.icon("archive"), "Archive", line)
    line.show()
    line.show_actions([[action]])
    line.resize(600, line.height())
    (button,) = line.findChildren(ActionButton)
    option = QStyleOptionToolButton()
    button.initStyleOption(option)
    assert option.text.strip() == "Archive" and option.text != "Archive"
    line.resize(60, line.height())
    option = QStyleOptionToolButton()
    button.initStyleOption(option)
    assert option.text == "Archive"


def test_cards_of_hints_are_as_high_as_what_they_hold(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    people = Suggestions(host)
    people.offer([Address(f"Somebody {number}", f"s{number}@example.org") for number in range(3)], QPoint(9, 9), 300)
    hints = HintCard(host)
    hints.offer([Choice(Hint("from:ada", 0), "Ada")], QPoint(9, 9), 300, chosen=False)
    QApplication.processEvents()
    for card in (people, hints):
        found = card._list
        last = found.visualRect(found.model().index(found.model().rowCount() - 1, 0))
        below = card.height() - SHADOW - found.viewport().mapTo(card, last.bottomLeft()).y()
        above = found.viewport().mapTo(card, QPoint(0, 0)).y() - SHADOW
        assert abs(above - below) <= 2, (card, above, below)


def test_the_activity_panel_is_of_one_colour(qtbot: QtBot) -> None:
    theme().choose("dark")
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    panel = ActivityPanel(host)
    panel.show_state([], {}, [])
    panel.open(QPoint(700, 60))
    (said,) = (each for each in panel.findChildren(QLabel) if each.text() == "No account is set up.")
    assert panel._scroll.viewport().rect().contains(said.mapTo(panel._scroll.viewport(), said.rect().bottomLeft()))
    picture = panel.grab().toImage()
    middle = picture.width() // 2
    grounds = {picture.pixelColor(middle, y).name() for y in (SHADOW + 4, SHADOW + 60, picture.height() - SHADOW - 4)}
    assert grounds == {DARK.raised.name()}
    theme().choose("light")


def test_what_is_switched_off_looks_like_it(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    row = QVBoxLayout(host)
    for look in ("", "plain", "link", "danger"):
        for able in (True, False):
            button = WordButton("Words", look=look)
            button.setEnabled(able)
            row.addWidget(button)
    host.show()
    for button in host.findChildren(WordButton):
        ink = button.palette().buttonText().color()
        assert (contrast(ink, LIGHT.window) >= 4.5) == button.isEnabled(), button.property("look")


def test_words_of_a_menu_stand_below_each_other(qtbot: QtBot) -> None:
    """Whether a drawing, a mark, or nothing is before them."""
    menu = QMenu()
    qtbot.addWidget(menu)
    drawn, marked, plain = menu.addAction(icons.icon("archive"), "HHH"), menu.addAction("HHH"), menu.addAction("HHH")
    marked.setCheckable(True)
    marked.setChecked(True)
    menu.popup(QPoint(0, 0))
    picture = menu.grab().toImage()

    def begins(action: QAction) -> int:
        spot = menu.actionGeometry(action)
        lines = range(spot.top() + 6, spot.bottom() - 6)
        return next(x for x in range(26, 80) if any(picture.pixelColor(x, y).lightness() < 150 for y in lines))

    assert begins(drawn) == begins(marked) == begins(plain)
    menu.close()
