"""A wizard before a person: the real dialog on the real engine, typed into and clicked."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktopmail.domain.account import Account, Endpoint, Security
from desktopmail.domain.found import FoundServers
from desktopmail.domain.ids import AccountId
from desktopmail.engine.engine import Engine
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.style.theme import theme
from desktopmail.gui.wizard.byhand import ServerFields
from desktopmail.gui.wizard.window import AccountWizard
from desktopmail.store.secrets import Memory, PasswordSource
from tests.fakes.unplugged import unplugged
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User


async def until(condition: Callable[[], object]) -> None:
    """Turn the loop until something is true; fifteen seconds at most."""
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - conditions of widgets have no event
            await asyncio.sleep(0.002)


@dataclass
class Person:
    """Somebody who sets up an account. `actions` counts every field filled and every button pressed."""

    engine: Engine
    wizard: AccountWizard
    made: list[AccountId]
    actions: int = 0

    def type(self, text: str, field: QWidget | None = None) -> None:
        """Fill a field, or whatever has the focus."""
        target = field or self.wizard.focusWidget()
        assert target is not None
        target.setFocus()
        QTest.keyClick(target, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        if text:
            QTest.keyClicks(target, text)
        else:
            QTest.keyClick(target, Qt.Key.Key_Backspace)
        self.actions += 1

    def press(self, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self.wizard.focusWidget() or self.wizard, key)
        if key is not Qt.Key.Key_Tab:
            self.actions += 1

    def introduce(self, user: User, password: str | None = None, address: str = "") -> None:
        """Fill the first page and continue, with keys alone."""
        self.type("Ada Lovelace", self.wizard.you.name.line)
        self.press(Qt.Key.Key_Tab)
        self.type(address or user.address)
        self.press(Qt.Key.Key_Tab)
        self.type(user.password if password is None else password)
        self.press(Qt.Key.Key_Return)

    async def enter(self, incoming: Endpoint, outgoing: Endpoint) -> None:
        """Wait for the page for servers, type them and sign in."""
        await until(lambda: self.wizard.page is self.wizard.hand)
        self._server(self.wizard.hand.incoming, incoming)
        self._server(self.wizard.hand.outgoing, outgoing)
        self.press(Qt.Key.Key_Return)

    async def trouble(self) -> str:
        """Wait for what goes wrong while signing in; its title."""
        await until(lambda: self.wizard.trying.trouble is not None)
        assert self.wizard.trying.trouble is not None
        return self.wizard.trying.trouble.advice.title

    async def done(self) -> None:
        """Wait for the last page."""
        await until(lambda: self.wizard.page is self.wizard.done_page)

    async def found(self) -> None:
        """Wait for the page with the servers that were found."""
        await until(lambda: self.wizard.page is self.wizard.found)

    def click(self, button: QAbstractButton) -> None:
        """Press a button."""
        assert button.isVisible() and button.isEnabled()
        button.click()
        self.actions += 1

    async def account(self) -> Account:
        """The only account there is."""
        [found] = await self.engine.accounts.all()
        return found

    def _server(self, fields: ServerFields, endpoint: Endpoint) -> None:
        self.type(endpoint.host, fields.host.line)
        fields.kind.setFocus()
        keys = {Security.TLS: "TLS", Security.STARTTLS: "ST", Security.NONE: "No"}
        QTest.keyClicks(fields.kind, keys[endpoint.security])
        self.type(str(endpoint.port), fields.port.line)
        self.type(endpoint.user, fields.user.line)


class Known:
    """Knows the servers of every address."""

    def __init__(self, found: FoundServers) -> None:
        self._found = found

    async def find(self, address: str, *, offline: bool = False, better: object = None) -> FoundServers:
        """What it knows."""
        return self._found


async def dispose(wizard: AccountWizard) -> None:
    """Delete a dialog here and now, on the thread it belongs to."""
    gone = asyncio.Event()
    wizard.destroyed.connect(gone.set)
    wizard.deleteLater()
    await gone.wait()


@asynccontextmanager
async def person(folder: Path, passwords: PasswordSource | None = None) -> AsyncIterator[Person]:
    """A person before an open wizard on a new profile."""
    engine = await Engine.open(folder / "profile", passwords=passwords or Memory())
    engine.discovery = unplugged()
    wizard = AccountWizard(engine)
    wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made: list[AccountId] = []
    wizard.added.connect(made.append)
    wizard.open()
    try:
        yield Person(engine, wizard, made)
    finally:
        wizard.reject()
        await close_tasks()
        await dispose(wizard)
        await engine.close()


@pytest.fixture(autouse=True)
def looks(qapp: QApplication) -> None:
    """The program's looks."""
    theme().start("light")


@pytest.fixture(scope="session")
def worn_dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    """A Dovecot whose certificate has ended."""
    if reason := Dovecot.missing():
        pytest.skip(reason)
    worn = copy.copy(certificates)
    worn.good = certificates.expired
    server = Dovecot(certificates=worn)
    server.start()
    yield server
    server.stop()
