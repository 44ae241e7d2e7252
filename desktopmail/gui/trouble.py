"""What goes wrong, shown: problems as toasts with their remedy, and the remedies themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import SignIn
from desktopmail.domain.activity import Problem, Remedy
from desktopmail.domain.ids import AccountId
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from desktopmail.domain.account import Account
    from desktopmail.engine.engine import Engine

TROUBLE_SECONDS = 20.0
LOCKED = "passwords-locked"


class Trouble(QObject):
    """`say` shows a sentence with a button, as `Frame.say`; `settings` opens the settings of an account."""

    def __init__(
        self, engine: Engine, say: Callable[..., None], settings: Callable[[AccountId | None], object], window: QWidget
    ) -> None:
        super().__init__(window)
        self._engine = engine
        self._say = say
        self._settings = settings
        self._window = window

    def tell(self, problem: Problem) -> None:
        """Say what happened, with a button where something can be done."""
        text = f"{problem.title}. {problem.detail}" if problem.detail else problem.title
        words = {
            Remedy.SIGN_IN: self.tr("Enter passphrase…") if problem.kind == LOCKED else self._sign_in(problem.account),
            Remedy.OPEN_SETTINGS: self.tr("Account settings…"),
            Remedy.CERTIFICATE: self.tr("Look at the certificate…"),
            Remedy.RETRY: self.tr("Try again"),
            Remedy.RELINK: self.tr("Link again"),
        }
        if problem.account is None or problem.remedy not in words:
            self._say(text.replace("..", "."), seconds=TROUBLE_SECONDS)
            return
        self._say(text, words[problem.remedy], lambda: self.remedy(problem), seconds=TROUBLE_SECONDS)

    def _sign_in(self, account: AccountId | None) -> str:
        known = self._account(account)
        servers = (known.incoming, known.outgoing) if known is not None else ()
        if any(each is not None and each.endpoint.sign_in is SignIn.OAUTH2 for each in servers):
            return self.tr("Sign in again…")
        return self.tr("Enter password…")

    def remedy(self, problem: Problem) -> None:
        """Do what helps."""
        account = self._account(problem.account)
        match problem.remedy:
            case Remedy.SIGN_IN if problem.kind == LOCKED:
                from desktopmail.gui.passphrase import unlock

                unlock(self._engine, self._window)
            case Remedy.SIGN_IN if account is not None:
                from desktopmail.gui.accounts.sign_in import SignIn as SignInDialog

                SignInDialog(self._engine, account, problem.title, self._window).open()
            case Remedy.CERTIFICATE if account is not None:
                from desktopmail.gui.accounts.certificate import RefusedCertificate

                RefusedCertificate(self._engine, account, self._window).open()
            case Remedy.OPEN_SETTINGS | Remedy.CERTIFICATE:
                self._settings(problem.account)
            case Remedy.RETRY | Remedy.SIGN_IN:
                self.retry(problem.account)
            case Remedy.RELINK if account is not None:
                spawn(self._relink(account), self)
            case Remedy.RELINK | Remedy.NONE:
                pass

    async def _relink(self, account: Account) -> None:
        """The server's new names belong to the messages that are here."""
        done = await self._engine.pop3.relink(account.id)
        self._say(self.tr("{0} messages linked, {1} new on the server").format(done.linked, done.new))

    def retry(self, account: AccountId | None) -> None:
        """Try again now: one account, or everything."""
        if account is None:
            self._engine.wake()
        else:
            self._engine.retry(account)

    def _account(self, wanted: AccountId | None) -> Account | None:
        return next((each for each in self._engine.library.accounts() if each.id == wanted), None)
