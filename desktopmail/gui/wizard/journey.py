"""What comes after what while an account is set up: looking for servers, agreeing, signing in, making it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from desktopmail.domain.account import Endpoint
from desktopmail.domain.advice import Answers
from desktopmail.domain.errors import MailError, SignInRefused, WrongUsage
from desktopmail.domain.found import FoundServers
from desktopmail.domain.ids import AccountId
from desktopmail.domain.oauth import Grant
from desktopmail.domain.saying import said
from desktopmail.gui.loop import spawn
from desktopmail.gui.passphrase import into_file, unlock
from desktopmail.gui.wizard.advice import Way, advise, at_page, password_refused
from desktopmail.gui.wizard.servers import Servers
from desktopmail.gui.wizard.signinpage import SignInPage, page_of

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.wizard.window import AccountWizard


class Journey(QObject):
    """The steps of one dialog. What it knows belongs to one address; a password goes nowhere before the person agreed
    to everything that has to be agreed to."""

    def __init__(self, wizard: AccountWizard, engine: Engine) -> None:
        super().__init__(wizard)
        self._wizard = wizard
        self._engine = engine
        self.servers: Servers | None = None
        self._asked = ""
        self.browse: Callable[[str], object] = lambda address: QDesktopServices.openUrl(QUrl(address))
        self._page: SignInPage | None = None
        self._grant: Grant | None = None
        self._risked: set[tuple[str, int]] = set()
        self._made: AccountId | None = None
        self._work: asyncio.Task[Any] | None = None
        self._advising: asyncio.Task[Any] | None = None
        self._connect()

    def _connect(self) -> None:
        wizard = self._wizard
        wizard.you.settled.connect(self._look_up)
        wizard.you.wanted.connect(self._continue)
        wizard.found.agreed.connect(self._sign_in)
        wizard.found.help_wanted.connect(self._ask)
        wizard.found.page_wanted.connect(self._sign_in)
        wizard.questions.agreed.connect(self._answered)
        wizard.agree.agreed.connect(self._offer)
        wizard.risk.agreed.connect(self._risk)
        wizard.hand.agreed.connect(self._sign_in)
        wizard.trying.chosen.connect(self._take)
        wizard.done_page.wanted.connect(self._finish)
        wizard.finished.connect(self._left)
        for page in (wizard.you, wizard.found, wizard.agree, wizard.risk):
            page.by_hand.connect(self._by_hand)

    def begin(self) -> None:
        """Begin with the name the person writes under already; empty at the first account."""
        names = [each.name for account in self._engine.library.accounts() for each in account.identities]
        self._wizard.you.begin(next((name for name in names if name), ""))

    # Finding --------------------------------------------------------------------------------------------------

    def _look_up(self, address: str) -> None:
        if self._advising is not None:
            self._advising.cancel()
        self._advising = self._bound(self._advise(address))

    async def _advise(self, address: str) -> None:
        """What is known of a provider's passwords, without asking anybody."""
        try:
            found = await self._engine.discovery.find(address, offline=True)
        except WrongUsage:
            self._wizard.you.advise("")
            return
        await self._say_how(found)

    async def _say_how(self, found: FoundServers) -> None:
        """What proves to this provider who is there: a password, or its own page."""
        wizard, self._page = self._wizard, await page_of(self._engine, found.oauth)
        instead = self._engine.oauth.instead(found.oauth) if found.oauth and self._page is None else ""
        name = self._page.name if self._page is not None else ""
        wizard.you.advise(said(found.password_help) or instead, name)
        wizard.found.page_of(name, first=not wizard.you.password.secret)

    def _continue(self) -> None:
        """From the first page: sign in again where servers are known for this address, look for them otherwise."""
        self._hear_address()
        if self.servers is not None:
            self._sign_in(self.servers)
            return
        self._wizard.trying.look_for(self._asked.rpartition("@")[2])
        self._wizard.show_page(self._wizard.trying)
        self._start(self._look(self._asked))

    async def _look(self, address: str) -> None:
        wizard = self._wizard
        try:
            await self._say_how(await self._engine.discovery.find(address, offline=True))
            found = await self._engine.discovery.find(address, better=self._hear)
        except WrongUsage as error:
            self._to_first()
            wizard.you.address.complain(f"{error.title}. {error.detail}")
            wizard.you.address.take()
            return
        wizard.trying.rest()
        await self._say_how(found)
        if wizard.page is wizard.trying or (found.confirm and wizard.page is wizard.found):
            self._decide(found, address)
        else:
            self._hear(found)

    def _hear(self, found: FoundServers) -> None:
        """Servers that can be used as they are: show them at once; better ones replace them where they are shown."""
        if found.empty or found.confirm:
            return
        wizard = self._wizard
        if wizard.page is wizard.trying:
            wizard.trying.rest()
            self._offer(found)
        elif wizard.found.found is not None:
            wizard.found.offer(found)

    def _decide(self, found: FoundServers, address: str) -> None:
        """Nothing has been shown yet, or something that was only guessed: ask, warn, or have servers typed."""
        wizard = self._wizard
        wizard.hand.help.lead_to(found.documentation)
        wizard.hand.offer(Servers.best(found), address, nothing_found=found.empty, why=found.unasked)
        if found.confirm:
            wizard.agree.ask(found)
            wizard.show_page(wizard.agree)
        elif not found.empty:
            self._offer(found)
        elif found.cleartext:
            self._warn(Servers.in_clear(found))
        else:
            wizard.show_page(wizard.hand)

    def _offer(self, found: FoundServers) -> None:
        self._wizard.found.offer(found)
        self._wizard.show_page(self._wizard.found)

    def _ask(self) -> None:
        """Help with choosing."""
        wizard = self._wizard
        wizard.questions.offer(wizard.found.offers, wizard.found.answers)
        wizard.show_page(wizard.questions)

    def _answered(self, answers: Answers) -> None:
        self._wizard.found.take(answers)
        self._wizard.back()

    def _hear_address(self) -> None:
        """Take the address as typed; servers belong to one address."""
        if self._asked != self._wizard.you.address.text:
            self._asked, self.servers = self._wizard.you.address.text, None
            self._risked.clear()
            self._page, self._grant = None, None
            self._wizard.found.forget()

    def _by_hand(self) -> None:
        self._hear_address()
        wizard = self._wizard
        shown = {wizard.found: wizard.found.servers, wizard.risk: wizard.risk.servers}.get(wizard.page)
        wizard.hand.offer(shown or self.servers or wizard.found.servers, self._asked)
        if wizard.found.found is not None:
            wizard.hand.help.lead_to(wizard.found.found.documentation)
        wizard.show_page(wizard.hand)

    # Agreeing -------------------------------------------------------------------------------------------------

    def _warn(self, servers: Servers) -> None:
        """Before anything is said to a server that does not encrypt."""
        self._wizard.risk.ask(servers)
        self._wizard.show_page(self._wizard.risk)

    def _risk(self, servers: Servers) -> None:
        self._risked |= {(each.host, each.port) for each in servers.readable}
        self._sign_in(servers)

    # Signing in -----------------------------------------------------------------------------------------------

    def _sign_in(self, servers: Servers) -> None:
        if any((each.host, each.port) not in self._risked for each in servers.readable):
            self._warn(servers)
            return
        self.servers = servers
        you = self._wizard.you
        if not you.complete or not (servers.by_page or you.password.secret):
            self._to_first()
            you.ask_password()
            return
        page = self._page.name if self._page is not None and servers.by_page and self._grant is None else ""
        self._wizard.trying.sign_in(servers, self._asked, page)
        self._wizard.show_page(self._wizard.trying)
        self._start(self._try(servers, first=bool(page)))

    async def _try(self, servers: Servers, *, first: bool) -> None:
        """Sign in to the servers, `first` at the provider's page, then make the account."""
        wizard, said = self._wizard, int(first)

        def say(words: str) -> None:
            nonlocal said
            wizard.trying.reach(said)
            said += 1

        new = servers.account(self._asked, wizard.you.name.text)
        try:
            if first and self._page is not None:
                self._grant = await self._engine.oauth.sign_in(self._page.key, new, self._browse)
            await self._engine.accounts.check(
                new, self._secret(servers), say, outgoing_password=servers.outgoing_password
            )
        except MailError as error:
            self._failed(error, servers, said - int(first))
            return
        await self._make(servers, keep=True)

    def _secret(self, servers: Servers) -> str | Grant:
        """What is shown to the servers."""
        return self._grant if servers.by_page and self._grant is not None else self._wizard.you.password.secret

    def _browse(self, address: str) -> None:
        self.browse(address)

    def _failed(self, error: MailError, servers: Servers, said: int) -> None:
        """Say what stood in the way after `said` steps, where it can be mended."""
        wizard = self._wizard
        endpoint = _failing(servers, said)
        sending = servers.incoming is not None and endpoint is servers.outgoing
        if isinstance(error, SignInRefused) and servers.by_page:
            self._grant = None
            wizard.trying.fail(at_page(error))
        elif isinstance(error, SignInRefused) and not sending:
            self._to_first()
            wizard.you.refuse_password(password_refused(error))
        else:
            wizard.trying.fail(advise(error, endpoint, sending=sending))

    async def _make(self, servers: Servers, *, keep: bool) -> None:
        wizard = self._wizard
        new = servers.account(self._asked, wizard.you.name.text)
        wizard.trying.reach(len(wizard.trying.steps.states()) - 1)
        secret, other = self._secret(servers), servers.outgoing_password
        try:
            account = await self._engine.accounts.add(new, secret, outgoing_password=other, keep=keep)
        except MailError as error:
            wizard.trying.fail(advise(error, None))
            return
        wizard.trying.rest()
        wizard.done_page.tell(self._asked, new, kept=keep)
        wizard.come_to(wizard.done_page)
        self._forget_passwords()
        self._made = account
        wizard.added.emit(account)

    def _finish(self) -> None:
        self._wizard.accept()
        self._wizard.mail_wanted.emit(self._made)

    def _take(self, way: Way) -> None:
        """A way out of a trouble."""
        wizard, servers = self._wizard, self.servers
        advice = wizard.trying.trouble.advice if wizard.trying.trouble is not None else None
        if way is Way.LEAVE:
            wizard.reject()
        elif way is Way.PASSWORD:
            self._to_first()
            wizard.you.password.take()
        elif way is Way.SERVERS or servers is None or advice is None:
            self._by_hand()
        elif way is Way.UNKEPT:
            wizard.trying.sign_in(servers, self._asked)
            self._start(self._make(servers, keep=False))
        elif way in (Way.FILE, Way.OPEN):
            self._into_file(servers, new=way is Way.FILE)
        elif way is Way.TRUST and advice.certificate is not None and advice.endpoint is not None:
            self._sign_in(servers.trusting(advice.endpoint, advice.certificate.fingerprint))
        else:
            self._sign_in(servers)

    def _into_file(self, servers: Servers, *, new: bool) -> None:
        """Have passwords kept in the encrypted file, then go on where there was nowhere to keep one."""

        def go_on() -> None:
            self._wizard.trying.sign_in(servers, self._asked)
            self._start(self._make(servers, keep=True))

        if new:
            into_file(self._engine, self._wizard, go_on)
        else:
            unlock(self._engine, self._wizard).done_with.connect(go_on)

    def _to_first(self) -> None:
        self._wizard.trying.rest()
        self._wizard.you.offer_servers(self.servers is not None)
        self._wizard.restart()

    # Work -----------------------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.stop()
        self._work = self._bound(work)

    def _bound(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[Any]:
        """Start something that ends with the dialog, however that goes."""
        task = spawn(work)
        self._wizard.destroyed.connect(lambda dialog: task.cancel())
        return task

    def stop(self) -> None:
        """End what is being tried."""
        work, self._work = self._work, None
        if work is not None and not work.done():
            work.cancel()
        self._wizard.trying.rest()

    def _left(self) -> None:
        self.stop()
        self._wizard.you.leave()
        if self._advising is not None:
            self._advising.cancel()
        self._forget_passwords()

    def _forget_passwords(self) -> None:
        self._wizard.you.password.forget()
        self._wizard.hand.password.forget()
        self._grant = None


def _failing(servers: Servers, said: int) -> Endpoint:
    """The server that was being talked to after `said` steps, two for each."""
    return servers.ends[min(max(0, said - 1) // 2, len(servers.ends) - 1)]
