"""Search hints, activity in words, choosing by typing, toasts, dropping, names for screen readers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Outgoing, Sending
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.gui import wares
from desktopmail.gui.activity.state import standing
from desktopmail.gui.panes import Panes
from desktopmail.gui.search.hints import Hint, hints
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.choice import Choice, Chooser, matching
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.tip import tip
from desktopmail.gui.widgets.toast import Toast
from tests.gui.desk import Desk
from tests.gui.samples import folder

Run = Callable[[Coroutine[Any, Any, Any]], Any]
FOLDERS = [folder(1, "INBOX", Role.INBOX), folder(2, "Projects", Role.NONE), folder(3, "My notes", Role.NONE)]


def people(prefix: str, limit: int) -> Sequence[Address]:
    known = [Address("Ada Lovelace", "ada@example.org"), Address("", "bob@example.org")]
    return [each for each in known if each.address.startswith(prefix)][:limit]


def offered(typed: str) -> list[str]:
    return [choice.title for choice in hints(typed, people, FOLDERS)]


def test_hints_offer_operators_values_people_and_folders(qapp: QApplication) -> None:
    """What stands before the cursor decides."""
    assert "from:" in offered("") and "has:" in offered("")
    assert offered("fr")[0] == "from:"
    assert offered("from:ad") == ["Ada Lovelace"]
    assert offered("is:un") == ["unread"]
    assert {"only-here", "only-on-server", "here-and-on-server"} <= set(offered("is:"))
    assert offered("in:pro") == ["Projects"]
    assert offered("cake is:st") == ["starred"]
    assert offered("tag:wo") == ["Work"]
    assert "Ada Lovelace" in offered("ad")
    assert offered("zzzz") == []


def test_hints_say_what_they_replace(qapp: QApplication) -> None:
    """Names with spaces are quoted; an operator alone is not a finished search."""
    note = next(choice.key for choice in hints("in:my", people, FOLDERS))
    assert note == Hint('"…/My notes" ', 2) or note == Hint('"My notes" ', 2)
    operator = hints("fr", people, FOLDERS)[0].key
    assert isinstance(operator, Hint) and operator.text == "from:" and operator.over == 2 and not operator.go


ONE, TWO = AccountId(1), AccountId(2)
LATER = "The next look at the server may be in 15 minutes"
SAID = Problem(ONE, "server-message", "Message from the server localhost", "Your mailbox is full")
REFUSED = Problem(ONE, "sign-in-refused", "The server did not accept the password", "", Remedy.SIGN_IN)


def out(state: Sending) -> Outgoing:
    return Outgoing(MessageId(1), "Hello", (Address("", "bob@example.org"),), state, 0, 0, "", ())


@pytest.mark.parametrize(
    ("activities", "outbox", "text", "tone"),
    [
        ([], [], "", "secondary"),
        ([Activity(ONE, State.IDLE, "")], [], "Up to date", "secondary"),
        ([Activity(ONE, State.IDLE, LATER)], [], LATER, "secondary"),
        ([Activity(ONE, State.IDLE, LATER), Activity(TWO, State.IDLE, "Up to date")], [], "Up to date", "secondary"),
        ([Activity(ONE, State.WORKING, "Reading", 412, 2310)], [], "412 of 2,310", "secondary"),
        ([Activity(ONE, State.WORKING, "Looking for new mail")], [], "Looking for new mail", "secondary"),
        ([Activity(ONE, State.OFFLINE, "Offline: 3 changes waiting")], [], "Offline: 3 changes waiting", "care"),
        ([Activity(ONE, State.OFFLINE, "Offline"), Activity(TWO, State.IDLE, "")], [], "1 account is offline", "care"),
        ([Activity(ONE, State.PROBLEM, "", problem=REFUSED)], [], REFUSED.title, "bad"),
        ([Activity(ONE, State.IDLE, "")], [out(Sending.REFUSED)], "1 message was not sent", "bad"),
        ([Activity(ONE, State.IDLE, "")], [out(Sending.WAITING)], "Sending", "secondary"),
        ([Activity(ONE, State.IDLE, "", problem=SAID)], [], SAID.title, "care"),  # T18
    ],
)
def test_what_is_going_on_in_words(
    qapp: QApplication, activities: list[Activity], outbox: list[Outgoing], text: str, tone: str
) -> None:
    """The most important thing first; numbers in the person's format."""
    now = standing(activities, outbox)
    assert now.text.replace("\u202f", "").replace(",", "") == text.replace(",", "")
    assert now.tone == tone


def test_choices_match_every_word_and_prefer_beginnings() -> None:
    """'proj' finds Projects before 'Old projects'; words may come from the detail."""
    rows = [Choice(1, "Old projects"), Choice(2, "Projects", "Work"), Choice(3, "Inbox", "Work")]
    assert [each.key for each in matching(rows, "proj")] == [2, 1]
    assert [each.key for each in matching(rows, "work in")] == [3]
    assert matching(rows, "  ") == rows
    assert matching(rows, "nothing") == []


@pytest.fixture
def host(qtbot: QtBot, qapp: QApplication) -> QWidget:
    theme().start("light")
    widget = QWidget()
    widget.resize(900, 600)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_the_chooser_is_worked_by_keys(host: QWidget, qtbot: QtBot) -> None:
    """Arrows move, Return takes, Escape leaves; the focus goes back where it was."""
    before = QLineEdit(host)
    before.show()
    host.activateWindow()
    before.setFocus()
    taken: list[object] = []
    chooser = Chooser(host)
    chooser.ask("Where", [Choice(n, f"Folder {n}") for n in range(20)], taken.append)
    assert chooser.isVisible()
    qtbot.keyClick(chooser.line, Qt.Key.Key_Down)
    qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
    assert taken == [1]
    assert not chooser.isVisible()
    assert QApplication.focusWidget() is before
    chooser.ask("Where", [], taken.append, lambda typed: Choice(typed, f"New {typed}"))
    qtbot.keyClicks(chooser.line, "urgent")
    qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
    assert taken == [1, "urgent"]
    chooser.ask("Where", [Choice(1, "One")], taken.append)
    qtbot.keyClick(chooser.line, Qt.Key.Key_Escape)
    assert not chooser.isVisible() and taken == [1, "urgent"]


def test_a_toast_leaves_by_itself_and_its_button_works_once(host: QWidget, qtbot: QtBot) -> None:
    """It goes after its time; the newest replaces the one before."""
    toast = Toast(host)
    acted: list[int] = []
    toast.say("First", "Undo", lambda: acted.append(1), seconds=60)
    toast.say("Second", "Undo", lambda: acted.append(2), seconds=60)
    assert toast.text == "Second"
    toast._button.click()
    assert acted == [2] and toast.text == ""
    toast.say("Third", seconds=0.02)
    qtbot.waitUntil(lambda: toast.text == "")


def test_panes_remember_their_sizes(qtbot: QtBot, qapp: QApplication) -> None:
    """What was kept is restored; nonsense is not."""
    theme().start("light")
    panes = Panes(QWidget(), QWidget(), QWidget())
    qtbot.addWidget(panes)
    panes.resize(1280, 700)
    panes.show()
    panes._outer.setSizes([300, 980])
    kept = panes.sizes()
    other = Panes(QWidget(), QWidget(), QWidget())
    qtbot.addWidget(other)
    other.resize(1280, 700)
    other.show()
    other.restore("nonsense")
    other.restore(kept)
    assert abs(other._outer.sizes()[0] - 300) <= 1


def test_wares_are_ours_or_nothing() -> None:
    """Ids survive the trip; anything else is no message."""
    data = QMimeData()
    assert wares.unpack(data) == []
    data.setData(wares.TYPE, wares.pack([MessageId(5), MessageId(7)]))
    assert wares.unpack(data) == [5, 7]
    data.setData(wares.TYPE, b"odd")
    assert wares.unpack(data) == []


# With a window ----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        await desk.set_up(12)
        return desk

    desk = run(make())
    desk.run = run
    desk.open()
    desk.until(lambda: len(desk.ids) == 12)
    yield desk
    run(desk.close())


def test_messages_dropped_on_a_folder_move_there(desk: Desk) -> None:
    """A drop moves, with Ctrl it copies; folders that take nothing refuse."""
    window = desk.window
    assert window is not None
    first, second = desk.ids[:2]
    archive = window.folders.model.place(desk.folder(Role.ARCHIVE))
    data = QMimeData()
    data.setData(wares.TYPE, wares.pack([MessageId(first)]))
    window.folders.model.dropMimeData(data, Qt.DropAction.MoveAction, -1, -1, archive)
    assert first not in desk.ids
    desk.until(lambda: window.toast.text == "1 message moved to Archive")
    data.setData(wares.TYPE, wares.pack([MessageId(second)]))
    window.folders.model.dropMimeData(data, Qt.DropAction.CopyAction, -1, -1, archive)
    desk.until(lambda: window.toast.text == "1 message copied to Archive")
    assert second in desk.ids
    heading = window.folders.model.index(0, 0)
    assert not window.folders.model.flags(heading) & Qt.ItemFlag.ItemIsDropEnabled


def test_the_pointer_finds_the_verbs_of_a_row(desk: Desk, qtbot: QtBot) -> None:
    """Hovering shows them, a click on one acts on that row alone and leaves the selection."""
    window = desk.window
    assert window is not None
    view = window.messages.view
    window.messages.choose([desk.ids[5]])
    third = desk.ids[2]
    spots = dict(view.painter_of_rows.actions(view.row_rect(2).toRectF(), False))
    qtbot.mouseMove(view.viewport(), spots["archive"].center().toPoint())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spots["archive"].center().toPoint())
    assert third not in desk.ids
    assert [int(one) for one in window.messages.chosen()] == [desk.ids[4]]


def test_a_verb_pressed_is_no_click_on_its_row(desk: Desk, qtbot: QtBot) -> None:
    """Nor the beginning of a drag over rows, whatever was clicked before."""
    window = desk.window
    assert window is not None
    view, left = window.messages.view, Qt.MouseButton.LeftButton
    qtbot.mouseClick(view.viewport(), left, pos=view.row_rect(4).center())
    chosen = list(window.messages.chosen())
    spot = dict(view.painter_of_rows.actions(view.row_rect(4).toRectF(), False))["star"].center().toPoint()
    clicks: list[object] = []
    view.clicked.connect(clicks.append)
    qtbot.mousePress(view.viewport(), left, pos=spot)
    qtbot.mouseMove(view.viewport(), QPoint(spot.x(), view.row_rect(1).center().y()))
    qtbot.mouseRelease(view.viewport(), left, pos=spot)
    assert clicks == [] and list(window.messages.chosen()) == chosen


def test_two_quick_clicks_on_a_verb_act_on_two_rows(desk: Desk, qtbot: QtBot) -> None:
    """Also when the row that comes under the pointer was the one clicked last."""
    window = desk.window
    assert window is not None
    view, left = window.messages.view, Qt.MouseButton.LeftButton
    opened: list[object] = []
    view.doubleClicked.connect(opened.append)
    second, third = desk.ids[1:3]
    qtbot.mouseClick(view.viewport(), left, pos=view.row_rect(2).center())
    spot = dict(view.painter_of_rows.actions(view.row_rect(1).toRectF(), False))["archive"].center().toPoint()
    qtbot.mouseClick(view.viewport(), left, pos=spot)
    # The system says of the second click that it is a double one, in place of a press.
    twice = QMouseEvent(QEvent.Type.MouseButtonDblClick, QPointF(spot), view.viewport().mapToGlobal(QPointF(spot)),
                        left, left, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(view.viewport(), twice)
    qtbot.mouseRelease(view.viewport(), left, pos=spot)
    assert second not in desk.ids and third not in desk.ids and opened == []


def test_an_account_with_trouble_says_so_and_helps(desk: Desk, qtbot: QtBot) -> None:
    """The bar names the problem, the panel offers the remedy, the remedy asks for the password."""
    window = desk.window
    assert window is not None
    problem = Problem(desk.account, "sign-in-refused", "The server did not accept the password", "Safe.",
                      Remedy.SIGN_IN, "NO [AUTHENTICATIONFAILED] no")  # fmt: skip
    desk.engine.say(Activity(desk.account, State.PROBLEM, "", problem=problem))
    desk.until(lambda: window.bar.standing.text() == problem.title)
    window.open_activity()
    assert window.panel.isVisible()
    buttons = {button.text(): button for button in window.panel.findChildren(QAbstractButton)}
    assert "Details" in buttons
    buttons["Enter password…"].click()
    dialog = next(each for each in QApplication.topLevelWidgets() if each.windowTitle() == "Sign in")
    assert dialog.isVisible()
    dialog.close()
    qtbot.keyClick(window.panel, Qt.Key.Key_Escape)
    assert not window.panel.isVisible()


def test_everything_that_takes_the_focus_has_a_name(desk: Desk) -> None:
    """A screen reader never meets a control without a word."""
    window = desk.window
    assert window is not None
    window.open_activity()
    nameless = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(window):
            said = QAccessible.queryAccessibleInterface(widget)
            name = said.text(QAccessible.Text.Name) if said is not None else ""
            if not name and not widget.accessibleName():
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_rows_speak_through_the_view(desk: Desk) -> None:
    """The list has as many rows as messages, and each says its whole state."""
    window = desk.window
    assert window is not None
    view = window.messages.view
    table = QAccessible.queryAccessibleInterface(view)
    assert table is not None
    assert table.text(QAccessible.Text.Name) == "Messages"
    assert table.role() == QAccessible.Role.List
    assert table.childCount() == 12
    first = table.child(0)
    assert first is not None
    assert first.text(QAccessible.Text.Name).startswith("Unread, Grace Hopper, ")
    assert first.rect().height() == view.row_rect(0).height()


def test_geometry_of_rows_under_mirrored_windows(desk: Desk, qapp: QApplication) -> None:
    """In a window that runs from right to left the verbs stand at the left."""
    window = desk.window
    assert window is not None
    view = window.messages.view
    row = view.row_rect(0).toRectF()
    plain = dict(view.painter_of_rows.actions(row, False))
    mirrored = dict(view.painter_of_rows.actions(row, True))
    assert plain["archive"].left() > row.center().x() > mirrored["archive"].right()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not view.grab().isNull()


def test_selecting_by_rubber_band_and_hit_testing(desk: Desk) -> None:
    """Points on headings are no rows; an area covers the rows it touches."""
    window = desk.window
    assert window is not None
    view = window.messages.view
    heading = view.row_rect(0).top() - 4
    assert not view.indexAt(QPoint(40, heading)).isValid()
    assert view.indexAt(view.row_rect(3).center()).row() == 3
    area = QRect(view.row_rect(1).center(), view.row_rect(3).center())
    view.setSelection(area, view.selectionModel().SelectionFlag.ClearAndSelect)
    assert window.messages.count() == 3


def test_a_screen_reader_says_what_a_choice_is_for(qtbot: QtBot) -> None:
    choice = ComboBox()
    qtbot.addWidget(choice)
    choice.addItem("TLS")
    choice.setAccessibleName("Encryption")
    spoken = QAccessible.queryAccessibleInterface(choice)
    assert spoken is not None
    assert spoken.text(QAccessible.Text.Name) == "TLS"
    assert spoken.text(QAccessible.Text.Description) == "Encryption"
    choice.setAccessibleDescription("Encrypted from the first byte")
    assert spoken.text(QAccessible.Text.Description) == "Encryption: Encrypted from the first byte"


def test_tips_are_read_out_without_markup(qtbot: QtBot) -> None:
    pill = QWidget()
    qtbot.addWidget(pill)
    tip(pill, "Noor <noor@example.org>")
    spoken = QAccessible.queryAccessibleInterface(pill)
    assert spoken is not None and spoken.text(QAccessible.Text.Description) == "Noor <noor@example.org>"
    assert "&lt;" in pill.toolTip()
