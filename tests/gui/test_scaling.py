"""The system's font, its size and its contrast change while windows are open: what is there follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.label import PlainLabel


@pytest.fixture
def font(qapp: QApplication, qtbot: QtBot) -> Iterator[QFont]:
    """The application's font; put back at the end."""
    theme().start("light")
    usual = QFont(qapp.font())
    yield QFont(usual)
    qapp.setFont(usual)
    qtbot.waitUntil(lambda: measures.font().pointSizeF() == pytest.approx(9.75, abs=3))


class Card(QWidget):
    """A few things as windows are made of."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.head = (
            PlainLabel("Text", tone="secondary"),
            PlainLabel("Head", size=measures.SUBJECT, bold=True),
        )
        self.word, self.icon = WordButton("Do it", look="primary"), IconButton("x", "Close")
        column = QVBoxLayout(self)
        column.setContentsMargins(measures.px(16), measures.px(8), measures.px(16), measures.px(8))
        row = QHBoxLayout()
        row.addSpacing(measures.px(20))
        row.addWidget(self.icon)
        column.addWidget(self.label)
        column.addWidget(self.head)
        column.addWidget(self.word)
        column.addLayout(row)
        self.setFixedHeight(measures.px(160))


def shape(card: Card) -> list[float]:
    """What was measured when it was made."""
    margins = card.layout().contentsMargins()
    fonts = [each.font().pointSizeF() for each in (card.label, card.head, card.word)]
    sizes = [card.icon.width(), card.icon.iconSize().width(), card.height(), margins.left(), margins.top()]
    return [*(round(each, 2) for each in fonts), *sizes]


def test_a_larger_font_scales_what_is_open(font: QFont, qapp: QApplication, qtbot: QtBot) -> None:
    """An open window looks as one that is opened afterwards, also after another theme; and all goes back."""
    card = Card()
    qtbot.addWidget(card)
    card.show()
    before = shape(card)
    larger = QFont(font)
    larger.setPointSizeF(font.pointSizeF() * 2)
    qapp.setFont(larger)
    qtbot.waitUntil(lambda: shape(card) != before)
    fresh = Card()
    qtbot.addWidget(fresh)
    fresh.show()
    assert shape(card) == pytest.approx(shape(fresh), abs=1.1)
    theme().choose("dark")
    assert shape(card) == pytest.approx(shape(fresh), abs=1.1)
    theme().choose("light")
    qapp.setFont(font)
    qtbot.waitUntil(lambda: shape(card) == pytest.approx(before, abs=1.1))


def test_another_family_is_taken(font: QFont, qapp: QApplication, qtbot: QtBot) -> None:
    """Whatever its name: fonts of our own keep size and weight."""
    card = Card()
    qtbot.addWidget(card)
    before = card.head.font()
    other = QFont(font)
    other.setFamily("Another Family")
    qapp.setFont(other)
    qtbot.waitUntil(lambda: card.head.font().family() == "Another Family")
    assert card.head.font().weight() == before.weight()
    assert measures.font().family() == "Another Family"


def test_small_system_fonts_stay_readable(font: QFont, qapp: QApplication, qtbot: QtBot) -> None:
    """The design's sizes are the least, and two and a half of them the most."""
    for points, scale in ((2.0, 1.0), (200.0, 2.5)):
        odd = QFont(font)
        odd.setPointSizeF(points)
        qapp.setFont(odd)
        qtbot.waitUntil(lambda scale=scale: measures.scale() == scale)
