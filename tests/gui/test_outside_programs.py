"""Where the system has no program for an address, a button that opens one still does something."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.gui.outside import open_outside


@pytest.mark.parametrize("kind", ["address", "folder"])
def test_what_no_program_opens_is_copied_and_said(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    shown = "https://www.example.org/help" if kind == "address" else "/somewhere/mail"
    url = QUrl(shown) if kind == "address" else QUrl.fromLocalFile(shown)
    near = QWidget()
    qtbot.addWidget(near)
    near.show()
    assert not open_outside(url, near)
    assert QGuiApplication.clipboard().text() == shown
    assert f"No program opened {shown}. It was copied instead." in QToolTip.text()


def test_what_a_program_opens_is_left_to_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    QGuiApplication.clipboard().setText("mine")
    near = QWidget()
    qtbot.addWidget(near)
    assert open_outside(QUrl("https://www.example.org/"), near)
    assert QGuiApplication.clipboard().text() == "mine"
