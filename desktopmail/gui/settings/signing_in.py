"""The page about signing in: where passwords are kept, and how this program is known at the providers' own pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.domain.errors import MailError
from desktopmail.domain.keeping import Keeping, Kept
from desktopmail.gui.loop import spawn
from desktopmail.gui.passphrase import Passphrase, into_file, unlock
from desktopmail.gui.settings.clientid import ClientId
from desktopmail.gui.settings.page import Page, Row
from desktopmail.gui.widgets.button import WordButton

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.engine.oauth import Client


class SigningInPage(Page):
    """Looks anew whenever it is shown. A place named from outside is shown and cannot be changed."""

    def __init__(self, engine: Engine) -> None:
        lead = self.tr("Passwords never lie in a file that can be read, and go to your own servers alone.")
        super().__init__(self.tr("Signing in"), lead)
        self._engine = engine
        self.places = self.section(self.tr("Where passwords are kept"))
        self.buttons: dict[Keeping, WordButton] = {}
        self.rows_of: dict[Keeping, Row] = {}
        self._make_places()
        self.providers = self.section(
            self.tr("Sign-in pages of providers"),
            self.tr(
                "Some providers have you sign in on their own page. They want to know the program that asks: it needs "
                "a client id, which you can register with the provider and enter here."
            ),
        )
        self.clients: dict[str, WordButton] = {}
        self.came()

    def words(self) -> str:
        return self.tr("password passphrase key store keyring vault oauth token client id sign in login")

    def came(self) -> None:
        """See what is in force now."""
        spawn(self._look(), self)

    def _make_places(self) -> None:
        known = (
            (
                Keeping.KEY_STORE,
                self.tr("In the key store of this system"),
                self.tr("The usual place. It is open while you are signed in to this computer."),
                self._use_key_store,
            ),
            (
                Keeping.VAULT,
                self.tr("In an encrypted file"),
                self.tr("For computers without a key store. You type a passphrase at every start."),
                self._use_file,
            ),
            (
                Keeping.MEMORY,
                self.tr("Until the program ends"),
                self.tr("Nothing is written anywhere. You type every password at every start."),
                self._use_memory,
            ),
        )
        for kind, title, sentence, act in known:
            button = WordButton(self.tr("Use"))
            button.setAccessibleName(self.tr("Keep passwords: {0}").format(title))
            button.clicked.connect(act)
            self.buttons[kind] = button
            self.rows_of[kind] = self.places.row(title, sentence, button)
        self.problem = self.places.row(self.tr("Looking…"))

    async def _look(self) -> None:
        self._show(await self._engine.safekeeping.kept())
        clients = await self._engine.oauth.clients()
        if list(self.clients) != [each.key for each in clients]:
            self.providers.clear()
            self.clients.clear()
            for each in clients:
                self._provider(each)
        for row, each in zip(self.providers.rows, clients, strict=True):
            row.say(each.name, self._standing(each))
            self.clients[each.key].setEnabled(not each.fixed)

    def _show(self, kept: Kept) -> None:
        fixed = self._engine.safekeeping.fixed
        for kind, button in self.buttons.items():
            button.setEnabled(not fixed and kind is not kept.kind)
            button.word(self.tr("In use") if kind is kept.kind else self.tr("Use"))
            button.dress("standing" if kind is kept.kind else "")
        file = self.buttons[Keeping.VAULT]
        if kept.kind is Keeping.VAULT and not fixed:
            file.word(self.tr("Open…") if kept.locked else self.tr("Other passphrase…"))
            file.dress("")
            file.setEnabled(True)
        self._locked = kept.locked
        title = self.tr("Now they are {0}").format(kept.words)
        sentence = kept.problem
        if fixed:
            outside = self.tr("This was set from outside the program.")
            sentence = f"{sentence} {outside}".strip()
        elif kept.locked:
            sentence = self.tr("The passphrase has not been typed yet.")
        self.problem.say(title, sentence)

    def _provider(self, client: Client) -> None:
        button = WordButton(self.tr("Client id…"))
        button.setAccessibleName(self.tr("Client id for {0}").format(client.name))
        button.clicked.connect(partial(self._ask_client, client.key))
        self.clients[client.key] = button
        self.providers.row(client.name, "", button, extra="oauth")

    def _standing(self, client: Client) -> str:
        if client.fixed:
            return self.tr("A client id is set from outside the program.")
        if client.client:
            return self.tr("Has a client id: {0}").format(client.client)
        return self.tr("No client id is configured. {0}").format(client.help)

    def _ask_client(self, key: str) -> None:
        dialog = ClientId(self._engine, key, self)
        dialog.finished.connect(self.came)
        dialog.open()

    # Places

    def _use_key_store(self) -> None:
        spawn(self._choose(Keeping.KEY_STORE), self)

    def _use_memory(self) -> None:
        spawn(self._choose(Keeping.MEMORY), self)

    async def _choose(self, kind: Keeping) -> None:
        try:
            if kind is Keeping.MEMORY:
                await self._engine.safekeeping.use_memory()
            else:
                await self._engine.safekeeping.use_key_store()
        except MailError as error:
            self.problem.say(error.title, error.detail)
            return
        self._engine.wake()
        await self._look()

    def _use_file(self) -> None:
        spawn(self._file(), self)

    async def _file(self) -> None:
        kept = await self._engine.safekeeping.kept()
        if kept.kind is not Keeping.VAULT:
            into_file(self._engine, self, self._changed)
        elif kept.locked:
            unlock(self._engine, self).done_with.connect(self.came)
        else:
            OtherPassphrase(self._engine, self).open()

    def _changed(self) -> None:
        self._engine.wake()
        self.came()


class OtherPassphrase(Passphrase):
    """Asks for a new passphrase after the old one."""

    def __init__(self, engine: Engine, window: QWidget) -> None:
        super().__init__(window, self._change, new=True)
        self._engine = engine
        self.old = self.line(self.tr("Passphrase until now"), secret=True)
        self.old.textChanged.connect(self._typed)
        self.button.word(self.tr("Change passphrase"))
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(self.field), self.old)
        self.old.setFocus()

    async def _change(self, passphrase: str) -> None:
        await self._engine.safekeeping.change_passphrase(self.old.text(), passphrase)
        self.old.clear()
