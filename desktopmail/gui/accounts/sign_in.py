"""Signing in again: by password in one field, or at the provider's own page; and what the server said."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopmail.domain.account import Account
from desktopmail.domain.account import SignIn as Kind
from desktopmail.domain.errors import MailError, SecretsUnavailable, VaultLocked
from desktopmail.domain.oauth import Grant
from desktopmail.gui.loop import spawn
from desktopmail.gui.passphrase import into_file, unlock
from desktopmail.gui.widgets.asking import Asking
from desktopmail.gui.widgets.button import WordButton

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class SignIn(Asking):
    """Stores the secret of an account anew and lets the account try again. Where no key store keeps it, `session`
    offers to remember it for this run, and `file` to keep passwords in an encrypted file."""

    def __init__(self, engine: Engine, account: Account, title: str, window: QWidget) -> None:
        verb = self.tr("Open sign-in page") if by_token(account) else self.tr("Sign in")
        super().__init__(window, verb, self.tr("Not now"))
        self.setWindowTitle(self.tr("Sign in"))
        self._engine = engine
        self._account = account
        self.by_page = by_token(account)
        self._grant: Grant | None = None
        self._work: asyncio.Task[Any] | None = None
        self._locked = False
        self._key = ""
        self._make_parts()
        self._arrange(title)
        spawn(self._look(), self)
        (self.button if self.by_page else self.field).setFocus()
        self.finished.connect(self._stop)

    def _make_parts(self) -> None:
        self.field = self.line(self.tr("Password for {0}").format(self._account.address), secret=True)
        self.field.setVisible(not self.by_page)
        self.session = WordButton(self.tr("Keep it until the program ends"))
        self.session.clicked.connect(lambda: self._go(keep=False))
        self.session.hide()
        self.file = WordButton(self.tr("Keep passwords in a file…"))
        self.file.clicked.connect(self._into_file)
        self.file.hide()
        self.page = WordButton(self.tr("Sign in at the provider's page"), look="link")
        self.page.clicked.connect(self._to_page)
        self.page.hide()
        self.button.setEnabled(self.by_page)
        self.button.clicked.connect(lambda: self._go(keep=True))
        self.field.textChanged.connect(lambda text: self.button.setEnabled(bool(text)))

    def _arrange(self, title: str) -> None:
        words = self.tr("Your mail here is safe. Some providers want an app password.")
        if self.by_page:
            words = self.tr("Your mail here is safe. Your provider's own page opens in your browser; this program "
                            "never sees the password.")  # fmt: skip
        other, keeping = QHBoxLayout(), QHBoxLayout()
        other.addWidget(self.page)
        keeping.addWidget(self.session)
        keeping.addWidget(self.file)
        for row in (other, keeping):
            row.addStretch()
        self.lay_out(title, words, self.field, self.wrong, other, keeping)

    async def _look(self) -> None:
        """Whether the provider has a page of its own, and this program may use it."""
        oauth = self._engine.oauth
        self._key = await oauth.key_for(self._account)
        if self._key and not self.by_page and await oauth.available(self._key):
            self.page.word(self.tr("Sign in at the page of {0} instead").format(oauth.name_of(self._key)))
            self.page.show()

    def _to_page(self) -> None:
        self.by_page = True
        self.field.hide()
        self.page.hide()
        self._go(keep=True)

    def _go(self, *, keep: bool) -> None:
        self._stop()
        self.button.setEnabled(False)
        self._work = spawn(self._sign_in(keep), self)

    async def _sign_in(self, keep: bool) -> None:
        try:
            secret = await self._secret()
            await self._keep(secret, keep)
        except MailError as error:
            self._trouble(error)
            return
        self._work = None
        self.accept()
        self._engine.retry(self._account.id)

    async def _keep(self, secret: str | Grant, keep: bool) -> None:
        accounts = self._engine.accounts
        if isinstance(secret, Grant) and not by_token(self._account):
            await accounts.take_grant(self._account.id, secret, keep=keep)
        else:
            await accounts.set_password(self._account.id, secret, keep=keep)

    async def _secret(self) -> str | Grant:
        """What was typed, or what the person granted at the provider's page; once granted it need not be again."""
        if not self.by_page:
            return self.field.text()
        if self._grant is None:
            oauth = self._engine.oauth
            key = self._key or await oauth.key_for(self._account)
            self.wrong.tone("secondary")
            self.complain(self.tr("Waiting for you to come back from the page of {0}…").format(oauth.name_of(key)))
            self._grant = await oauth.sign_in(key, self._account, self._browse)
        return self._grant

    def _browse(self, address: str) -> None:
        if not browse(address):
            self.complain(self.tr("No browser could be opened. Open this address yourself:\n{0}").format(address))
            self.wrong.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _trouble(self, error: MailError) -> None:
        self.wrong.tone("bad")
        self.complain(error)
        self.button.setEnabled(True)
        self._locked = isinstance(error, VaultLocked)
        self.session.setVisible(isinstance(error, SecretsUnavailable))
        self.file.setVisible(isinstance(error, SecretsUnavailable) and not self._engine.safekeeping.fixed)
        self.file.word(self.tr("Open the file…") if self._locked else self.tr("Keep passwords in a file…"))

    def _into_file(self) -> None:
        if self._locked:
            unlock(self._engine, self).done_with.connect(lambda: self._go(keep=True))
        else:
            into_file(self._engine, self, lambda: self._go(keep=True))

    def _stop(self) -> None:
        work, self._work = self._work, None
        if work is not None and not work.done():
            work.cancel()


def by_token(account: Account) -> bool:
    """Whether an account signs in at its provider's page."""
    servers = (account.incoming, account.outgoing)
    return any(each is not None and each.endpoint.sign_in is Kind.OAUTH2 for each in servers)


def browse(address: str) -> bool:
    """Open the provider's page in the person's own browser; whether there is one."""
    return QDesktopServices.openUrl(QUrl(address))
