"""macOS says by events what is to be opened; the first ones come before there is a window.

The name that Windows knows the program by is told once, before the first window.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from desktopmail.app import identity
from desktopmail.app.openings import MOST_WAITING, Openings, begin
from desktopmail.domain.product import APP_ID
from desktopmail.domain.wish import Asked, Wish, decode


@pytest.fixture
def openings(qapp: QApplication) -> Iterator[Openings]:
    made = begin()
    assert made is not None
    yield made
    qapp.removeEventFilter(made)
    made.setParent(None)
    made.deleteLater()


def tell(target: str | QUrl) -> None:
    """As the system does it: an event to the application."""
    application = QCoreApplication.instance()
    assert application is not None
    assert QCoreApplication.sendEvent(application, QFileOpenEvent(target))


def test_there_is_one(openings: Openings) -> None:
    assert begin() is openings


@pytest.mark.skipif(sys.platform == "win32", reason="nobody tells it by events there, and paths look different")
def test_what_came_before_the_window_is_granted_with_it(openings: Openings, tmp_path: Path) -> None:
    granted: list[Wish] = []
    letter = tmp_path / "letter é.eml"
    tell(QUrl("mailto:ada@example.org?subject=Hello%20you"))
    tell(str(letter))
    openings.to(granted.append)
    tell(QUrl.fromLocalFile(str(letter)))
    expected = ["mailto:ada@example.org?subject=Hello%20you", str(letter), str(letter)]
    assert [each.target for each in granted] == expected
    assert all(each.asked is Asked.OPEN and decode(each.encode()) == each for each in granted)


def test_nothing_else_is_opened(openings: Openings) -> None:
    """A scheme that is not ours, a relative path, nothing, and too much."""
    granted: list[Wish] = []
    openings.to(granted.append)
    for target in ("https://example.org/x", "javascript:1", "x.eml", "", f"mailto:{'a' * 100_000}"):
        tell(QUrl(target))
    assert granted == []


def test_what_waits_is_bounded_and_waits_again_after_the_window(openings: Openings) -> None:
    granted: list[Wish] = []
    openings.to(granted.append)
    openings.to(None)
    for number in range(MOST_WAITING + 5):
        tell(QUrl(f"mailto:{number}@example.org"))
    assert granted == []
    openings.to(granted.append)
    assert len(granted) == MOST_WAITING
    assert granted[0].target == "mailto:0@example.org"


def test_other_events_pass(openings: Openings, qapp: QApplication) -> None:
    assert not openings.eventFilter(qapp, QEvent(QEvent.Type.ApplicationActivate))


def test_the_name_for_windows() -> None:
    """The same as that of shortcut, desktop file and icon; on other systems nothing is called."""
    said: list[str] = []
    identity.claim(said.append)
    assert said == [APP_ID]
    if sys.platform != "win32":
        identity.claim()
