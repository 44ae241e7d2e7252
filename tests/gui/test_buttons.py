"""Buttons by keyboard: Enter and Space press the one that has the focus, in windows and in dialogs alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QPushButton
from pytestqt.qtbot import QtBot

from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton, WordButton


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
@pytest.mark.parametrize("make", [lambda: WordButton("Keep"), lambda: IconButton("x", "Keep")])
def test_the_button_with_the_focus_is_pressed_and_no_other(
    qtbot: QtBot, key: Qt.Key, make: Callable[[], QAbstractButton]
) -> None:
    theme().start("light")
    dialog = QDialog()
    qtbot.addWidget(dialog)
    keep, other = make(), QPushButton("Remove for ever")
    row = QHBoxLayout(dialog)
    row.addWidget(keep)
    row.addWidget(other)
    other.setDefault(True)
    pressed: list[str] = []
    keep.clicked.connect(lambda: pressed.append("keep"))
    other.clicked.connect(lambda: pressed.append("remove"))
    dialog.show()
    keep.setFocus()
    QTest.keyClick(keep, key)
    assert pressed == ["keep"]
