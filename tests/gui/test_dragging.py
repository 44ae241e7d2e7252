"""Messages dragged out as files, and files dropped on folders."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Coroutine, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMetaType, QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopmail.domain.address import Address
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId, MessageId, ThreadId
from desktopmail.domain.message import Copy, Fetched, Flags, Summary
from desktopmail.engine.reading import Reading
from desktopmail.engine.transfer import Transfer
from desktopmail.gui.messages.goods import Goods, file_name
from desktopmail.gui.wares import FILES, TYPE, unpack
from desktopmail.gui.window import MainWindow
from tests.gui.desk import Desk

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.write_letters()
        await desk.set_up(4)
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        return desk

    desk = run(make())
    desk.run = run
    reading: Reading = desk.engine.reading
    desk.engine.transfer = Transfer(desk.store, desk.engine.library, reading)  # type: ignore[attr-defined]
    yield desk
    run(desk.close())


@pytest.fixture
def window(desk: Desk) -> MainWindow:
    made = desk.open()
    desk.until(lambda: len(made.messages.model) == 4)
    return made


def paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls()]


def test_files_are_what_is_stored_and_written_when_taken(desk: Desk, window: MainWindow) -> None:
    """Byte for byte, named by day and subject, in a folder for this person alone; our own panes take the ids."""
    ids = [MessageId(each) for each in desk.ids[:3]]
    goods = window.messages.model.goods(ids)
    assert isinstance(goods, Goods)
    assert goods.formats() == [TYPE, FILES]
    assert unpack(goods) == ids
    assert goods._urls is None
    found = paths(goods)
    assert [path.read_bytes() for path in found] == [desk.run(desk.engine.reading.raw(one)) for one in ids]
    assert [path.name for path in found] == [file_name(each) for each in desk.engine.library.summaries(ids)]
    if sys.platform != "win32":
        assert stat.S_IMODE(found[0].parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(found[0].stat().st_mode) == 0o600
    assert paths(goods) == found
    line = bytes(goods.retrieveData(FILES, QMetaType(QMetaType.Type.QByteArray.value)))  # type: ignore[call-overload]
    assert line.count(b"\r\n") == 3


def test_what_is_not_here_is_no_file(desk: Desk, window: MainWindow, run: Run) -> None:
    """A message whose content was never downloaded, or is lost, is left out; alone it offers no file at all."""
    here, gone = [MessageId(each) for each in desk.ids[:2]]
    rows = desk.engine.library.summaries([here, gone])
    goods = Goods([here, gone], rows, lambda one: b"bytes" if one == here else None)
    assert [path.read_bytes() for path in paths(goods)] == [b"bytes"]
    assert goods.left_out == 1
    assert Goods([here], rows, None).formats() == [TYPE]


def row(subject: str, date: int = 1_790_000_000) -> Summary:
    return Summary(
        MessageId(1), FolderId(1), ThreadId(1), date, (Address("", "a@example.org"),), (), subject, "", Flags.NONE,
        frozenset(), 1, 0, Fetched.FULL, Copy.HERE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Lunch on Friday", "Lunch on Friday.eml"),
        ("../../etc/passwd", "passwd.eml"),
        ("", "message.eml"),
        ("a/b\\c:d*?", "c_d__.eml"),
        ("x" * 500, "x" * 80 + ".eml"),
        ("evil\u202elme.exe", "evillme.exe.eml"),
        ("Re: file.eml", "Re_ file.eml"),
        ("line\r\nbreak\0", "line__break_.eml"),
    ],
)
def test_names_of_files_are_safe(subject: str, name: str) -> None:
    found = file_name(row(subject))
    assert found.partition(" ")[2] == name
    assert found[:10].count("-") == 2
    assert file_name(row(subject, date=0)).endswith(".eml")


def letter(number: int) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "Bob <bob@example.org>", f"Dropped {number}"
    made["Message-ID"] = f"<dropped-{number}@example.org>"
    made.set_content("Hello")
    return made.as_bytes()


def files_data(*files: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    return data


def drop(window: MainWindow, index: QModelIndex, data: QMimeData, inset: int = 15) -> Qt.DropAction | None:
    """Drag over a row of the tree and let go, so far below its upper edge; what the sender is told, None when it is
    not taken."""
    view = window.folders.view
    spot = view.visualRect(index).topLeft() + QPoint(40, inset)
    left, none, move = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.MoveAction
    might = move if data.hasFormat(TYPE) else move | Qt.DropAction.CopyAction
    over = QDragMoveEvent(spot, might, data, left, none)
    QApplication.sendEvent(view.viewport(), QDragEnterEvent(spot, move, data, left, none))
    QApplication.sendEvent(view.viewport(), over)
    if not over.isAccepted():
        return None
    done = QDropEvent(QPointF(spot), might, data, left, none)
    QApplication.sendEvent(view.viewport(), done)
    return done.dropAction() if done.isAccepted() else None


def test_a_folder_shows_that_messages_would_fall_there(desk: Desk, window: MainWindow) -> None:
    """While they are over it, and only where mail may be put."""
    view, model = window.folders.view, window.folders.model
    goods = window.messages.model.goods([MessageId(desk.ids[0])])
    index = model.place(desk.folder(Role.ARCHIVE))
    before = view.grab().toImage()

    def over(spot: QPoint) -> None:
        left, none, move = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.MoveAction
        QApplication.sendEvent(view.viewport(), QDragEnterEvent(spot, move, goods, left, none))
        QApplication.sendEvent(view.viewport(), QDragMoveEvent(spot, move, goods, left, none))

    over(view.visualRect(index).center())
    assert view._delegate.target == index
    assert view.grab().toImage() != before
    over(view.visualRect(index.parent()).center())
    assert view._delegate.target is None
    over(view.visualRect(index).center())
    QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
    assert view._delegate.target is None
    assert view.grab().toImage() == before


@pytest.mark.parametrize("inset", [0, 1, 15, 29])
def test_messages_let_go_over_a_folder_go_there(inset: int, desk: Desk, window: MainWindow) -> None:
    """Anywhere on its row, and only where mail may be put; the list is not told to remove anything itself."""
    one = MessageId(desk.ids[0])
    goods = window.messages.model.goods([one])
    tree = window.folders.model
    assert drop(window, tree.index(0, 0), goods) is None
    assert drop(window, QModelIndex(), goods, inset=5_000) is None
    archive = desk.folder(Role.ARCHIVE)
    assert drop(window, tree.place(archive), goods, inset) is not None
    desk.until(lambda: desk.engine.library.summary(one).folder == archive)


def test_files_dropped_on_a_folder_come_in_and_go_again(desk: Desk, window: MainWindow, tmp_path: Path) -> None:
    """Two messages, one of them twice: a way back takes both away; what is there already is said."""
    one, two = tmp_path / "one.eml", tmp_path / "two.EML"
    one.write_bytes(letter(1))
    two.write_bytes(letter(2))
    archive = desk.folder(Role.ARCHIVE)
    place = window.folders.model.place(archive)
    assert drop(window, place, files_data(one, two)) is Qt.DropAction.CopyAction
    desk.until(lambda: len(desk.engine.library.ids(archive)) == 2)
    desk.until(lambda: window.toast.text.startswith("2 messages imported into"))
    drop(window, place, files_data(one))
    desk.until(lambda: window.toast.text == "Nothing was imported; already there: 1")
    window.verbs.undo()
    desk.until(lambda: len(desk.engine.library.ids(archive)) == 0)


def test_other_files_are_not_taken(desk: Desk, window: MainWindow, tmp_path: Path) -> None:
    """A picture, a folder, an address of the web: said, and nothing comes in."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG")
    (tmp_path / "folder.eml").mkdir()
    inbox = desk.folder(Role.INBOX)
    drop(window, window.folders.model.place(inbox), files_data(picture, tmp_path / "folder.eml"))
    desk.until(lambda: window.toast.text.startswith("Only message files"))
    assert len(desk.engine.library.ids(inbox)) == 4
