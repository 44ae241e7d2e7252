"""Files of mail taken in from the window: chosen, put into a folder, said, taken back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktopmail.domain.errors import DiskFull
from desktopmail.engine.transfer import TransferReport
from desktopmail.gui.widgets.underway import Underway
from desktopmail.gui.window import MainWindow
from tests.gui.desk import Desk, desk_at

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    """An empty Inbox, and a mailbox file with three messages."""
    raws = [b"From a@x Tue Mar 12 09:30 2024\nSubject: old %d\n\nx\n\n" % number for number in range(3)]
    (tmp_path / "old.mbox").write_bytes(b"".join(raws))
    with desk_at(tmp_path / "profile", run, lambda desk: desk.set_up(1)) as desk:
        desk.open()
        desk.until(lambda: desk.window is not None and len(desk.window.messages.model) == 1)
        yield desk


def window(desk: Desk) -> MainWindow:
    assert desk.window is not None
    return desk.window


def underway() -> list[Underway]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, Underway)]


def test_files_are_chosen_then_a_folder_and_it_can_be_taken_back(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    window(desk).commands.actions["import"].trigger()
    (dialog,) = [each for each in window(desk).findChildren(QFileDialog) if each.isVisible()]
    dialog.filesSelected.emit([str(tmp_path / "old.mbox")])
    dialog.close()
    chooser = window(desk).choosing.chooser
    desk.until(chooser.isVisible)
    qtbot.keyClicks(chooser.line, "Inbox")
    qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
    desk.until(lambda: len(window(desk).messages.model) == 4)
    desk.until(lambda: not underway())
    window(desk).commands.actions["undo"].trigger()
    desk.until(lambda: len(window(desk).messages.model) == 1)


def test_why_an_import_ended_early_is_said(desk: Desk, qtbot: QtBot) -> None:
    report = TransferReport(ended=DiskFull("There is no room on the disk"))
    window(desk).beside.importing._say(report)
    desk.until(lambda: "no room on the disk" in window(desk).toast.text)


def test_long_work_can_be_stopped_and_short_work_shows_nothing(desk: Desk, qtbot: QtBot) -> None:
    short = Underway(window(desk), "Importing", "x")
    short.over()
    long = Underway(window(desk), "Importing", "x")
    desk.until(long.isVisible)
    long.progress.reached(0.5)
    desk.until(lambda: long.bar.value() == 500)
    qtbot.keyClick(long, Qt.Key.Key_Escape)
    assert long.progress.stopping and long.isVisible() and not long.button.isEnabled()
    long.over()
    desk.until(lambda: not underway())
