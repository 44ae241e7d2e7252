"""A person before the settings of an account: the real page and dialogs on the real engine, typed into and clicked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from desktopmail.domain.account import Account, ImapServer, NewAccount, SmtpServer
from desktopmail.engine.engine import Engine
from desktopmail.gui.accounts.page import AccountPage
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.style.theme import theme
from desktopmail.store.secrets import Memory
from tests.fakes.unplugged import unplugged
from tests.gui.wizard.conftest import dispose, until, worn_dovecot
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

__all__ = ["Desk", "button", "desk", "settle", "silent", "until", "words", "worn_dovecot"]

W = TypeVar("W", bound=QWidget)


@dataclass
class Desk:
    """A window with the page of one account."""

    engine: Engine
    window: QWidget
    page: AccountPage

    @property
    def account(self) -> Account:
        """The account as it is stored."""
        return next(each for each in self.engine.library.accounts() if each.id == self.page.account.id)

    def servers(self) -> Servers:
        """Open the dialog for the servers by its button."""
        button = self.page.server_rows.incoming.control
        assert button is not None
        press(button)
        return self.dialog(Servers)

    def dialog(self, kind: type[W]) -> W:
        """The dialog that is open."""
        return next(each for each in self.window.findChildren(kind) if each.isVisible())


def press(button: QWidget) -> None:
    """Press a button with the keyboard."""
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Space)


def button(widget: QWidget, name: str) -> QAbstractButton:
    """The button of this accessible name."""
    return next(each for each in widget.findChildren(QAbstractButton) if each.accessibleName() == name)


def type_into(field: QWidget, text: str) -> None:
    """Replace what a field holds."""
    field.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)


def words(widget: QWidget) -> str:
    """Everything that is written on a widget and can be seen when it is shown."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


async def settle(engine: Engine) -> None:
    """Everything that was started on the store is done and shown."""
    await engine._store.read(lambda tx: None)
    await asyncio.sleep(0)


@asynccontextmanager
async def desk(folder: Path, new: NewAccount, password: str) -> AsyncIterator[Desk]:
    """A new profile with this account, and its page in a window."""
    engine = await Engine.open(folder / "profile", passwords=Memory())
    engine.discovery = unplugged()
    number = await engine.accounts.add(new, password)
    window = QWidget()
    page = AccountPage(engine, next(each for each in engine.library.accounts() if each.id == number), window)
    page.setParent(window)
    window.resize(700, 900)
    page.resize(700, 900)
    window.show()
    try:
        yield Desk(engine, window, page)
    finally:
        window.hide()
        await close_tasks()
        await dispose(window)  # type: ignore[arg-type]
        await engine.close()


@pytest.fixture(autouse=True)
def looks(qapp: QApplication) -> None:
    """The program's looks."""
    theme().start("light")


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made.getsockname()[1]


@pytest.fixture
def new(dovecot: Dovecot, postfix: Postfix, dovecot_user: User) -> NewAccount:
    """An account on the run's servers."""

    return NewAccount(
        dovecot_user.address,
        "Work",
        "Ada Lovelace",
        ImapServer(dovecot.endpoint("imaps", dovecot_user)),
        SmtpServer(postfix.endpoint("smtps", dovecot_user)),
    )
