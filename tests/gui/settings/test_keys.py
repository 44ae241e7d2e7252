"""Keys of commands: changed by pressing them, refused or taken over when they belong to something else, put back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from desktopmail.gui.commands import COMMANDS
from desktopmail.gui.overview import Overview
from desktopmail.gui.settings.shortcuts import ShortcutsPage
from desktopmail.gui.widgets.button import WordButton
from tests.gui.settings.conftest import Stage, child, row

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def keys_of(stage: Stage, name: str) -> list[str]:
    """What really triggers a command."""
    return [key.toString() for key in stage.window.commands.actions[name].shortcuts()]


def record(qtbot: QtBot, page: ShortcutsPage, name: str, place: int, key: Qt.Key, *modifiers: object) -> None:
    """Choose a key of a command and press another one."""
    cap = page.lines[name].caps[place]
    cap.click()
    assert cap.listening
    held = Qt.KeyboardModifier.NoModifier
    for each in modifiers:
        held |= each  # type: ignore[operator]
    qtbot.keyClick(cap, key, held)


def test_every_command_is_there_with_its_keys(stage: Stage) -> None:
    page = stage.page("shortcuts")
    assert set(page.lines) == {command.id for command in COMMANDS}
    assert [cap.key for cap in page.lines["archive"].caps] == ["Ctrl+Shift+A", "A", ""]


def test_pressing_keys_changes_them_at_once_and_undo_brings_them_back(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("shortcuts")
    record(qtbot, page, "archive", 0, Qt.Key.Key_B, CTRL)
    assert keys_of(stage, "archive") == ["Ctrl+B"]
    assert "Ctrl+B" in stage.window.commands.actions["archive"].toolTip()
    assert [cap.key for cap in page.lines["archive"].caps] == ["Ctrl+B", "A", ""]
    settings = stage.open("shortcuts")
    stage.until(lambda: settings.line.words.text() == "Keyboard shortcuts were changed")
    settings.line.undo()
    stage.until(lambda: keys_of(stage, "archive") == ["Ctrl+Shift+A"])
    assert [cap.key for cap in page.lines["archive"].caps] == ["Ctrl+Shift+A", "A", ""]


def test_keys_are_there_after_a_restart(stage: Stage, qtbot: QtBot) -> None:
    record(qtbot, stage.page("shortcuts"), "archive", 2, Qt.Key.Key_F12)
    stage.until(lambda: "F12" in stage.engine.library.settings().shortcut_keys)
    stage.window.preferences.reread()
    stage.window.commands.use({})
    stage.window.applying.keys()
    assert keys_of(stage, "archive") == ["Ctrl+Shift+A", "F12"]


def test_a_key_that_belongs_to_another_command_is_said_and_taken_only_on_demand(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("shortcuts")
    line = page.lines["archive"]
    record(qtbot, page, "archive", 0, Qt.Key.Key_L, CTRL)
    assert keys_of(stage, "archive") == ["Ctrl+Shift+A"], "nothing was changed yet"
    assert line.note is not None
    child(line.note, WordButton, "Leave it there").click()
    assert line.note is None and keys_of(stage, "forward") == ["Ctrl+L"]
    record(qtbot, page, "archive", 0, Qt.Key.Key_L, CTRL)
    child(line.note, WordButton, "Use it here").click()
    assert keys_of(stage, "archive") == ["Ctrl+L"] and keys_of(stage, "forward") == []


def test_putting_back_takes_the_usual_keys_from_who_has_them(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("shortcuts")
    record(qtbot, page, "archive", 0, Qt.Key.Key_L, CTRL)
    child(page.lines["archive"].note, WordButton, "Use it here").click()
    back = page.lines["forward"].back
    assert back is not None
    back.click()
    assert keys_of(stage, "forward") == ["Ctrl+L"] and keys_of(stage, "archive") == []
    assert not page.all_back.isHidden()
    page.all_back.click()
    assert keys_of(stage, "archive") == ["Ctrl+Shift+A"]
    assert page.all_back.isHidden() and stage.window.preferences.now.shortcut_keys == ""


def test_escape_keeps_and_backspace_removes(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("shortcuts")
    record(qtbot, page, "star", 0, Qt.Key.Key_Escape)
    assert keys_of(stage, "star") == ["Ctrl+Shift+S"] and stage.open("shortcuts").isVisible()
    record(qtbot, page, "star", 0, Qt.Key.Key_Backspace)
    assert keys_of(stage, "star") == []
    assert [cap.key for cap in page.lines["star"].caps] == ["S", ""]


def test_keys_that_move_or_copy_are_refused(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("shortcuts")
    for key, held in ((Qt.Key.Key_Tab, ()), (Qt.Key.Key_Down, ()), (Qt.Key.Key_C, (CTRL,))):
        record(qtbot, page, "star", 0, key, *held)
        assert keys_of(stage, "star") == ["Ctrl+Shift+S"]
        assert page.lines["star"].note is not None


def test_no_command_runs_while_keys_are_listened_to(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("shortcuts")
    ran = []
    stage.window.commands.bind({"sync": lambda: ran.append("sync")})
    record(qtbot, page, "star", 0, Qt.Key.Key_F5)
    assert ran == [] and page.lines["star"].note is not None


def test_single_letters_stay_in_list_and_reader(stage: Stage, qtbot: QtBot) -> None:
    """A letter alone never becomes a key of the window, where it would fire while somebody writes."""
    page = stage.page("shortcuts")
    record(qtbot, page, "edit", 0, Qt.Key.Key_Y)
    assert keys_of(stage, "edit") == []
    found = [each.key().toString() for each in stage.window.commands._letters]
    assert "Y" in found and found.count("Y") == 1
    record(qtbot, page, "source", 1, Qt.Key.Key_Y, SHIFT)
    assert keys_of(stage, "source") == ["Ctrl+U"]
    assert QKeySequence("Shift+Y") in [each.key() for each in stage.window.commands._letters]


def test_the_set_of_single_letters_changes_what_is_shown(stage: Stage) -> None:
    page = stage.page("shortcuts")
    assert row(page, "Single keys").control is not None
    stage.window.preferences.change(letter_set="gmail")
    assert [cap.key for cap in page.lines["archive"].caps] == ["Ctrl+Shift+A", "E", ""]
    stage.window.preferences.change(letter_set="none")
    assert [cap.key for cap in page.lines["archive"].caps] == ["Ctrl+Shift+A", ""]


def test_the_overview_shows_the_keys_in_force_and_leads_here(stage: Stage, qtbot: QtBot) -> None:
    record(qtbot, stage.page("shortcuts"), "archive", 0, Qt.Key.Key_B, CTRL)
    stage.window.shortcuts()
    overview = stage.window.findChildren(Overview)[-1]
    assert {"Ctrl+B"} <= {each.text() for each in overview.findChildren(object) if hasattr(each, "text")}  # type: ignore[call-overload]
    stage.open("reading")
    child(overview, WordButton, "Change keys…").click()
    settings = stage.window._settings
    assert settings is not None and settings.stack.currentWidget() is settings.page("shortcuts")
