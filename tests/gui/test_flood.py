"""A flood of news: shown a few times per second, nothing lost, the person's own doings at once; rows painted once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopmail.domain.changes import ChangeSet, together
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Summary
from desktopmail.gui.gathering import FULL, Gathering
from desktopmail.gui.messages.model import MessageModel
from desktopmail.gui.messages.pictures import MOST
from desktopmail.gui.messages.rows import DENSITIES, Look, RowPainter
from desktopmail.gui.messages.view import MessageView
from tests.gui.desk import Desk
from tests.gui.samples import Samples

Run = Callable[[Coroutine[Any, Any, Any]], Any]
INBOX, ARCHIVE = FolderId(1), FolderId(2)


def news(*ids: int, folder: FolderId = INBOX) -> ChangeSet:
    return ChangeSet(added={folder: tuple(MessageId(one) for one in ids)}, folders=frozenset([folder]))


# Gathering --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown() -> list[ChangeSet]:
    return []


@pytest.fixture
def gathering(qapp: QApplication, shown: list[ChangeSet]) -> Iterator[Gathering]:
    parent = QObject()
    yield Gathering(shown.append, parent)
    parent.deleteLater()


def test_the_first_at_once_the_rest_together_in_order(
    qtbot: QtBot, gathering: Gathering, shown: list[ChangeSet]
) -> None:
    """What comes alone does not wait; what comes after it is one showing, in its order, and the last is not lost."""
    gathering.take(news(1))
    assert shown == [news(1)]
    for one in (5, 3, 4):
        gathering.take(news(one))
    assert len(shown) == 1
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert shown[1].added == {INBOX: (5, 3, 4)}
    gathering.take(news(9))
    gathering.now()
    assert [each.added[INBOX] for each in shown[2:]] == [(9,)]
    gathering.now()
    assert len(shown) == 3


def test_what_is_rare_or_much_does_not_wait(gathering: Gathering, shown: list[ChangeSet]) -> None:
    """Folders, accounts and settings are shown at once, with everything before them; so is a large lot."""
    gathering.take(news(1))
    gathering.take(news(2))
    gathering.take(ChangeSet(accounts=frozenset([AccountId(1)])))
    assert shown[1].added == {INBOX: (2,)}
    assert shown[1].accounts
    gathering.take(news(3))
    gathering.take(news(*range(10, 10 + FULL)))
    assert len(shown) == 3
    assert len(shown[2].added[INBOX]) == FULL + 1
    gathering.take(news(4))
    gathering.end()
    gathering.now()
    assert len(shown) == 3


def test_announcements_are_put_together() -> None:
    """Every field of every one is in the whole."""
    first = replace(news(1), removed={ARCHIVE: (MessageId(7),)}, arrivals=(MessageId(1),), outbox=True)
    second = replace(news(2, folder=ARCHIVE), changed={INBOX: (MessageId(1),)}, arrivals=(MessageId(2),), tree=True)
    assert together([first]) is first
    whole = together([first, second, ChangeSet(work=True, settings=True), first])
    assert whole.added == {INBOX: (1,), ARCHIVE: (2,)}
    assert (whole.changed, whole.removed) == ({INBOX: (1,)}, {ARCHIVE: (7,)})
    assert sorted(whole.folders) == [INBOX, ARCHIVE]
    assert list(whole.arrivals) == [1, 2]
    assert whole.tree and whole.outbox and whole.work and whole.settings


# The window in a flood --------------------------------------------------------------------------------------------


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.engine.change_settings(group_conversations=True, mark_read_seconds=-1.0)
        await desk.set_up(40)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    run(desk.close())


def test_a_flood_ends_as_the_store_is(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """Rows, their order and the number in the tree are right once it is over; what was chosen stayed chosen."""
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 40)
    window.messages.step(3)
    kept = window.messages.chosen()

    async def flood() -> None:
        for start in range(40, 440, 20):
            await desk.arrive(start, start + 20)

    run(flood())
    desk.until(lambda: len(window.messages.model) == 440)
    inbox = desk.folder(Role.INBOX)
    assert window.messages.model.vector.ids == desk.engine.library.rows(inbox, grouped=True)[0]
    row = next(each for each in desk.engine.library.folders() if each.id == inbox)
    desk.until(lambda: window.folders.model.node(window.folders.model.place(inbox)).count == row.unread)
    assert window.messages.chosen() == kept


def test_what_the_person_does_shows_at_once_in_a_flood(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """A row leaves with the key; what the store then says is shown without waiting for the pause, and so is undo."""
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 40)
    window.messages.step(1)
    (gone,) = window.messages.chosen()
    done: list[bool] = []
    window.verbs.done.connect(lambda: done.append(window.wiring.news._waiting == []))

    async def flood() -> None:
        await desk.arrive(40, 41)
        await desk.arrive(41, 42)
        assert window.wiring.news._waiting
        window.commands.run("archive")
        assert gone not in window.messages.model.vector.ids

    run(flood())
    desk.until(lambda: len(done) == 1)
    window.verbs.undo()
    desk.until(lambda: len(done) == 2)
    assert gone in window.messages.model.vector.ids
    assert done == [True, True]


# Painting ---------------------------------------------------------------------------------------------------------


class CountingPainter(RowPainter):
    """Remembers whose row it painted."""

    def __init__(self) -> None:
        super().__init__(DENSITIES["normal"], date.today())
        self.painted: list[int] = []

    def paint(self, painter: QPainter, row: QRectF, summary: Summary, look: Look) -> None:
        self.painted.append(summary.id)
        super().paint(painter, row, summary, look)


@pytest.fixture
def source(qapp: QApplication) -> Samples:
    return Samples(400)


@pytest.fixture
def view(source: Samples, qtbot: QtBot) -> Iterator[MessageView]:
    model = MessageModel(source)
    model.show(INBOX)
    view = MessageView(model)
    view.painter_of_rows = CountingPainter()
    view.setModel(model)
    view.resize(500, 600)
    with qtbot.waitExposed(view):
        view.show()
    view.relayout()
    view.viewport().repaint()
    yield view
    view.close()
    view.deleteLater()
    model.deleteLater()


def painted(view: MessageView) -> list[int]:
    """Whose rows were painted since the last question."""
    painter = view.painter_of_rows
    assert isinstance(painter, CountingPainter)
    found, painter.painted = painter.painted, []
    return found


def test_a_row_is_painted_once(view: MessageView, source: Samples) -> None:
    """Painting again paints nothing; of the rows that changed only those that are seen; scrolling only what appears."""
    assert len(painted(view)) > 8
    view.viewport().repaint()
    assert painted(view) == []
    seen, unseen = MessageId(3), MessageId(300)
    for one in (seen, unseen):
        source.all[one] = replace(source.all[one], subject="Another one")
    view.rows.apply(ChangeSet(changed={INBOX: (seen, unseen)}))
    QApplication.processEvents()
    assert painted(view) == [seen]
    view.verticalScrollBar().setValue(view.rows.sections[1].first + 60)
    QApplication.processEvents()
    assert len(painted(view)) <= 3


class Faulty(RowPainter):
    """Cannot paint one row."""

    def paint(self, painter: QPainter, row: QRectF, summary: Summary, look: Look) -> None:
        if summary.id == MessageId(3):
            raise ValueError("this row")
        super().paint(painter, row, summary, look)


def test_a_row_that_cannot_be_painted_does_not_end_the_program(view: MessageView) -> None:
    """The painters are ended, though the fault holds on to them: a widget or picture that goes before them is fatal."""
    with pytest.raises(ValueError, match="this row") as fault:
        view.show_rows_with(Faulty(DENSITIES["normal"], date.today()))
        view.viewport().repaint()
    assert not view.viewport().paintingActive()
    view.show_rows_with(CountingPainter())
    view.viewport().repaint()
    assert MessageId(3) in painted(view)
    assert fault.tb is not None


def test_news_below_what_is_seen_paints_nothing(view: MessageView, source: Samples) -> None:
    """Rows that come far below leave the picture alone; rows that come above show."""
    painted(view)
    paints: list[int] = []
    view.rows.painted = lambda: paints.append(1)  # type: ignore[method-assign]
    last = min(each.date for each in source.all.values())
    source.all[900] = replace(source.all[1], id=MessageId(900), date=last - 5)
    view.rows.apply(ChangeSet(added={INBOX: (MessageId(900),)}))
    QApplication.processEvents()
    assert paints == []
    source.all[901] = replace(source.all[1], id=MessageId(901), date=source.all[1].date + 5)
    view.rows.apply(ChangeSet(added={INBOX: (MessageId(901),)}))
    QApplication.processEvents()
    assert painted(view) == [901]
    assert paints


def test_pictures_are_not_kept_for_ever(view: MessageView) -> None:
    """A long way down keeps no more than the newest pictures; another width keeps none of the old ones."""
    bar = view.verticalScrollBar()
    for value in range(0, bar.maximum(), 300):
        bar.setValue(value)
        view.viewport().repaint()
    assert len(view._pictures) == MOST
    view.resize(400, 600)
    view.viewport().repaint()
    assert len(view._pictures) < 20


def test_the_pointer_paints_only_two_rows(view: MessageView) -> None:
    """The row it left is known already, the one it reached is painted."""
    view._point(view.row_rect(2).center())
    QApplication.processEvents()
    painted(view)
    view._point(view.row_rect(4).center())
    QApplication.processEvents()
    assert painted(view) == [view.rows.id_at(4)]
