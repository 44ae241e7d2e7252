"""A POP3 account typed by hand with the keyboard alone: Tab comes to everything, and everything has a name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from desktopmail.domain.account import Keep
from tests.gui.wizard.conftest import Person, person, until

Run = Callable[[Coroutine[Any, Any, None]], None]


def controls(wizard: QWidget) -> list[QWidget]:
    """Everything that can be pressed, chosen or written into just now."""
    kinds = QAbstractButton | QComboBox | QLineEdit
    found = [each for each in wizard.findChildren(QWidget) if isinstance(each, kinds) and each.isVisibleTo(wizard)]
    return [each for each in found if each.isEnabled() and not isinstance(each.parent(), QComboBox)]


def walked(wizard: QWidget) -> list[QWidget]:
    """Where Tab comes by, once around."""
    found: list[QWidget] = []
    for _ in range(100):
        now = QApplication.focusWidget()
        if now is None or now in found:
            break
        found.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    return found


async def to_the_servers(ada: Person) -> None:
    """The page for servers typed by hand."""
    ada.type("Ada Lovelace", ada.wizard.you.name.line)
    ada.press(Qt.Key.Key_Tab)
    ada.type("ada@nowhere.example")
    ada.press(Qt.Key.Key_Tab)
    ada.type("secret")
    ada.press(Qt.Key.Key_Return)
    await until(lambda: ada.wizard.page is ada.wizard.hand)


def test_pop3_by_hand(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with person(tmp_path) as ada:
            await to_the_servers(ada)
            ada.wizard.activateWindow()
            await until(ada.wizard.isActiveWindow)
            ada.wizard.hand.incoming.choose("pop3")
            reached = walked(ada.wizard)
            wanted = [each for each in controls(ada.wizard) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
            assert [each.accessibleName() for each in wanted if each not in reached] == []
            assert [each for each in controls(ada.wizard) if not each.accessibleName()] == []
            assert any(isinstance(each, QComboBox) and each.findData(Keep.NO.value) >= 0 for each in reached)

    run(story())
