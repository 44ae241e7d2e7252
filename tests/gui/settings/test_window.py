"""The settings window: pages, the search over everything, what takes effect at once, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.domain.errors import ProfileInUse
from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.preferences import PREFERENCES
from desktopmail.engine.updates import Source, Updates
from desktopmail.gui.settings.preferencerow import PreferenceRow
from desktopmail.gui.settings.tiles import Tiles
from desktopmail.gui.settings.window import SettingsWindow
from desktopmail.gui.style.colours import DARK
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.switch import Switch
from tests.gui.settings.conftest import Run, Stage, child, row


def choose(box: QWidget | None, value: object) -> None:
    """As a person does in an open list."""
    if isinstance(box, Tiles):
        box._tiles[str(value)].click()
        return
    assert isinstance(box, ComboBox)
    place = box.findData(value)
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_every_preference_has_its_line_on_its_page(stage: Stage) -> None:
    """Also those of builds that know where new versions are announced."""
    stage.engine.__dict__["updates"] = Updates(stage.engine._store, Source("https://x.example", {"a": b""}))
    settings = stage.open()
    for each in PREFERENCES:
        found = [line for line in settings.page(each.page).rows()
                 if isinstance(line, PreferenceRow) and line.known is each]  # fmt: skip
        assert len(found) == 1, each.name
        assert found[0].title.text() and found[0].sentence.text()


def test_a_change_takes_effect_at_once_and_is_taken_back(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("appearance")
    settings = stage.open("appearance")
    assert not settings.line.isVisible()
    choose(row(page, "Colours").control, "dark")
    assert theme().colours is DARK
    stage.until(lambda: settings.line.isVisible())
    assert settings.line.words.text() == "Colours: Dark, before: As the system"
    assert stage.engine.library.settings().theme == "dark"
    qtbot.mouseClick(settings.line.button, Qt.MouseButton.LeftButton)
    stage.until(lambda: stage.window.preferences.now.theme == "system")
    stage.until(lambda: "Taken back" in settings.line.words.text())
    box = row(page, "Colours").control
    assert isinstance(box, Tiles) and box.value() == "system"


def test_what_was_changed_is_taken_back_after_a_restart(run: Run, tmp_path: Path, qtbot: QtBot) -> None:
    before = Stage(tmp_path / "profile", run)
    choose(row(before.page("appearance"), "Rows").control, "compact")
    before.until(lambda: before.engine.library.settings().density == "compact")
    before.close()
    after = Stage(tmp_path / "profile", run)
    settings = after.open()
    assert settings.line.isVisible() and settings.line.words.text() == "Rows: Compact, before: Normal"
    settings.line.button.click()
    after.until(lambda: after.window.preferences.now.density == "normal")
    after.close()


def test_back_to_default_is_there_only_when_it_differs(stage: Stage, qtbot: QtBot) -> None:
    line = row(stage.page("reading"), "Mark as read")
    assert isinstance(line, PreferenceRow) and line.back.isHidden()
    choose(line.control, -1.0)
    assert not line.back.isHidden() and line.back.text() == "Back to default: After 1 second"
    line.back.click()
    assert line.back.isHidden() and stage.window.preferences.now.mark_read_seconds == 1.0
    assert line.window().focusWidget() is line.control


def test_a_value_from_elsewhere_is_shown_as_it_is(stage: Stage) -> None:
    line = row(stage.page("appearance"), "Size of text in messages")
    stage.window.preferences.change(reader_zoom=3.0)
    assert isinstance(line.control, ComboBox) and line.control.currentText() == "300 %"


def test_what_needs_a_switch_rests_while_it_is_off(stage: Stage, qtbot: QtBot) -> None:
    page = stage.page("notifications")
    begin = row(page, "From").control
    assert begin is not None and not begin.isEnabled()
    switch = row(page, "Say nothing during these hours").control
    assert isinstance(switch, Switch)
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert begin.isEnabled() and stage.window.preferences.now.quiet_hours


def test_typing_narrows_the_pages_and_lights_the_rows(stage: Stage, qtbot: QtBot) -> None:
    settings = stage.open("reading")
    qtbot.keyClick(settings.list, "d")  # type: ignore[call-overload]
    qtbot.keyClicks(settings.search, "ark")
    assert settings.focusWidget() is settings.search and settings.search.text() == "dark"
    assert settings.list.names(shown=True) == ["appearance"]
    page = settings.page("appearance")
    assert settings.stack.currentWidget() is page
    assert [line.title.text() for line in page.rows() if line.lit] == ["Colours"]
    qtbot.keyClick(settings.search, Qt.Key.Key_Return)
    tiles, focus = row(page, "Colours").control, settings.focusWidget()
    assert tiles is not None and focus is not None and tiles.isAncestorOf(focus)
    assert settings.isVisible()
    settings.search.setFocus()
    qtbot.keyClick(settings.search, Qt.Key.Key_Escape)
    assert settings.search.text() == "" and settings.isVisible()
    assert not [line for line in page.rows() if line.lit]
    assert len(settings.list.names(shown=True)) == len(settings.list.names())


def test_a_search_finds_rows_of_every_page_and_says_when_there_is_nothing(stage: Stage) -> None:
    settings = stage.open()
    for typed, key in (("threads", "reading"), ("recall", "writing"), ("certificates trusted", "privacy"),
                       ("do not disturb", "notifications"), ("backup", "storage"), ("ctrl+shift+a", "shortcuts"),
                       ("bob@example.org", "notifications")):  # fmt: skip
        settings.search.setText(typed)
        assert key in settings.list.names(shown=True), typed
    settings.search.setText("zeppelin")
    assert settings.list.names(shown=True) == []
    assert "zeppelin" in settings.nothing.text() and settings.stack.currentWidget() is settings.nothing
    settings.search.clear()
    assert settings.stack.currentWidget() is not settings.nothing


def test_accounts_are_pages_and_come_and_go(stage: Stage) -> None:
    settings = stage.open()
    first, second = (each.id for each in stage.engine.library.accounts())
    stage.window.settings(first)
    assert settings.list.names()[-2:] == [f"account:{first}", f"account:{second}"]
    assert settings.stack.currentWidget() is settings.page(f"account:{first}")
    stage.run(stage.engine.accounts.remove(first))
    stage.until(lambda: f"account:{first}" not in settings.list.names())
    assert settings.stack.currentWidget() is settings.page(settings.list.names()[0])


def test_there_is_one_settings_window(stage: Stage) -> None:
    assert stage.open("writing") is stage.open("storage")
    stage.window.commands.run("settings")
    assert len([each for each in stage.window.findChildren(SettingsWindow) if each.isVisible()]) == 1


def names(widget: QWidget) -> Iterator[str]:
    for each in widget.findChildren(QWidget):
        wants = each.focusPolicy() & Qt.FocusPolicy.TabFocus and not each.isHidden()
        if wants and isinstance(each, QAbstractButton | QComboBox | QLineEdit):
            yield each.accessibleName()


def test_everything_that_takes_the_focus_has_a_name(stage: Stage) -> None:
    settings = stage.open()
    for key in settings.list.names():
        settings.list.go(key)
        found = list(names(settings.page(key)))
        assert all(found), (key, found)
    assert all(names(settings))


@pytest.mark.parametrize("key", ["reading", "privacy", "shortcuts", "storage", "notifications"])
def test_tab_walks_through_a_page(stage: Stage, qtbot: QtBot, key: str) -> None:
    settings = stage.open(key)
    page = settings.page(key)
    settings.list.setFocus()
    seen = set()
    for _ in range(12):
        qtbot.keyClick(settings.focusWidget() or settings, Qt.Key.Key_Tab)
        focus = settings.focusWidget()
        if focus is not None and page.isAncestorOf(focus):
            seen.add(id(focus))
    assert seen


def test_undo_comes_after_the_page_and_enter_leads_into_it(stage: Stage, qtbot: QtBot) -> None:
    settings = stage.open("reading")
    page = settings.page("reading")
    stage.window.preferences.change(plain_text=True)
    stage.until(lambda: settings.line.isVisible())
    settings.list.setFocus()
    qtbot.keyClick(settings.list, Qt.Key.Key_Return)
    assert settings.focusWidget() is page.rows()[0].control
    walked = []
    for _ in range(12):
        focus = settings.focusWidget()
        assert focus is not None
        walked.append(focus)
        if focus is settings.line.button:
            break
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert walked[-1] is settings.line.button and len(walked) > 4
    assert [each for each in walked[:-1] if not page.isAncestorOf(each)] == []


def test_right_to_left_puts_the_list_and_the_controls_on_the_other_side(stage: Stage) -> None:
    settings = stage.open("reading")
    settings.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    stage.run(_turn())
    line = row(settings.page("reading"), "Group conversations")
    assert line.control is not None
    assert line.control.x() < line.title.mapTo(line, line.title.rect().topLeft()).x()
    assert settings.list.mapTo(settings, settings.list.rect().topLeft()).x() > settings.width() / 2
    settings.grab()


async def _turn() -> None:
    QApplication.processEvents()


def test_quick_changes_never_fall_back_to_what_was_stored_before(stage: Stage) -> None:
    preferences, seen = stage.window.preferences, []
    preferences.changed.connect(lambda names: seen.append(preferences.now.density))
    for density in ("compact", "roomy", "compact", "roomy"):
        preferences.change(density=density)
    stage.until(lambda: not preferences._writing)
    stage.stored()
    assert seen == ["compact", "roomy", "compact", "roomy"]
    assert stage.engine.library.settings().density == "roomy"


def test_what_cannot_be_stored_is_put_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(**values: object) -> None:
        raise ProfileInUse("The profile is in use", "Another window has it open.")

    monkeypatch.setattr(stage.engine, "change_settings", refuse)
    stage.window.preferences.change(density="compact")
    assert stage.window.preferences.now.density == "compact"
    stage.until(lambda: stage.window.preferences.now.density == "normal")


def test_the_inbox_is_shown_first_when_that_is_wanted(stage: Stage) -> None:
    sent = next(each.id for each in stage.engine.library.folders() if each.role is Role.SENT)
    stage.window.preferences.change(last_place=f"{sent}:")
    stage.window.places.first()
    assert stage.window.places.place == sent
    stage.window.preferences.change(start_at="inbox")
    stage.window.places.first()
    assert stage.window.places.place is Unified.INBOX


def test_pictures_to_choose_from_work_with_keys(stage: Stage, qtbot: QtBot) -> None:
    tiles = row(stage.page("appearance"), "Rows").control
    assert isinstance(tiles, Tiles) and tiles.value() == "normal"
    tiles.setFocus()
    focus = tiles.window().focusWidget()
    assert focus is not None and focus.accessibleName() == "Normal"
    qtbot.keyClick(child(tiles, QAbstractButton, "Compact"), Qt.Key.Key_Space)
    assert stage.window.preferences.now.density == "compact"
    tiles.window().grab()


def test_what_is_chosen_acts_in_the_main_window(stage: Stage) -> None:
    window = stage.window
    window.preferences.change(layout="below", density="roomy", group_conversations=False, plain_text=True)
    assert window.panes._inner.orientation() is Qt.Orientation.Vertical
    reader = window.reader.ready()
    window.preferences.change(reader_zoom=1.5, plain_text=False)
    assert reader.factor == 1.5 and reader.again  # type: ignore[attr-defined]
