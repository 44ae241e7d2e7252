"""A notice whose verbs stand beside its words, or below them where there is little room."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.strip import Notice, Strip

TEXT = "Only on this computer and in no backup: 312 messages, the oldest since 21 September 2026."


def shown(qtbot: QtBot, width: int, *verbs: str) -> Strip:
    theme().start("light")
    strip = Strip(Notice(TEXT, acts=tuple((verb, lambda: None) for verb in verbs)))
    qtbot.addWidget(strip)
    strip.resize(width, 60)
    strip.show()
    qtbot.waitExposed(strip)
    return strip


def test_verbs_go_below_and_come_back(qtbot: QtBot) -> None:
    strip = shown(qtbot, 900, "Back up now…", "Remind me in a month", "Do not remind")
    words = next(each for each in strip.findChildren(PlainLabel) if each.text() == TEXT)
    (first, *_) = strip.findChildren(QAbstractButton)

    def below() -> bool:
        return first.mapTo(strip, first.rect().center()).y() > words.geometry().bottom()

    assert not below()
    strip.resize(420, 120)
    qtbot.waitUntil(below)
    strip.resize(900, 60)
    qtbot.waitUntil(lambda: not below())


def test_a_notice_does_not_keep_its_window_wide(qtbot: QtBot) -> None:
    assert shown(qtbot, 300, "Back up now…", "Remind me in a month").minimumWidth() <= 200
    assert not shown(qtbot, 300).findChildren(QAbstractButton)
