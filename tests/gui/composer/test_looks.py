"""How the composer sits before a person: lines on one base, room for long addresses, a sheet where files may fall."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from desktopmail.domain.address import Address
from desktopmail.domain.draft import Attachment, Draft
from desktopmail.gui.composer.recipients import Chip
from desktopmail.gui.composer.window import ComposerWindow
from tests.gui.composer.conftest import until

Run = Callable[[Coroutine[Any, Any, None]], None]
Opened = Callable[[], Any]


def middle(part: QWidget) -> float:
    """How far the middle of a widget is below the upper edge of its window."""
    return part.mapTo(part.window(), QPoint(0, 0)).y() + part.height() / 2


def words(window: ComposerWindow, text: str) -> QLabel:
    return next(each for each in window.heading.findChildren(QLabel) if each.text() == text)


def test_words_and_fields_of_the_head_stand_on_one_line(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            heading = window.heading
            heading.to.show_people([Address("Ada", "ada@example.org")])
            await until(lambda: heading.to.field.width() > 200)
            line = middle(words(window, "To"))
            for part in (heading.to.field, heading._more, heading.to.findChild(Chip)):
                assert abs(middle(part) - line) <= 0.5, part
            assert abs(middle(words(window, "Subject")) - middle(heading.subject)) <= 0.5
            end = heading._more.mapTo(window, QPoint(heading._more.width(), 0)).x()
            assert end == heading.subject.mapTo(window, QPoint(heading.subject.width(), 0)).x()

    run(story())


def test_the_menu_of_writers_marks_who_writes(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            writer = window.heading.writer
            writer.click()
            await until(lambda: QApplication.activePopupWidget() is not None)
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu) and menu.layoutDirection() == window.layoutDirection()
            assert [each.isChecked() for each in menu.actions()] == [True]
            menu.close()

    run(story())


def test_a_long_address_is_typed_in_sight(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            field = window.heading.to.field
            await until(lambda: field.width() > 200)
            QTest.keyClicks(field, "abteilung.postverkehr@lange-bezeichnungen.example.org")
            assert field.fontMetrics().horizontalAdvance(field.text()) < field.width()

    run(story())


def test_many_people_leave_room_for_the_text(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            window.resize(520, 560)
            to, cc = window.heading.to, window.heading.cc
            window.heading.show_copies()
            cc.show_people([Address("Noor", "noor@example.org")])
            to.show_people([Address(f"Somebody {number}", f"s{number}@example.org") for number in range(60)])
            await until(lambda: to.height() > 400)
            shown = to.parentWidget()
            assert shown.height() < 160 and window.editor.height() > 150
            assert cc.parentWidget().height() == cc.height()
            to.field.setFocus()
            QTest.keyClicks(to.field, "ada@example.org,")
            await until(lambda: len(to.people) == 61)
            await until(lambda: shown.rect().contains(to.field.mapTo(shown, to.field.rect().center())))
            window.files.show_files([Attachment(f"photo-{number}.jpg", "image/jpeg", b"x") for number in range(40)])
            await until(lambda: window.files.isVisible() and window.files._holder.height() > 300)
            assert window.files.height() < 200 and window.editor.height() > 60
            to.show_people([])
            await until(lambda: shown.height() <= to.field.height() + 2)

    run(story())


def goods(*paths: Path) -> QMimeData:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return made


def test_files_over_the_composer_bring_a_sheet_that_takes_them(run: Run, desk: Opened, tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("the plan")
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier

    async def story() -> None:
        async with desk() as d:
            window = await d.write(Draft(identity=(await d.engine.composing.new()).identity))
            carried = goods(file)
            for over in (window.editor.viewport(), window.heading.to.field, window):
                enter = QDragEnterEvent(QPoint(9, 9), copy, carried, Qt.MouseButton.LeftButton, none)
                QApplication.sendEvent(over, enter)
                assert enter.isAccepted() and window.drop.isVisible()
                assert window.drop.geometry() == window.rect()
                QApplication.sendEvent(window.drop, enter)
                QApplication.sendEvent(window.drop, QDragLeaveEvent())
                assert not window.drop.isVisible()
            QApplication.sendEvent(window, enter)
            QApplication.sendEvent(window.drop, enter)
            drop = QDropEvent(QPointF(9, 9), copy, carried, Qt.MouseButton.LeftButton, none)
            QApplication.sendEvent(window.drop, drop)
            await until(lambda: window.files.files)
            assert [each.name for each in window.files.files] == ["plan.txt"]
            assert not window.drop.isVisible() and not window.heading.to.field.text()

    run(story())


def test_words_over_the_composer_bring_no_sheet(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            carried = QMimeData()
            carried.setText("only words")
            enter = QDragEnterEvent(
                QPoint(9, 9), Qt.DropAction.CopyAction, carried, Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            QApplication.sendEvent(window.editor.viewport(), enter)
            assert not window.drop.isVisible()

    run(story())
