"""Mail out of the window into files: asked for, shown, stopped, and said what was left out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopmail.domain.folder import Role
from desktopmail.formats import mbox
from desktopmail.gui.exporting import Exporting
from tests.gui.desk import Desk, desk_at

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    """An Inbox with twelve messages and a folder inside it with two."""

    async def fill(desk: Desk) -> None:
        await desk.write_letters()
        await desk.set_up(12)
        inner = await desk.engine.folders.create(desk.account, "Inbox/Harbour")
        await desk.arrive(0, 2, inner)

    with desk_at(tmp_path / "profile", run, fill) as desk:
        desk.open()
        desk.until(lambda: desk.window is not None and len(desk.window.messages.model) == 12)
        yield desk


def dialog(desk: Desk) -> Exporting:
    found = [each for each in QApplication.topLevelWidgets() if isinstance(each, Exporting) and each.isVisible()]
    assert len(found) == 1
    return found[0]


def asked(desk: Desk) -> Exporting:
    """The dialog for the folder that is shown, as the menu opens it."""
    assert desk.window is not None
    desk.window.commands.actions["export"].trigger()
    return dialog(desk)


def test_a_folder_goes_into_one_file_with_those_inside(desk: Desk, tmp_path: Path) -> None:
    asking = asked(desk)
    assert asking.counted.text() == "14 messages" and asking.inside.isVisible()
    assert asking.kind == "mbox"
    asking.export(tmp_path / "out")
    desk.until(lambda: asking.said.isVisible())
    assert asking.said.text() == f"14 messages written to {tmp_path / 'out'}."
    assert asking.button.text().strip() == "Open folder" and not asking.bar.isVisible()
    with (tmp_path / "out" / "Inbox.mbox").open("rb") as stream:
        assert len(list(mbox.read(stream))) == 12
    assert (tmp_path / "out" / "Inbox" / "Harbour.mbox").exists()


def test_without_the_folders_inside_and_in_another_form(desk: Desk, tmp_path: Path) -> None:
    asking = asked(desk)
    asking.inside.click()
    assert asking.counted.text() == "12 messages"
    asking.kinds["eml"].click()
    for said in ("12 messages written to", "0 messages written to"):
        asking.export(tmp_path / "out")
        desk.until(lambda said=said: asking.said.text().startswith(said))
    assert "There already: 12 messages." in asking.said.text()
    assert len(list((tmp_path / "out" / "Inbox").glob("*.eml"))) == 12
    assert not (tmp_path / "out" / "Inbox" / "Harbour").exists()


def test_what_cannot_be_read_is_named_and_the_rest_is_written(desk: Desk, tmp_path: Path) -> None:
    db = apsw.Connection(str(tmp_path / "profile" / "content.db"))
    db.execute("UPDATE piece SET data = zeroblob(length(data)) WHERE id = (SELECT min(id) FROM piece)")
    db.close()
    asking = asked(desk)
    asking.export(tmp_path / "out")
    desk.until(lambda: asking.said.isVisible())
    said = asking.said.text().split("\n")
    assert "written to" in said[0] and said[1].startswith("Left out, because they could not be read: ")
    assert "Inbox: " in said[2]


def test_it_can_be_stopped_and_goes_on_from_there(desk: Desk, tmp_path: Path) -> None:
    asking = asked(desk)
    asking.kinds["eml"].click()
    asking.export(tmp_path / "out")
    asking.button.click()
    desk.until(lambda: asking.said.isVisible())
    assert asking.said.text().startswith("Stopped. What was written stays")
    assert asking.kinds["mbox"].isEnabled() and asking.button.text().strip() == "Export to…"
    asking.export(tmp_path / "out")
    desk.until(lambda: "written to" in asking.said.text())


def test_a_place_that_cannot_be_written_to_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    asking = asked(desk)
    asking.export(tmp_path / "out")
    desk.until(lambda: asking.wrong.isVisible())
    assert "could not be made" in asking.wrong.text()
    assert asking.button.isEnabled() and asking.button.text().strip() == "Export to…"


def test_a_dialog_that_is_closed_meanwhile_stops_it(desk: Desk, tmp_path: Path) -> None:
    asking = asked(desk)
    asking.export(tmp_path / "out")
    progress = asking._progress
    assert progress is not None
    asking.reject()
    desk.until(lambda: progress.stopping)
    desk.until(lambda: not list((tmp_path / "out").rglob("*.part")))


def test_an_account_and_everything(desk: Desk) -> None:
    assert desk.window is not None
    desk.window.foldering.export_account(desk.account)
    asking = dialog(desk)
    assert asking.counted.text() == "14 messages" and not asking.inside.isVisible()
    asking.reject()
    desk.window.foldering.export(None)
    desk.until(lambda: len([each for each in QApplication.topLevelWidgets() if isinstance(each, Exporting)]) == 1)
    assert dialog(desk).counted.text() == "14 messages"
    empty = next(each for each in desk.engine.library.folders() if each.role is Role.TRASH)
    dialog(desk).reject()
    desk.until(lambda: not [each for each in QApplication.topLevelWidgets() if isinstance(each, Exporting)])
    desk.window.foldering.export(empty)
    assert not dialog(desk).button.isEnabled()


def test_a_folder_that_no_program_opens_is_said(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    asking = asked(desk)
    asking.export(tmp_path / "out")
    desk.until(lambda: asking.button.text().strip() == "Open folder")
    asking.button.click()
    assert asking.isVisible()
    assert QGuiApplication.clipboard().text() == str(tmp_path / "out")
