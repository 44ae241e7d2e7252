"""The glossary: every word is explained, and the picture follows what is looked at."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktopmail.gui.commands import COMMANDS
from desktopmail.gui.glossary import TERMS, Glossary
from desktopmail.gui.menus import BAR, MAIN
from desktopmail.gui.style.theme import theme


def opened(qtbot: QtBot, term: str = "") -> Glossary:
    theme().start("light")
    glossary = Glossary(None, term)
    glossary.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(glossary)
    glossary.show()
    return glossary


def picture(glossary: Glossary) -> QImage:
    return glossary.way.grab().toImage()


def test_every_word_has_its_own_picture(qtbot: QtBot) -> None:
    glossary, shown = opened(qtbot), {}
    for term in TERMS:
        glossary.show_term(term)
        shown[term] = picture(glossary)
    for one in TERMS:
        for other in TERMS:
            assert (shown[one] == shown[other]) is (one == other)


def test_the_picture_follows_the_keyboard(qtbot: QtBot) -> None:
    glossary = opened(qtbot, "IMAP")
    glossary.activateWindow()
    qtbot.waitUntil(glossary.isActiveWindow)
    first = picture(glossary)
    glossary.terms["SMTP"].setFocus()
    assert picture(glossary) != first
    QTest.keyClick(glossary, Qt.Key.Key_Escape)
    assert not glossary.isVisible()


def test_it_is_mirrored_where_people_read_from_the_right(qtbot: QtBot) -> None:
    glossary = opened(qtbot, "POP3")
    left = picture(glossary)
    glossary.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert picture(glossary) != left


def test_everything_is_spoken(qtbot: QtBot) -> None:
    glossary = opened(qtbot)
    assert "SMTP" in glossary.way.accessibleDescription()
    for name, term in glossary.terms.items():
        assert term.accessibleName() == name
        words = " ".join(each.text() for each in term.findChildren(QLabel))
        assert term.accessibleDescription().rpartition(". ")[2] in words


def test_it_is_in_the_help_menu() -> None:
    assert "glossary" in {command.id for command in COMMANDS}
    assert "glossary" in dict(BAR)["Help"] and "glossary" in MAIN
