"""The window over a real store: keys, verbs, selection, toasts; nothing jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.notices import Notice
from desktopmail.gui.messages.source import Found, Only
from desktopmail.gui.widgets.confirm import Confirm
from desktopmail.gui.window import MainWindow
from tests.gui.desk import Desk, PlainReader

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    run(desk.close())


def opened(desk: Desk, run: Run, qtbot: QtBot, messages: int = 12) -> MainWindow:
    """The window with so many messages in the Inbox, the first of them chosen."""
    run(desk.set_up(messages))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == messages)
    window.messages.view.setFocus()
    window.messages.step(1)
    return window


def chosen(window: MainWindow) -> list[int]:
    return [int(one) for one in window.messages.chosen()]


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(window.messages.view, key, modifier)


def test_first_start_offers_to_set_up_an_account(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Nothing is here: one button. With the account the window becomes what it is for."""
    window = desk.open()
    assert window.welcome.isVisible()
    run(desk.set_up(3))
    desk.until(lambda: len(window.messages.model) == 3)
    assert not window.welcome.isVisible()
    assert window.folders.model.place(desk.folder(Role.INBOX)).isValid()


def test_every_command_is_harmless_where_there_is_no_account(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """F6 on the first page once looked for the next of no panes."""
    window = desk.open()

    async def story() -> None:
        for name in window.commands.actions:
            if name not in ("quit", "close", "add_account", "settings", "about"):
                window.commands.run(name)
                await asyncio.sleep(0.001)
                for each in window.findChildren(QDialog):
                    each.reject()

    with qtbot.captureExceptions() as faults:
        run(story())
    assert faults == []


def test_archive_leaves_at_once_and_undo_brings_back(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """The next row is chosen before the store has answered; the toast takes it back."""
    window = opened(desk, run, qtbot)
    first, second = desk.ids[:2]
    window.commands.run("archive")
    assert first not in desk.ids
    assert chosen(window) == [second]
    desk.until(lambda: window.toast.text == "1 message archived")
    window.toast._button.click()
    desk.until(lambda: first in desk.ids)
    assert desk.ids[0] == first
    desk.until(lambda: chosen(window) == [first])


def test_keys_act_on_the_list(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Delete, A, S and M do what the overview says."""
    window = opened(desk, run, qtbot)
    first, second, third = desk.ids[:3]
    press(qtbot, window, Qt.Key.Key_Delete)
    assert desk.ids[:2] == [second, third]
    press(qtbot, window, Qt.Key.Key_A)
    assert desk.ids[0] == third
    press(qtbot, window, Qt.Key.Key_S)
    desk.until(lambda: Flags.STARRED not in desk.engine.library.summary(third).flags)
    press(qtbot, window, Qt.Key.Key_M)
    desk.until(lambda: Flags.SEEN not in desk.engine.library.summary(third).flags)
    trash = desk.folder(Role.TRASH)
    assert [each.folder for each in desk.engine.library.summaries([first])] == [trash]


@pytest.mark.parametrize("key", ["Home", "End", "Up", "Down", "PageUp", "PageDown"])
def test_the_first_key_chooses_where_the_focus_stands(desk: Desk, run: Run, qtbot: QtBot, key: str) -> None:
    """Also in a list of one message, where there is nowhere else to go."""
    window = opened(desk, run, qtbot, 1)
    view = window.messages.view
    view.clearSelection()
    assert view.currentIndex().row() == 0 and chosen(window) == []
    qtbot.keyClick(view, Qt.Key[f"Key_{key}"])
    assert chosen(window) == desk.ids


def test_letters_stay_letters_where_text_is_written(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Typing into the search box never archives anything."""
    window = opened(desk, run, qtbot)
    before = desk.ids
    window.search.setFocus()
    qtbot.keyClicks(window.search, "asmj#!1")
    assert window.search.text() == "asmj#!1"
    run(desk.settled())
    assert desk.engine.library.ids(desk.folder(Role.INBOX)).tolist() == before


def test_selection_and_scroll_stay_when_mail_comes(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """New mail above what is seen moves the scroll bar, not the picture; the pill says how many."""
    window = opened(desk, run, qtbot, 60)
    view = window.messages.view
    window.messages.choose([desk.engine.library.ids(desk.folder(Role.INBOX))[30]])
    view.verticalScrollBar().setValue(900)
    chosen_before = chosen(window)
    seen = view.row_rect(30).top()
    run(desk.arrive(0, 5, newer=3600))
    desk.until(lambda: len(window.messages.model) == 65)
    assert chosen(window) == chosen_before
    assert view.row_rect(35).top() == seen
    pill = window.messages.fresh
    assert pill.isVisible()
    pill.click()
    assert view.verticalScrollBar().value() == 0
    assert not pill.isVisible()


def test_a_message_chosen_from_afar_is_seen_with_what_is_around_it(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """One in sight moves nothing."""
    window = opened(desk, run, qtbot, 60)
    view = window.messages.view
    ids = desk.engine.library.ids(desk.folder(Role.INBOX))
    window.messages.choose([ids[40]])
    room, spot = view.viewport().height(), view.visualRect(view.currentIndex())
    assert abs(spot.center().y() - room // 2) <= spot.height()
    stood = view.verticalScrollBar().value()
    window.messages.choose([ids[41]])
    assert view.verticalScrollBar().value() == stood


def test_at_the_top_new_mail_is_seen(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """A list at its top shows the newcomer."""
    window = opened(desk, run, qtbot, 60)
    run(desk.arrive(0, 1, newer=3600))
    desk.until(lambda: len(window.messages.model) == 61)
    assert window.messages.view.verticalScrollBar().value() == 0


def test_rows_keep_still_under_an_open_menu(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """While the person points at something, nothing moves even at the top."""
    window = opened(desk, run, qtbot, 60)
    view = window.messages.view
    view.held = True
    top = view.row_rect(0).top()
    run(desk.arrive(0, 1, newer=3600))
    desk.until(lambda: len(window.messages.model) == 61)
    assert view.row_rect(1).top() == top


def test_several_rows_show_a_bar_with_verbs(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """How many, and the verbs; they act on all of them and choose the next row."""
    window = opened(desk, run, qtbot)
    ids = desk.ids
    window.messages.choose(ids[2:5])
    desk.until(lambda: window.messages.header.words == "3 selected")
    window.commands.run("trash")
    assert chosen(window) == [ids[5]]
    desk.until(lambda: window.toast.text == "3 messages moved to Trash")
    assert desk.ids == ids[:2] + ids[5:]


def test_select_everything_and_archive(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """All rows go, the list says that it is empty, undo brings all back."""
    window = opened(desk, run, qtbot, 700)
    window.commands.run("select_all")
    assert len(chosen(window)) == 700
    window.commands.run("archive")
    assert desk.ids == []
    desk.until(lambda: window.messages.empty.isVisible())
    assert window.messages.empty.words == "No messages here"
    desk.until(lambda: window.toast.text == "700 messages archived")
    window.commands.run("undo")
    desk.until(lambda: len(desk.ids) == 700)


def test_removing_for_ever_asks_first(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Shift+Delete opens a question whose default keeps everything."""
    window = opened(desk, run, qtbot)
    first = desk.ids[0]
    press(qtbot, window, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    question = window.findChild(Confirm)
    assert question is not None
    qtbot.keyClick(question, Qt.Key.Key_Return)
    assert first in desk.ids
    press(qtbot, window, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    desk.until(lambda: any(each.isVisible() for each in window.findChildren(Confirm)))
    next(each for each in window.findChildren(Confirm) if each.isVisible())._yes.click()
    assert first not in desk.ids


def test_a_verb_that_fails_brings_the_row_back(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """What the store refuses is undone on screen, with the reason."""
    window = opened(desk, run, qtbot)
    first = desk.ids[0]
    run(desk.store.write(lambda tx: tx.folders.remove(desk.folder(Role.TRASH))))
    window.messages.choose([first])
    nowhere = max(each.id for each in desk.engine.library.folders()) + 99
    window.verbs.move(nowhere, [first])
    assert first not in desk.ids
    desk.until(lambda: first in desk.ids)
    assert window.toast.text != ""


def test_quick_filter(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Unread only; what is read under the filter stays until the filter is chosen again."""
    window = opened(desk, run, qtbot, 36)
    window.messages.filter(Only.UNREAD)
    unread = desk.ids
    assert 0 < len(unread) < 36
    window.messages.choose(unread[:1])
    window.commands.run("mark_read")
    desk.until(lambda: Flags.SEEN in desk.engine.library.summary(unread[0]).flags)
    assert desk.ids == unread
    window.commands.run("quick_filter")
    assert window.messages.model.only is Only.STARRED
    window.commands.run("quick_filter")
    assert len(desk.ids) == 36


def test_filters_say_which_key_goes_through_them(desk: Desk, run: Run, qtbot: QtBot) -> None:
    window = opened(desk, run, qtbot)
    keys = QKeySequence("Ctrl+Shift+K").toString(QKeySequence.SequenceFormat.NativeText)
    assert window.messages.header._unread.toolTip() == f"Unread messages only ({keys}: next filter)"
    window.commands.actions["quick_filter"].setShortcuts([])
    assert window.messages.header._starred.toolTip() == "Starred messages only"


def test_search_shows_hits_in_the_list_and_escape_returns(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Results stand in the same list, with how complete they are; Escape brings back place and choice."""
    window = opened(desk, run, qtbot, 36)
    before = desk.ids
    window.messages.choose([before[3]])
    window.search.begin()
    qtbot.keyClicks(window.search, "subject:compiler")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    desk.until(lambda: isinstance(window.messages.model.place, Found))
    assert len(desk.ids) == 2
    assert "2 found" in window.messages.header.words
    assert chosen(window) == desk.ids[:1]
    assert not window.search.hinting
    press(qtbot, window, Qt.Key.Key_Escape)
    desk.until(lambda: desk.ids == before)
    assert window.search.text() == ""


def test_a_row_found_by_its_text_shows_why(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """The piece with the word stands in the row and the reader marks it; back in the folder all is as it was."""
    run(desk.write_letters())
    window = opened(desk, run, qtbot, 3)
    model = window.messages.model
    before = desk.ids
    qtbot.keyClicks(window.search, "linker")
    desk.until(lambda: isinstance(model.place, Found) and len(model) == 1)
    desk.until(lambda: model.summary(0).preview.startswith("… of the linker, I would like"))  # type: ignore[union-attr]
    assert window.reader.ready().terms == ("linker",)  # type: ignore[attr-defined]
    qtbot.keyClicks(window.search, "s")
    desk.until(lambda: len(model) == 0)
    press(qtbot, window, Qt.Key.Key_Escape)
    desk.until(lambda: desk.ids == before)
    shown = [model.summary(row).preview for row in range(3)]  # type: ignore[union-attr]
    assert not any(preview.startswith("…") for preview in shown)
    assert window.reader.ready().terms == ()  # type: ignore[attr-defined]


def test_search_without_hits_says_so(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """An empty result names the query and how much was searched."""
    window = opened(desk, run, qtbot)
    window.places._wanted("zebracorn")
    desk.until(lambda: window.messages.empty.isVisible())
    assert "zebracorn" in window.messages.empty.words


def test_move_to_a_folder_by_typing(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """A few letters and Return."""
    window = opened(desk, run, qtbot)
    first = desk.ids[0]
    run(desk.store.write(lambda tx: tx.folders.create(desk.account, None, "Projects")))
    window.commands.run("move")
    chooser = window.choosing.chooser
    assert chooser.isVisible()
    qtbot.keyClicks(chooser.line, "proj")
    qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
    assert first not in desk.ids
    desk.until(lambda: window.toast.text == "1 message moved to Projects")


def test_space_reads_a_page_then_the_next_unread(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Space walks through everything unread."""
    window = opened(desk, run, qtbot, 36)
    desk.until(lambda: window.reader.reader is not None)
    reader = window.reader.reader
    assert isinstance(reader, PlainReader)
    reader.pages = 2
    press(qtbot, window, Qt.Key.Key_Space)
    assert chosen(window) == [desk.ids[0]]
    reader.pages = 0
    press(qtbot, window, Qt.Key.Key_Space)
    assert chosen(window) == [desk.ids[1]]


def test_the_reader_follows_the_selection(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """One row: its message; several: how many; and after a while it counts as read."""
    window = opened(desk, run, qtbot)
    desk.until(lambda: isinstance(window.reader.reader, PlainReader))
    reader = window.reader.reader
    desk.until(lambda: [each.id for each in reader.shown] == [desk.ids[0]])
    window.preferences.change(mark_read_seconds=0.0)
    window.messages.choose([desk.ids[1]])
    desk.until(lambda: Flags.SEEN in desk.engine.library.summary(desk.ids[1]).flags)
    window.commands.run("mark_read")
    desk.until(lambda: Flags.SEEN not in desk.engine.library.summary(desk.ids[1]).flags)
    run(desk.settled())
    assert not window.places._read_timer.isActive()
    window.messages.choose(desk.ids[2:4])
    desk.until(lambda: "2 selected" in window.reader._empty.words)


def test_another_folder_empties_the_reader(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """What is not selected any more is not read any more, and no verb acts on it."""
    window = opened(desk, run, qtbot)
    desk.until(lambda: isinstance(window.reader.reader, PlainReader) and bool(window.reader.reader.shown))
    window.places.go(desk.folder(Role.JUNK))
    assert not window.commands.actions["archive"].isEnabled()
    desk.until(lambda: "No message selected" in window.reader._empty.words and window.reader._empty.isVisible())


def test_panes_are_reached_by_key(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """F6 goes through folders, list, reader and search, and back."""
    window = opened(desk, run, qtbot)
    desk.until(lambda: window.reader.reader is not None)
    window.commands.run("next_pane")
    focus = QApplication.focusWidget()
    assert focus is not None
    seen = []
    for _ in range(4):
        window.commands.run("previous_pane")
        seen.append(QApplication.focusWidget())
    assert window.messages.view in seen
    assert window.folders.view in seen
    assert window.search in seen


def test_narrow_windows_show_two_panes_then_one(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Below 900 the folders go, below 640 one pane is left; a click leads to the message, a key back."""
    window = opened(desk, run, qtbot)
    window.resize(1200, 700)
    assert window.panes.seen == (True, True, True)
    window.resize(800, 700)
    assert window.panes.seen == (False, True, True)
    assert window.bar.folders.isVisible()
    window.commands.run("toggle_folders")
    assert window.panes.seen == (True, True, False)
    window.folders.chosen.emit(desk.folder(Role.ARCHIVE))
    assert window.panes.seen == (False, True, True)
    window.places.go(desk.folder(Role.INBOX))
    window.resize(500, 700)
    assert window.panes.seen == (False, True, False)
    rect = window.messages.view.row_rect(2)
    qtbot.mouseClick(window.messages.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert window.panes.seen == (False, False, True)
    window.commands.run("back")
    assert window.panes.seen == (False, True, False)


def test_everything_is_remembered(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Size, panes, place and message come back with the next window."""
    window = opened(desk, run, qtbot)
    window.resize(760, 620)
    window.places.go(desk.folder(Role.INBOX))
    window.messages.choose([desk.ids[4]])
    fourth = desk.ids[4]
    run(window.finish())
    window.close()
    again = desk.open()
    assert (again.width(), again.height()) == (760, 620)
    desk.until(lambda: chosen(again) == [fourth])


def test_unified_views_come_with_the_second_account(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """One Inbox over both."""
    window = opened(desk, run, qtbot)
    assert not window.folders.model.place(Unified.INBOX).isValid()
    run(desk.set_up(5, "ada@home.example"))
    desk.until(lambda: window.folders.model.place(Unified.INBOX).isValid())
    window.places.inbox(1)
    assert len(desk.ids) == 17
    run(desk.arrive(0, 2, newer=60))
    desk.until(lambda: len(desk.ids) == 19)


def test_a_notification_leads_to_its_message(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """A click on it brings window, folder and message; a message that is gone only the window."""
    window = opened(desk, run, qtbot)
    window.places.go(desk.folder(Role.ARCHIVE))
    inbox = desk.engine.library.ids(desk.folder(Role.INBOX))
    window.notify.tell(Notice("Grace Hopper", "Compiler review", MessageId(inbox[3]), (MessageId(inbox[3]),)))
    window.notify._clicked()
    assert window.places.place == desk.folder(Role.INBOX)
    assert chosen(window) == [inbox[3]]
    window.notify.opened.emit(MessageId(99999))
    assert chosen(window) == [inbox[3]]
