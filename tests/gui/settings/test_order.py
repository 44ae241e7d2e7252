"""Accounts are put into another order: by keys and by dragging in the list of pages, and by buttons on their pages."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.gui.settings.window import SettingsWindow
from desktopmail.gui.widgets.button import IconButton
from tests.gui.settings.conftest import Stage, child

ADA, BOB = "account:1", "account:2"
ALT = Qt.KeyboardModifier.AltModifier


def names(stage: Stage) -> list[str]:
    return [each.name for each in stage.engine.library.accounts()]


def pages(settings: SettingsWindow) -> list[str]:
    return [key for key in settings.list.names() if key.startswith("account:")]


def inbox(stage: Stage, account: int) -> FolderId:
    folders = stage.engine.library.folders()
    return next(each.id for each in folders if each.account == AccountId(account) and each.role is Role.INBOX)


def above(stage: Stage, first: int, second: int) -> bool:
    """Whether the first account stands above the second in the list of folders."""
    view, model = stage.window.folders.view, stage.window.folders.model
    places = [view.visualRect(model.place(inbox(stage, each))).top() for each in (first, second)]
    return places[0] < places[1]


def drop(settings: SettingsWindow, key: str, over: str, source: QWidget | None = None) -> QDropEvent:
    """Let the line go in the lower half of another."""
    rows = [settings.list.item(row) for row in range(settings.list.count())]
    settings.list.go(key)
    below = next(settings.list.visualItemRect(item) for item in rows if settings.list._key(rows.index(item)) == over)
    spot = QPointF(below.center().x(), below.bottom() - 1)
    event = QDropEvent(spot, Qt.DropAction.MoveAction, QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    event.source = lambda: source or settings.list  # type: ignore[method-assign]
    settings.list.dropEvent(event)
    return event


def test_by_alt_and_an_arrow(stage: Stage, qtbot: QtBot) -> None:
    settings = stage.open(ADA)
    stage.window.places.go(inbox(stage, 2))
    assert pages(settings) == [ADA, BOB] and above(stage, 1, 2)
    qtbot.keyClick(settings.list, Qt.Key.Key_Down, ALT)
    stage.until(lambda: pages(settings) == [BOB, ADA])
    assert names(stage) == ["Bob", "Ada"] and settings._now == ADA
    stage.until(lambda: above(stage, 2, 1))
    assert stage.window.places.place == inbox(stage, 2)
    assert settings.line.words.text() == "The order of the accounts was changed"
    qtbot.keyClick(settings.list, Qt.Key.Key_Down, ALT)
    qtbot.keyClick(settings.list, Qt.Key.Key_Up, ALT)
    stage.until(lambda: pages(settings) == [ADA, BOB])
    qtbot.keyClick(settings.list, Qt.Key.Key_Up, ALT)
    settings.line.undo()
    stage.until(lambda: "stand as they did" in settings.line.words.text())
    assert names(stage) == ["Bob", "Ada"]


def test_pages_of_the_program_stay_where_they_are(stage: Stage, qtbot: QtBot) -> None:
    settings = stage.open("reading")
    before = settings.list.names()
    qtbot.keyClick(settings.list, Qt.Key.Key_Down, ALT)
    drop(settings, "reading", BOB)
    drop(settings, ADA, "reading")
    drop(settings, ADA, BOB, stage.window)
    stage.stored()
    assert settings.list.names() == before and names(stage) == ["Ada", "Bob"]
    moves = [settings.list.item(row).flags() & Qt.ItemFlag.ItemIsDragEnabled for row in range(settings.list.count())]
    assert sum(map(bool, moves)) == 2


def test_by_dragging(stage: Stage) -> None:
    settings = stage.open(ADA)
    event = drop(settings, ADA, BOB)
    assert event.isAccepted() and event.dropAction() is Qt.DropAction.IgnoreAction, "the view removes nothing itself"
    stage.until(lambda: pages(settings) == [BOB, ADA])
    assert names(stage) == ["Bob", "Ada"] and settings._now == ADA


def test_by_the_buttons_of_the_page(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page(ADA)
    up, down = child(page, IconButton, "Order: one up"), child(page, IconButton, "Order: one down")
    assert "Number 1 of 2" in page.order.row.sentence.text() and not up.isEnabled()
    down.setFocus()
    qtbot.keyClick(down, Qt.Key.Key_Space)
    stage.until(lambda: names(stage) == ["Bob", "Ada"])
    stage.until(lambda: "Number 2 of 2" in page.order.row.sentence.text())
    assert up.isEnabled() and not down.isEnabled()
    qtbot.mouseClick(up, Qt.MouseButton.LeftButton)
    stage.until(lambda: names(stage) == ["Ada", "Bob"])
    stage.run(stage.engine.accounts.remove(AccountId(2)))
    stage.until(lambda: page.order.row.isHidden())
