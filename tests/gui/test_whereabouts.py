"""Where a message exists is seen and heard on its row and in its head, and searched for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktopmail.domain.body import Body
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Copy
from desktopmail.gui.messages.source import Only
from desktopmail.gui.messages.spoken import spoken
from desktopmail.gui.reader.header import MessageHeader
from desktopmail.gui.window import MainWindow
from tests.gui.desk import Desk
from tests.gui.samples import summary
from tests.gui.test_pop3 import Run, delivered, desk

__all__ = ["desk"]

BODY = Body(
    subject="x", date=1, sender=(), to=(), cc=(), bcc=(), reply_to=(), message_id="", references=(), html="", text="x",
    parts=(),
)  # fmt: skip


def test_rows_of_its_inbox_say_where_messages_are(desk: Desk, run: Run, qtbot: QtBot) -> None:
    run(delivered(desk))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    model = window.messages.model
    assert model.on_server
    said = {model.summary(row).id: spoken(model.summary(row)) for row in range(3)}  # type: ignore[union-attr,arg-type]
    assert "only on this computer" in said[desk.ids[0]] and "only on this computer" not in said[desk.ids[1]]
    sent = desk.run(desk.store.read(lambda tx: tx.folders.by_role(desk.account, Role.SENT)))
    window.places.go(sent.id)
    assert not model.on_server


def test_a_search_leads_to_what_is_only_here(desk: Desk, run: Run, qtbot: QtBot) -> None:
    run(delivered(desk))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    for _ in range(2):
        window.search.look_for("is:only-here")
        desk.until(lambda: len(window.messages.model) == 1)
        assert window.search.text() == "is:only-here"


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        (Copy.SERVER, "Only on the server"),
        (Copy.BOTH, "On this computer and on the server"),
        (Copy.HERE, "Only on this computer"),
    ],
)
def test_the_head_of_a_message_says_where_it_is(qtbot: QtBot, copy: Copy, words: str) -> None:
    header = MessageHeader()
    qtbot.addWidget(header)
    header.show_summary(replace(summary(0, 1_790_000_000), copy=Copy.BOTH), frozenset())
    header.show_body(BODY, frozenset())
    header._to.click()
    header.show_copy(copy)
    assert any(words in each.text() for each in header.findChildren(QLabel))


def menu_of(window: MainWindow) -> dict[str, QAction]:
    """What the button above the list offers, by its words."""
    menu = window.messages.header.copies._menu
    assert menu is not None
    return {action.text(): action for action in menu.actions() if action.text()}


def test_the_list_is_narrowed_to_where_messages_are(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """By the keyboard, with counts; the button says what is shown, and another folder shows everything again."""
    run(delivered(desk))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    button = window.messages.header.copies
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus and button.accessibleName().endswith("Everywhere")
    qtbot.keyClick(button, Qt.Key.Key_Space)
    desk.until(lambda: "Only here (1)" in menu_of(window))
    offered = menu_of(window)
    assert set(offered) == {"Everywhere (3)", "Only on the server (2)", "Here and on the server (0)", "Only here (1)"}
    assert [words for words, action in offered.items() if action.isChecked()] == ["Everywhere (3)"]
    offered["Only here (1)"].trigger()
    assert window.messages.model.only is Only.HERE and list(window.messages.model.vector.ids) == [desk.ids[0]]
    assert button.isChecked() and button.text().strip() == "Here only" and "Only here" in button.accessibleName()
    offered["Here and on the server (0)"].trigger()
    assert "both on this computer and" in window.messages.empty.words and len(window.messages.model) == 0
    window.commands.run("quick_filter")
    assert window.messages.model.only is Only.ALL and not button.isChecked() and button.text().strip() == ""
    offered["Only on the server (2)"].trigger()
    assert len(window.messages.model) == 2
    button._menu.close()  # type: ignore[union-attr]
    window.places.go(window.places.place)
    assert window.messages.model.only is Only.ALL and button.accessibleName().endswith("Everywhere")


def test_the_filter_is_a_command(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """With keys of its own, from wherever one is in the window; what it offers is chosen by the arrow keys."""
    run(delivered(desk))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    button, action = window.messages.header.copies, window.commands.actions["copy_filter"]
    assert action.isEnabled() and action.shortcut().toString() == "Ctrl+Shift+L"
    assert action in window.menus.main.actions()
    window.folders.view.setFocus()
    qtbot.keyClick(
        window.folders.view, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    desk.until(lambda: button._menu is not None and button._menu.isVisible())
    menu = button._menu
    assert menu is not None
    for _ in range(4):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert window.messages.model.only is Only.HERE and not menu.isVisible()
    assert "Ctrl+Shift+L" in button.toolTip()
    window.messages.view.selectAll()
    window.commands.run("copy_filter")
    assert menu.isVisible(), "also while the strip says how many are chosen"
    menu.close()
    window.search.begin()
    qtbot.keyClicks(window.search, "letter")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    desk.until(lambda: not action.isEnabled())
    window.commands.run("copy_filter")
    assert not menu.isVisible()


def test_news_come_under_the_filter_only_when_they_belong(desk: Desk, run: Run, qtbot: QtBot) -> None:
    first, second, third = run(delivered(desk))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    window.messages.filter(Only.HERE)
    assert list(window.messages.model.vector.ids) == [first]
    run(desk.store.write(lambda tx: tx.ledger.vanished(desk.account, [f"u{second}"])))
    desk.until(lambda: sorted(window.messages.model.vector.ids) == sorted([first, second]))
    run(desk.engine.actions.star([third], True))
    run(desk.settled())
    assert third not in window.messages.model.vector.ids
