"""Messages in windows of their own: several at once, with verbs that work there; and windows that come back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.gui.detached.messagewindow import MessageWindow
from desktopmail.gui.widgets.confirm import Confirm
from desktopmail.gui.window import MainWindow
from tests.gui.desk import Desk

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.set_up(6)
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    if desk.window is not None:
        desk.window.beside.leave()
        desk.until(lambda: not desk.window.preferences._writing)  # type: ignore[union-attr]
    run(desk.close())


@pytest.fixture
def window(desk: Desk) -> MainWindow:
    """The main window with the first message chosen."""
    made = desk.open()
    desk.until(lambda: len(made.messages.model) == 6)
    made.messages.view.setFocus()
    made.messages.step(1)
    return made


def apart(window: MainWindow) -> MessageWindow:
    """Open the chosen message in its own window."""
    window.commands.run("open_apart")
    return window.beside.messages[-1]


def test_a_double_click_opens_a_window_and_a_second_brings_it_back(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    """So does Ctrl+Enter; the same message has one window, another has another."""
    window.commands.run("toggle_reader")
    view = window.messages.view
    spot = view.row_rect(0).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    (first,) = window.beside.messages
    assert first.focus == desk.ids[0]
    assert not window.panes.seen[2]
    window.commands.run("toggle_reader")
    assert first.windowTitle() == desk.engine.library.summary(first.focus).subject
    window.commands.run("open_apart")
    assert window.beside.messages == [first]
    window.activateWindow()
    desk.until(window.isActiveWindow)
    window.messages.step(1)
    qtbot.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [each.focus for each in window.beside.messages] == desk.ids[:2]
    assert desk.engine.asked == []


@pytest.mark.parametrize(("verb", "role"), [("archive", Role.ARCHIVE), ("trash", Role.TRASH), ("junk", Role.JUNK)])
def test_verbs_work_there_whatever_the_main_window_shows(verb: str, role: Role, desk: Desk, window: MainWindow) -> None:
    """The message goes, its window closes, the main window offers the way back."""
    one = apart(window)
    number = one.focus
    window.places.go(desk.folder(Role.TRASH))
    one.commands.run(verb)
    desk.until(lambda: desk.engine.library.summary(number).folder == desk.folder(role))
    assert window.beside.messages == []
    desk.until(lambda: window.toast.isVisible())
    window.toast._button.click()
    desk.until(lambda: desk.engine.library.summary(number).folder == desk.folder(Role.INBOX))


def test_marks_follow_and_answers_open(desk: Desk, window: MainWindow) -> None:
    """Star, read and tag there; what is changed elsewhere is seen there; a reply quotes that message."""
    one = apart(window)
    starred = Flags.STARRED in desk.engine.library.summary(one.focus).flags
    one.commands.run("star")
    desk.until(lambda: (Flags.STARRED in desk.engine.library.summary(one.focus).flags) != starred)
    desk.run(desk.engine.actions.mark_read([one.focus], True))
    desk.until(lambda: one.commands.text("mark_read") == "Mark as unread")
    one.commands.run("mark_read")
    desk.until(lambda: Flags.SEEN not in desk.engine.library.summary(one.focus).flags)
    desk.until(lambda: one.commands.text("mark_read") == "Mark as read")
    one.commands.run("tag_1")
    desk.until(lambda: desk.engine.library.summary(one.focus).tags)
    one.commands.run("reply")
    desk.until(lambda: ("reply", one.focus) in desk.engine.asked)
    one.commands.run("write")
    desk.until(lambda: len(window.writing.windows) == 2)


def test_removing_for_ever_asks_there(desk: Desk, window: MainWindow) -> None:
    """In the trash the trash key asks; agreed, the message and its window go."""
    number = desk.ids[0]
    desk.run(desk.engine.actions.trash([number]))
    window.places.go(desk.folder(Role.TRASH))
    desk.until(lambda: desk.ids == [number])
    window.messages.step(1)
    one = apart(window)
    one.commands.run("trash")
    (question,) = one.findChildren(Confirm)
    question._yes.click()
    desk.until(lambda: window.beside.messages == [])
    desk.until(lambda: not desk.engine.library.visible([number]))


def test_what_goes_elsewhere_closes_its_window(desk: Desk, window: MainWindow) -> None:
    one = apart(window)
    desk.run(desk.engine.actions.remove([one.focus]))
    desk.until(lambda: window.beside.messages == [])


def test_it_counts_as_read_after_its_time(desk: Desk, window: MainWindow) -> None:
    """As in the main window, by the person's own rule."""
    number = desk.ids[0]
    desk.run(desk.engine.actions.mark_read([number], False))
    apart(window).close()
    assert Flags.SEEN not in desk.engine.library.summary(number).flags
    window.preferences.change(mark_read_seconds=0.0)
    apart(window)
    desk.until(lambda: Flags.SEEN in desk.engine.library.summary(number).flags)


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_W])
def test_keys_close_it_and_its_shape_is_kept(key: Qt.Key, desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    """The next one is as large as the last one was."""
    one = apart(window)
    one.resize(500, 444)
    control = Qt.KeyboardModifier.ControlModifier
    desk.until(one.isActiveWindow)
    qtbot.keyClick(one, key, control if key == Qt.Key.Key_W else Qt.KeyboardModifier.NoModifier)
    assert window.beside.messages == []
    again = apart(window)
    assert (again.width(), again.height()) == (500, 444)
    desk.run(desk.settled())


def test_a_window_kept_on_a_screen_that_is_gone_is_seen(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Geometry of a second screen far to the right: the window opens where there is a screen."""
    far = QWidget()
    qtbot.addWidget(far)
    far.setGeometry(9_000, 7_000, 700, 600)
    shape = bytes(far.saveGeometry().toBase64().data()).decode()
    run(desk.engine.change_settings(window_geometry=shape, message_geometry=shape))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 6)
    window.messages.step(1)
    room = QGuiApplication.primaryScreen().availableGeometry()
    for each in (window, apart(window)):
        assert room.intersects(each.frameGeometry())
        assert room.contains(each.frameGeometry().topLeft())


def test_odd_geometry_is_no_trouble(desk: Desk, run: Run) -> None:
    """A store that was written by something else."""
    run(desk.engine.change_settings(window_geometry="?" * 5_000, pane_sizes="1,x;-5"))
    assert desk.open().isVisible()
