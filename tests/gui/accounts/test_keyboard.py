"""The page of a POP3 account with the keyboard alone: Tab comes to everything that can be done, and everything has a
name and says where it is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from desktopmail.domain.account import Keep, Leave
from desktopmail.gui.accounts.leave import LeaveRow
from desktopmail.gui.accounts.page import AccountPage
from tests.gui.accounts.conftest import desk, until
from tests.gui.accounts.test_arranged import BOB, EVE, FAR, visiting

Run = Callable[[Coroutine[Any, Any, None]], None]


def controls(page: AccountPage) -> list[QWidget]:
    """Everything on the page that can be pressed, chosen or written into."""
    kinds = QAbstractButton | QComboBox | QLineEdit
    found = [each for each in page.findChildren(QWidget) if isinstance(each, kinds) and each.isVisibleTo(page)]
    return [each for each in found if not isinstance(each.parent(), QComboBox) and each.isEnabled()]


def walked(page: AccountPage) -> list[QWidget]:
    """Where Tab comes by, from the name of the account until it is there again."""
    page.name.setFocus(Qt.FocusReason.TabFocusReason)
    found: list[QWidget] = []
    for _ in range(200):
        now = QApplication.focusWidget()
        if now is None or now in found:
            break
        found.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    return found


def test_tab_comes_to_everything(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with desk(tmp_path, EVE, "x") as one:
            await one.engine.accounts.add(BOB, "x")
            await one.engine.accounts.add(FAR, "x")
            await visiting(one, one.account.id, one.account.id)
            one.page.came()
            await until(lambda: one.page.arranged.new_row.isVisibleTo(one.page))
            await until(lambda: not one.page.server_rows.whereabouts.isHidden())
            one.window.activateWindow()
            await until(lambda: one.window.isActiveWindow())
            reached = walked(one.page)
            swatches = [each for each in controls(one.page) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
            assert [each.accessibleName() for each in swatches if each not in reached] == []
            assert [each for each in controls(one.page) if not each.accessibleName()] == []

    run(story())


def test_a_rule_is_chosen_and_used_with_keys(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with desk(tmp_path, EVE, "x") as one:
            await visiting(one, one.account.id, one.account.id)
            row = one.page.server_rows.leave
            assert isinstance(row, LeaveRow)
            row.choice.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(row.choice, Qt.Key.Key_Down)
            await until(lambda: "Nothing would be removed from the server now" in row.sentence.text())
            assert row.offer.isVisibleTo(one.page) and row.days.isVisibleTo(one.page)
            QTest.keyClick(row.choice, Qt.Key.Key_End)
            await until(lambda: "2 messages would be removed" in row.sentence.text())
            row.back.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(row.back, Qt.Key.Key_Space)
            assert row.chosen() == Leave() and not row.offer.isVisibleTo(one.page)
            QTest.keyClick(row.choice, Qt.Key.Key_End)
            row.use.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(row.use, Qt.Key.Key_Space)
            await until(lambda: "2 messages will be removed" in row.sentence.text())
            server = one.account.incoming
            assert server is not None and server.leave == Leave(Keep.NO)  # type: ignore[union-attr]

    run(story())
