"""The web engine is started when the person turns to the list."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from desktopmail.gui.warming import Warming


@pytest.mark.parametrize("hint", ["key", "pointer"])
def test_the_first_touch_warms_up_once(qtbot: QtBot, hint: str) -> None:
    view = QListView()
    qtbot.addWidget(view)
    warmed: list[str] = []
    Warming(view, lambda: warmed.append("warm"))
    view.show()
    QGuiApplication.processEvents()
    assert warmed == []
    for _ in range(2):
        if hint == "key":
            QTest.keyClick(view, Qt.Key.Key_Down)
        else:
            QGuiApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Enter))
        qtbot.waitUntil(lambda: warmed == ["warm"])
