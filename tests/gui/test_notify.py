"""Notifications on a real message bus, with a desktop of our own on it; and the tray."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jeepney", reason="message buses are a thing of Linux desktops")
from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.notices import notice
from desktopmail.gui.desktop.bubbles import Bubble, Bubbles
from desktopmail.gui.desktop.tray import Tray, sign, until_morning
from desktopmail.gui.window import MainWindow
from tests.fakes.desktop_bus import FakeDesktop, desktop, has_bus
from tests.gui.desk import Desk

Run = Callable[[Coroutine[Any, Any, Any]], Any]
needs_bus = pytest.mark.skipif(not has_bus(), reason="there is no dbus-daemon")


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.set_up(3)
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    run(desk.close())


@pytest.fixture
def place(desk: Desk) -> Iterator[FakeDesktop]:
    """A desktop beside the window."""
    with desktop() as made:
        yield made


def elsewhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window, while the person looks at another."""
    window = desk.open()
    monkeypatch.setattr(MainWindow, "isActiveWindow", lambda self: False)
    return window


def come(desk: Desk, count: int = 1, newer: int = 60) -> list[MessageId]:
    """Unread mail arrives and is told of."""
    ids = desk.run(desk.arrive(0, count, newer=newer))
    desk.run(desk.engine.actions.mark_read(ids, False))
    news = notice(desk.engine.library.summaries(ids))
    assert news is not None
    desk.engine.notice(news)
    return ids


def seen(desk: Desk, one: MessageId) -> bool:
    return Flags.SEEN in desk.engine.library.summary(one).flags


@needs_bus
def test_one_message_with_its_actions(desk: Desk, place: FakeDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, escaped, and says whose it is; replying from it opens a composer."""
    window = elsewhere(desk, monkeypatch)
    (one,) = come(desk)
    desk.until(lambda: place.shown)
    shown = place.shown[0]
    assert shown.title == desk.engine.library.summary(one).sender[0].name
    assert list(shown.acts) == ["default", "reply", "archive", "mark_read"]
    assert shown.hints == {"desktop-entry": "org.desktopmail.Desktopmail", "category": "email.arrived", "urgency": 1}
    place.click(shown.number, "reply")
    desk.until(lambda: window.writing.windows)
    assert ("reply", one) in desk.engine.asked


@needs_bus
def test_archive_and_read_from_a_notification(desk: Desk, place: FakeDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both do exactly that, with a way back, and the window stays where it is."""
    window = elsewhere(desk, monkeypatch)
    (one,) = come(desk)
    desk.until(lambda: len(place.shown) == 1)
    place.click(1, "mark_read")
    desk.until(lambda: seen(desk, one))
    ids = come(desk, 2, newer=120)
    desk.until(lambda: len(place.shown) == 2)
    assert list(place.shown[1].acts) == ["default", "archive", "mark_read"]
    place.click(place.shown[1].number, "archive")
    archive = desk.folder(Role.ARCHIVE)
    desk.until(lambda: {desk.engine.library.summary(each).folder for each in ids} == {archive})
    desk.until(lambda: window.toast.text == "2 messages archived")
    # What was clicked is closed for desktops that keep it; others may be about to do so themselves.
    assert set(place.closed) <= {1, place.shown[1].number}


@needs_bus
def test_more_mail_grows_the_same_notification(desk: Desk, place: FakeDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place; when all of it was read elsewhere, it goes. After the person waved one away, a new one begins."""
    elsewhere(desk, monkeypatch)
    first = come(desk)
    desk.until(lambda: len(place.shown) == 1)
    second = come(desk, newer=120)
    desk.until(lambda: len(place.shown) == 2)
    assert (place.shown[1].replaces, place.shown[1].title) == (1, "2 new messages")
    desk.run(desk.engine.actions.mark_read(first, True))
    third = come(desk, newer=180)
    desk.until(lambda: len(place.shown) == 3)
    assert (place.shown[2].replaces, place.shown[2].title) == (1, "2 new messages")
    desk.run(desk.engine.actions.mark_read([*second, *third], True))
    desk.until(lambda: place.closed == [1])
    come(desk, newer=240)
    desk.until(lambda: len(place.shown) == 4)
    assert place.shown[3].replaces == 0
    place.dismiss(place.shown[3].number)
    desk.until(lambda: desk.window is not None and not desk.window.notify._told)
    come(desk, newer=300)
    desk.until(lambda: len(place.shown) == 5)
    assert (place.shown[4].replaces, place.shown[4].title != "2 new messages") == (0, True)


@needs_bus
def test_a_click_brings_the_message(desk: Desk, place: FakeDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the token that lets the window come to the front; what another program says is not heard."""
    window = elsewhere(desk, monkeypatch)
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "")
    window.hide()
    (one,) = come(desk)
    desk.until(lambda: place.shown)
    place.lie(1, "archive")
    place.click(1, "default", token="token-1")
    desk.until(window.isVisible)
    assert [int(each) for each in window.messages.chosen()] == [one]
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "token-1"
    assert desk.engine.library.summary(one).folder == desk.folder(Role.INBOX)


@needs_bus
def test_going_on_without_a_window_is_said_once(
    desk: Desk, place: FakeDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it happens the first time; a click brings the window back."""
    window = elsewhere(desk, monkeypatch)
    window.preferences.change(keep_running=True)
    window.close()
    desk.until(lambda: place.shown)
    assert place.shown[0].title == "Desktopmail keeps running"
    assert list(place.shown[0].acts) == ["default"]
    place.click(1, "default")
    desk.until(window.isVisible)
    window.close()
    come(desk)
    desk.until(lambda: len(place.shown) == 2)
    assert place.shown[1].title != "Desktopmail keeps running"
    window.let_close()


@needs_bus
def test_every_account_has_its_own(desk: Desk, place: FakeDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two accounts each has one, with its name; without words neither name nor sender is there."""
    window = elsewhere(desk, monkeypatch)
    come(desk)
    desk.until(lambda: len(place.shown) == 1)
    desk.run(desk.set_up(0, "ada@home.example"))
    come(desk, newer=120)
    desk.until(lambda: len(place.shown) == 2)
    assert place.shown[1].replaces == 0
    assert place.shown[1].text.endswith("\nhome.example")
    window.preferences.change(notify_words=False)
    come(desk, newer=180)
    desk.until(lambda: len(place.shown) == 3)
    assert (place.shown[2].title, place.shown[2].text) == ("2 new messages", "")


@needs_bus
def test_a_desktop_without_actions_and_markup(run: Run, qtbot: QtBot) -> None:
    """It gets neither; one with markup gets the text escaped."""
    from PySide6.QtCore import QObject

    evil = Bubble("<b>T</b>", "<a href='http://x'>click & win</a>", (("archive", "Archive"),))
    for abilities, text, acts in (((), evil.text, 0), (("body-markup", "actions"), "&lt;a href='http://x'&gt;", 2)):
        with desktop(abilities) as made:
            owner = QObject()
            bubbles = Bubbles(owner)
            bubbles.show("a", evil)
            _turn(run, lambda made=made: made.shown)
            assert made.shown[0].title == "<b>T</b>"
            assert made.shown[0].text.startswith(text)
            assert len(made.shown[0].acts) == acts
            _close(run, bubbles)


@needs_bus
def test_where_nobody_shows_notifications_the_tray_does(run: Run, qtbot: QtBot) -> None:
    """Refused, said, and tried again the next time; also when the desktop goes away in between."""
    from PySide6.QtCore import QObject

    owner = QObject()
    bubbles = Bubbles(owner)
    refused: list[object] = []
    bubbles.refused.connect(lambda key, bubble: refused.append(key))
    with desktop() as made:
        bubbles.show("a", Bubble("One", ""))
        _turn(run, lambda: made.shown)
    bubbles.show("b", Bubble("Two", ""))
    _turn(run, lambda: refused == ["b"] and bubbles._task is None)
    with desktop() as made:
        bubbles.show("c", Bubble("Three", ""))
        _turn(run, lambda: made.shown)
        assert made.shown[0].replaces == 0
    _close(run, bubbles)


def _turn(run: Run, holds: Callable[[], object]) -> None:
    import asyncio

    async def turning() -> None:
        while not holds():  # noqa: ASYNC110 - the other side is a thread
            await asyncio.sleep(0.002)

    run(turning())


def _close(run: Run, bubbles: Bubbles) -> None:
    from desktopmail.gui.loop import close_tasks

    run(close_tasks())
    bubbles.deleteLater()


@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "This plugin does not support")
def test_the_tray_counts_and_offers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number, its menu, and what it says when there is nothing better."""
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    window = elsewhere(desk, monkeypatch)
    desk.until(lambda: window.notify.tray)
    tray = window.notify.tray
    assert isinstance(tray, Tray)
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(tray.icon, "showMessage", lambda title, text, *rest: said.append((title, text)))
    ids = come(desk, 2)
    desk.until(lambda: said)
    assert said[0][0] == "2 new messages"
    unread = next(each.unread for each in desk.engine.library.folders() if each.role is Role.INBOX)
    desk.until(lambda: tray.count.text() == f"{unread} messages unread")
    texts = [each.text() for each in tray.menu.actions() if each.text()]
    assert texts[1:] == ["Write", "Get mail", "Do not disturb", "Show Desktopmail", "Quit"]
    tray.icon.messageClicked.emit()
    assert window.messages.chosen() == [max(ids, key=lambda each: desk.engine.library.summary(each).date)]
    next(each for each in tray.menu.actions() if each.text() == "Get mail").trigger()
    assert ("wake", None) in desk.engine.asked
    window.hide()
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert not window.isVisible()
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert window.isVisible()


def test_the_number_on_the_icon_is_what_is_unread(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It follows what comes and is read, and is gone where no number is wanted."""
    told: list[int] = []
    monkeypatch.setattr(QGuiApplication, "setBadgeNumber", lambda self, number: told.append(number))
    window = elsewhere(desk, monkeypatch)
    ids = come(desk, 2)
    unread = next(each.unread for each in desk.engine.library.folders() if each.role is Role.INBOX)
    desk.until(lambda: told and told[-1] == unread)
    desk.run(desk.engine.actions.mark_read(ids, True))
    desk.until(lambda: told[-1] == unread - 2)
    come(desk)
    desk.until(lambda: told[-1] == unread - 1)
    window.preferences.change(show_count=False)
    desk.until(lambda: told[-1] == 0)


def test_nothing_is_said_while_resting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not disturb lasts as long as was said, and can be ended."""
    window = elsewhere(desk, monkeypatch)
    news = notice(desk.engine.library.summaries(desk.engine.library.ids(desk.folder(Role.INBOX))))  # type: ignore[arg-type]
    assert news is not None
    window.notify.rest(3600)
    assert window.notify.wanted(news) is None
    window.notify.rest(0)
    assert window.notify.wanted(news) == news
    assert until_morning(QDateTime(QDate(2026, 11, 26), QTime(23, 0))) == 9 * 3600


@pytest.mark.parametrize("side", [16, 22, 64])
def test_the_sign_shows_the_number(side: int, qapp: object) -> None:
    """Something is drawn in every size, and unread looks different."""
    assert sign(0, side).toImage() != sign(7, side).toImage()


@pytest.mark.parametrize("side", [22, 44])
def test_a_sign_that_the_system_colours_says_the_number_by_what_it_leaves_out(side: int, qapp: object) -> None:
    """Where only the shape of a sign counts, a white number on red would be a blot."""

    def shape(unread: int, *, mask: bool) -> list[bool]:
        image = sign(unread, side, mask=mask).toImage()
        return [image.pixelColor(x, y).alpha() > 127 for x in range(side) for y in range(side)]

    assert shape(1, mask=False) == shape(7, mask=False)
    assert shape(1, mask=True) != shape(7, mask=True)
    assert shape(0, mask=True) == shape(0, mask=False)
