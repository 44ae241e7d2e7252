"""At the default size nothing that the program says is cut: words of labels, buttons, choices and empty fields."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import pytest
import qasync
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from desktopmail.app.demo.start import demo_engine
from desktopmail.app.window import dispose, make
from desktopmail.engine.engine import Engine
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.label import ElidedLabel
from tests.gui.test_translated import Hasty, no_card
from tests.screens import accounts
from tests.screens.render import SCREENS

Show = Callable[[object], object]
SEEN = (
    "where", "nothing-found", "many", "forward", "settings-privacy", "settings-shortcuts", "wizard-pop3", "wizard-hand",
    "wizard-certificate",
)  # fmt: skip
ACCOUNTS = ("account-imap", "account-pop3", "account-servers")
ARROW = 32
FRAME = 18


def cuts(top: QWidget) -> Iterator[str]:
    """What has less room than it needs."""
    for each in (top, *top.findChildren(QWidget)):
        if not each.isVisibleTo(top):
            continue
        room, metrics = each.contentsRect().width(), each.fontMetrics()
        if isinstance(each, ElidedLabel):
            text = each.text().replace("\n", " ")
            lost = "…" not in text and "…" in each.shown(text, room)
        elif isinstance(each, QLabel):
            text = each.text()
            wide = each.heightForWidth(each.width()) > each.height() + 1 if each.wordWrap() else False
            lost = wide or (not each.wordWrap() and metrics.size(0, text).width() > room + 1)
        elif isinstance(each, QPushButton | QCheckBox | QRadioButton):
            text, needed = each.text(), each.sizeHint()
            lost = bool(text) and (needed.width() > each.width() + 1 or needed.height() > each.height() + 1)
        elif isinstance(each, QComboBox):
            text = each.currentText()
            lost = metrics.horizontalAdvance(text) + px(ARROW) > each.width() + 1
        elif isinstance(each, QLineEdit) and not each.text():
            text = each.placeholderText()
            lost = bool(text) and metrics.horizontalAdvance(text) + px(FRAME) > each.width() + 1
        else:
            continue
        if lost:
            yield f"{type(each).__name__}: {text}"


@pytest.fixture
def show(qloop: qasync.QEventLoop) -> Show:
    """Show all of it, which takes as long as it takes."""
    theme().start("light")
    return lambda work: qloop.run_until_complete(asyncio.wait_for(work, 500))


async def _cut(engine: Engine, name: str, view: Callable[[Hasty], object]) -> list[str]:
    window = make(engine)
    window.resize(1280, 800)
    window.show()
    found = await view(Hasty(engine, window))  # type: ignore[misc]
    found.grab()
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            while any(cuts(found)):  # noqa: ASYNC110 - rows find their height when they are laid out
                await asyncio.sleep(0.01)
    lost = [f"{name}: {each}" for each in cuts(found)]
    async with asyncio.timeout(10):
        while left := [each for each in QApplication.topLevelWidgets() if each is not window and each.isVisible()]:
            for each in left:
                each.close()
            await asyncio.sleep(0.002)
    await close_tasks()
    await dispose(window)
    return lost


@no_card
def test_nothing_is_cut_on_the_screens_of_the_demonstration(show: Show) -> None:
    async def story() -> list[str]:
        async with demo_engine() as engine:
            await engine.sync()
            return [lost for name in SEEN for lost in await _cut(engine, name, SCREENS[name])]

    assert show(story()) == []


@no_card
def test_nothing_is_cut_on_the_pages_of_accounts(show: Show) -> None:
    async def story(names: Iterable[str]) -> list[str]:
        async with accounts.profile() as engine:
            lost = []
            for name in names:

                async def view(stage: Hasty, made: accounts.View = accounts.VIEWS[name]) -> QWidget:
                    return await made(stage.engine, stage.window, stage.quiet)

                lost += await _cut(engine, name, view)
            return lost

    assert show(story(ACCOUNTS)) == []


def test_a_cut_is_noticed(qapp: QApplication) -> None:
    holder = QWidget()
    for each in (QPushButton("Remove from server", holder), QLabel("Nothing was sent.", holder)):
        each.resize(20, 30)
    assert len(list(cuts(holder))) == 2
