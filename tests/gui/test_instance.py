"""One window per profile: further starts are real processes that hand over what they were asked for, and end."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktopmail.app import handing
from desktopmail.app import window as app_window
from desktopmail.app.instance import names
from desktopmail.app.options import WindowOptions
from desktopmail.app.wishes import Wishes
from desktopmail.domain.folder import Role
from desktopmail.domain.wish import MOST_BYTES, Asked, Wish
from desktopmail.engine.transfer import Transfer
from desktopmail.gui.desktop import background
from desktopmail.gui.widgets.button import WordButton
from desktopmail.store.lock import ProfileLock
from tests.gui.desk import Desk, PlainComposer

sockets = pytest.mark.skipif(sys.platform == "win32", reason="Windows has pipes, and others see to who reaches them")
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The person's own folder for sockets, with a short name."""
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot, runtime: Path) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.set_up(2)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    run(desk.close())


@pytest.fixture
def wishes(desk: Desk, run: Run, tmp_path: Path) -> Iterator[Wishes]:
    """The open window, hearing."""
    made = Wishes(desk.open())
    made.listen(tmp_path / "profile")
    yield made
    run(made.finish())


def start(desk: Desk, profile: Path, *arguments: str) -> int:
    """A further start of the program; its exit code."""
    command = [sys.executable, "-m", "desktopmail", "--profile", str(profile), *arguments]
    process = subprocess.Popen(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    try:
        desk.until(lambda: process.poll() is not None)
    finally:
        process.kill()
    return process.wait()


def composers(desk: Desk) -> list[PlainComposer]:
    assert desk.window is not None
    return desk.window.writing.windows  # type: ignore[return-value]


def test_a_second_start_hands_over_an_address_and_ends(desk: Desk, wishes: Wishes, tmp_path: Path) -> None:
    """D38, C49: the composer opens in the first; the bcc is there to be seen."""
    assert (
        start(desk, tmp_path / "profile", "mailto:bob@example.org?subject=Hi&bcc=eve@example.org&attach=/etc/passwd")
        == 0
    )
    desk.until(lambda: composers(desk))
    draft = composers(desk)[0].draft
    assert [each.address for each in (*draft.to, *draft.bcc)] == ["bob@example.org", "eve@example.org"]
    assert (draft.subject, draft.attachments) == ("Hi", ())


def test_a_second_start_writes_checks_and_shows(desk: Desk, wishes: Wishes, tmp_path: Path) -> None:
    """The actions of the desktop file; and without any the window comes to the front."""
    assert desk.window is not None
    desk.window.hide()
    assert start(desk, tmp_path / "profile", "--check-mail") == 0
    desk.until(lambda: ("wake", None) in desk.engine.asked)
    assert not desk.window.isVisible()
    assert start(desk, tmp_path / "profile", "--compose") == 0
    desk.until(lambda: composers(desk))
    assert start(desk, tmp_path / "profile") == 0
    desk.until(desk.window.isVisible)


def test_quit_waits_for_one_that_does_not_listen_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has the profile is starting, or is a command: the one is ended, and of the other it is said."""
    options = WindowOptions(profile=str(tmp_path), asked=Asked.QUIT)
    answers = [False, False, True]
    monkeypatch.setattr(app_window, "_given_away", lambda asked: answers.pop(0))
    monkeypatch.setattr(app_window, "ANOTHER_TRY", 0.01)
    lock = ProfileLock(tmp_path / "lock")
    assert app_window._end(options) == 0
    assert answers == []
    answers += [False] * 2
    monkeypatch.setattr(app_window, "STARTING_SECONDS", 0)
    assert app_window._end(options) == 1
    lock.release()
    assert app_window._end(options) == 0


def test_quit_ends_the_one_that_runs_and_starts_none(
    desk: Desk, wishes: Wishes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that goes on without its window: an installer asks this before it changes files. It is an option, so no
    address can say it, and an option of a start beside it is refused."""
    monkeypatch.setattr(background, "may_stay", lambda: True)
    window = desk.window
    assert window is not None
    window.preferences.change(keep_running=True)
    window.close()
    told: list[str] = []
    window.closed.connect(lambda: told.append("closed"))
    assert start(desk, tmp_path / "profile", "--", "mailto:a@example.org?subject=--quit") == 0
    assert start(desk, tmp_path / "profile", "--quit", "--compose") == 2
    assert not told
    assert start(desk, tmp_path / "profile", "--quit") == 0
    desk.until(lambda: told == ["closed"])
    assert start(desk, tmp_path / "nobody", "--quit") == 0
    assert not (tmp_path / "nobody").exists()


def test_a_file_opens_in_a_window_of_its_own(desk: Desk, wishes: Wishes, tmp_path: Path) -> None:
    """A message, and a mailbox file with several: the first, and how many there are."""
    letter = b"From: Bob <bob@example.org>\r\nSubject: From a file\r\n\r\nHello\r\n"
    (tmp_path / "one.eml").write_bytes(letter)
    (tmp_path / "all.mbox").write_bytes(
        b"From bob@example.org Thu Jan  1 00:00:00 1970\nSubject: First\n\nOne\n\n"
        b"From bob@example.org Thu Jan  1 00:00:00 1970\nSubject: Second\n\nTwo\n\n"
    )
    assert start(desk, tmp_path / "profile", str(tmp_path / "one.eml")) == 0
    desk.until(lambda: wishes._files)
    assert wishes._files[0].windowTitle() == "From a file"
    wishes._files[0].close()
    desk.until(lambda: not wishes._files)
    wishes.grant(Wish(Asked.OPEN, str(tmp_path / "all.mbox")))
    desk.until(lambda: wishes._files)
    window = wishes._files[0]
    assert (window.windowTitle(), window.words.text()) == ("First", "Message 1 of 2 in all.mbox")
    window.on.click()
    assert (window.windowTitle(), window.words.text()) == ("Second", "Message 2 of 2 in all.mbox")
    assert not window.on.isEnabled()


def press(widget: QWidget, key: Qt.Key, text: str = "") -> None:
    """Press a key while nothing else happens: work that has begun goes on only where its loop runs."""
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text))


def test_a_mailbox_file_is_put_into_a_folder_and_taken_back(desk: Desk, wishes: Wishes, tmp_path: Path) -> None:
    """From the bar of its window: a folder is chosen, the messages come in, undo takes all of them away."""
    assert desk.window is not None
    reading = desk.engine.reading
    desk.engine.transfer = Transfer(desk.store, desk.engine.library, reading)  # type: ignore[attr-defined]
    one = "From bob@example.org Thu Jan  1 00:00:00 1970\nSubject: {0}\nMessage-ID: <{0}@example.org>\n\nText\n\n"
    (tmp_path / "all.mbox").write_text("".join(one.format(number) for number in range(3)))
    wishes.grant(Wish(Asked.OPEN, str(tmp_path / "all.mbox")))
    desk.until(lambda: wishes._files)
    (button,) = wishes._files[0].bar.findChildren(WordButton)
    button.click()
    chooser = desk.window.choosing.chooser
    archive = desk.folder(Role.ARCHIVE)
    for letter in "Archive":
        press(chooser.line, Qt.Key.Key_A, letter)
    press(chooser.line, Qt.Key.Key_Return)
    desk.until(lambda: len(desk.engine.library.ids(archive)) == 3)
    desk.until(lambda: desk.window.toast.text.startswith("3 messages imported"))  # type: ignore[union-attr]
    desk.window.toast._button.click()
    desk.until(lambda: len(desk.engine.library.ids(archive)) == 0)


def test_a_file_that_is_not_there_is_said(desk: Desk, wishes: Wishes, tmp_path: Path) -> None:
    assert desk.window is not None
    wishes.grant(Wish(Asked.OPEN, str(tmp_path / "gone.eml")))
    desk.until(lambda: "There is no such file" in desk.window.toast.text)  # type: ignore[union-attr]


@sockets
@pytest.mark.parametrize(
    "odd",
    [b"quit\n", b'{"open": "--profile"}\n', b'{"show": 1}\n', b"x" * (MOST_BYTES + 2), b"\xff\n", b"[" * 9_000 + b"\n"],
)
def test_odd_visitors_are_refused(odd: bytes, desk: Desk, wishes: Wishes, tmp_path: Path) -> None:
    """D38: only data of the fixed shape is heard; the window goes on."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(handing.address(tmp_path / "profile"))
    line.sendall(odd)
    line.setblocking(False)
    answer = b""

    def answered() -> bool:
        nonlocal answer
        try:
            answer += line.recv(100)
        except BlockingIOError:
            return False
        return answer.endswith(b"\n")

    desk.until(answered)
    line.close()
    assert answer == handing.REFUSED
    assert not composers(desk)
    assert start(desk, tmp_path / "profile", "--compose") == 0


@sockets
def test_only_this_person_reaches_the_socket(wishes: Wishes, runtime: Path, tmp_path: Path) -> None:
    """It lies in a folder of this person alone; other profiles have others."""
    path = Path(handing.address(tmp_path / "profile"))
    assert path.parent == runtime
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((tmp_path / "profile" / handing.CARD).stat().st_mode) == 0o600
    assert names(tmp_path / "profile")[0] != names(tmp_path / "other")[0]
    runtime.chmod(0o755)
    assert Path(names(tmp_path / "profile")[0]).parent != runtime
    with tempfile.TemporaryDirectory(prefix="short-") as short:
        assert Path(names(Path(short))[0]).parent == Path(short)


@sockets
def test_what_a_crash_left_stands_in_nobodys_way(desk: Desk, tmp_path: Path, runtime: Path) -> None:
    """D38: a socket and a card of a window that was killed are taken over; before that they answer nothing."""
    profile = tmp_path / "profile"
    place = names(profile)[0]
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(place)
    dead.close()
    (profile / handing.CARD).write_text(place)
    assert not handing.hand_over(profile, Wish())
    wishes = Wishes(desk.open())
    wishes.listen(profile)
    assert start(desk, profile, "--compose") == 0
    desk.until(lambda: composers(desk))
    desk.run(wishes.finish())
    assert not (profile / handing.CARD).exists()
    assert not Path(place).exists()
