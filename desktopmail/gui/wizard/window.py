"""The dialog that sets up an account: who you are, which servers, does it work, done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import MailError, SignInRefused, WrongUsage
from desktopmail.domain.ids import AccountId
from desktopmail.gui.loop import spawn
from desktopmail.gui.style.focus import FocusRing
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.line import Line
from desktopmail.gui.wizard.advice import Way, advise, password_refused, word
from desktopmail.gui.wizard.byhand import ByHand
from desktopmail.gui.wizard.done import Done
from desktopmail.gui.wizard.found import Found
from desktopmail.gui.wizard.page import SIDE, Page
from desktopmail.gui.wizard.servers import Servers
from desktopmail.gui.wizard.trying import Trying
from desktopmail.gui.wizard.you import You

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class AccountWizard(QDialog):
    """`added` with the AccountId once an account was made, `mail_wanted` with it when its mail is to be shown.

    One thing is tried at a time. Going back or leaving ends it at once and takes back what it made."""

    added = Signal(object)
    mail_wanted = Signal(object)

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Set up an account"))
        self._engine = engine
        self._servers: Servers | None = None
        self._asked = ""
        self._made: AccountId | None = None
        self._work: asyncio.Task[Any] | None = None
        self._advising: asyncio.Task[Any] | None = None
        self._trail: list[Page] = []
        self.you, self.found, self.hand, self.trying, self.done_page = You(), Found(), ByHand(), Trying(), Done()
        self.pages = QStackedWidget()
        for page in (self.you, self.found, self.hand, self.trying, self.done_page):
            self.pages.addWidget(page)
            page.changed.connect(self._fit)
        self._foot()
        self._connect()
        self._ring = FocusRing(self)
        self.setMinimumSize(self.sizeHint().width(), min(px(400), self.sizeHint().height()))
        self.resize(self.sizeHint())
        self._fit()
        self.you.begin(self._person())
        (self.you.start() or self.main_button).setFocus()

    def sizeHint(self) -> QSize:
        room = self.screen().availableSize()
        return QSize(px(540), px(600)).boundedTo(QSize(room.width() - 40, room.height() - 80))

    @property
    def page(self) -> Page:
        """The page that is shown."""
        shown = self.pages.currentWidget()
        assert isinstance(shown, Page)
        return shown

    # Made -----------------------------------------------------------------------------------------------------

    def _foot(self) -> None:
        self.back_button = WordButton(self.tr("Back"))
        self.cancel_button = WordButton(self.tr("Cancel"))
        self.main_button = WordButton("", look="primary")
        self.main_button.setDefault(True)
        row = QHBoxLayout()
        row.setContentsMargins(px(SIDE), px(14), px(SIDE), px(16))
        row.setSpacing(px(8))
        row.addWidget(self.back_button)
        row.addStretch()
        row.addWidget(self.cancel_button)
        row.addWidget(self.main_button)
        for button in (self.back_button, self.cancel_button, self.main_button):
            button.setAutoDefault(True)
            button.setMinimumHeight(px(32))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(Line())
        column.addLayout(row)

    def _connect(self) -> None:
        self.you.settled.connect(self._look_up)
        self.you.wanted.connect(self._continue)
        self.you.by_hand.connect(self._by_hand)
        self.found.agreed.connect(self._sign_in)
        self.found.by_hand.connect(self._by_hand)
        self.hand.agreed.connect(self._sign_in)
        self.trying.chosen.connect(self._take)
        self.done_page.wanted.connect(self._finish)
        self.back_button.clicked.connect(self.back)
        self.cancel_button.clicked.connect(self.reject)
        self.main_button.clicked.connect(self._go)
        self.finished.connect(self._left)

    # Pages ----------------------------------------------------------------------------------------------------

    def _show(self, page: Page) -> None:
        before = self.page
        if before is not self.trying and before is not page:
            self._trail.append(before)
        self._come_to(page)

    def _come_to(self, page: Page) -> None:
        self.pages.setCurrentWidget(page)
        self._fit()
        (page.start() or self.main_button).setFocus(Qt.FocusReason.OtherFocusReason)
        self._see()

    def _go(self) -> None:
        self.page.go()
        self._see()

    def _see(self) -> None:
        """Scroll to what has the focus."""
        focus = self.focusWidget()
        if focus is not None and self.page.isAncestorOf(focus):
            self.page.area.ensureWidgetVisible(focus)

    def _fit(self) -> None:
        """Let the buttons say what the page wants."""
        page = self.page
        working = page is self.trying and not page.verb
        self.main_button.setVisible(bool(page.verb))
        self.main_button.word(page.verb)
        self.back_button.setVisible(page.way_back)
        self.cancel_button.setVisible(page is not self.done_page and page.verb != word(Way.LEAVE))
        if working:
            self.setFocus()
        elif page is self.trying:
            self.main_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> None:
        """To the page before. What is being tried ends."""
        self._stop()
        if self._trail:
            self._come_to(self._trail.pop())

    # Steps ----------------------------------------------------------------------------------------------------

    def _look_up(self, address: str) -> None:
        if self._advising is not None:
            self._advising.cancel()
        self._advising = self._bound(self._advise(address))

    async def _advise(self, address: str) -> None:
        """What is known of a provider's passwords, without asking anybody."""
        try:
            found = await self._engine.discovery.find(address, offline=True)
        except WrongUsage:
            self.you.advise("")
            return
        self.you.advise(found.password_help)

    def _continue(self) -> None:
        """From the first page: sign in again where servers are known for this address, look for them otherwise."""
        self._hear_address()
        if self._servers is not None:
            self._sign_in(self._servers)
            return
        self.trying.look_for(self._asked.rpartition("@")[2])
        self._show(self.trying)
        self._start(self._look(self._asked))

    async def _look(self, address: str) -> None:
        try:
            found = await self._engine.discovery.find(address)
        except WrongUsage as error:
            self._to_first()
            self.you.address.complain(f"{error.title}. {error.detail}")
            self.you.address.take()
            return
        self.trying.rest()
        self.you.advise(found.password_help)
        self.hand.offer(Servers.best(found), address, nothing_found=not (found.imap or found.pop3))
        if found.imap or found.pop3:
            self.found.offer(found)
            self._show(self.found)
        else:
            self._show(self.hand)

    def _hear_address(self) -> None:
        """Take the address as typed; servers belong to one address."""
        if self._asked != self.you.address.text:
            self._asked, self._servers, self.found.servers = self.you.address.text, None, None

    def _by_hand(self) -> None:
        self._hear_address()
        self.hand.offer(self._servers or self.found.servers, self._asked)
        self._show(self.hand)

    def _sign_in(self, servers: Servers) -> None:
        self._servers = servers
        if not self.you.complete:
            self._to_first()
            self.you.go()
            return
        self.trying.sign_in(servers, self._asked)
        self._show(self.trying)
        self._start(self._try(servers))

    async def _try(self, servers: Servers) -> None:
        """Sign in to both servers, then make the account."""
        new = servers.account(self._asked, self.you.name.text)
        said = 0

        def say(words: str) -> None:
            nonlocal said
            self.trying.reach(said)
            said += 1

        try:
            await self._engine.accounts.check(
                new, self.you.password.secret, say, outgoing_password=servers.outgoing_password
            )
        except SignInRefused as error:
            if said > 2:
                self.trying.fail(advise(error, servers.outgoing, sending=True))
            else:
                self._to_first()
                self.you.refuse_password(password_refused(error))
            return
        except MailError as error:
            self.trying.fail(advise(error, _failing(servers, said), sending=said > 2))
            return
        await self._make(servers, keep=True)

    async def _make(self, servers: Servers, *, keep: bool) -> None:
        new = servers.account(self._asked, self.you.name.text)
        self.trying.reach(len(self.trying.steps.states()) - 1)
        try:
            account = await self._engine.accounts.add(
                new, self.you.password.secret, outgoing_password=servers.outgoing_password, keep=keep
            )
        except MailError as error:
            self.trying.fail(advise(error, None))
            return
        self.trying.rest()
        self.done_page.tell(self._asked, kept=keep)
        self._come_to(self.done_page)
        self.you.password.forget()
        self.hand.password.forget()
        self._made = account
        self.added.emit(account)

    def _finish(self) -> None:
        self.accept()
        self.mail_wanted.emit(self._made)

    def _take(self, way: Way) -> None:
        """A way out of a trouble."""
        advice = self.trying.trouble.advice if self.trying.trouble is not None else None
        servers = self._servers
        if way is Way.LEAVE:
            self.reject()
        elif way is Way.PASSWORD:
            self._to_first()
            self.you.password.take()
        elif way is Way.SERVERS or servers is None or advice is None:
            self._by_hand()
        elif way is Way.UNKEPT:
            self.trying.sign_in(servers, self._asked)
            self._start(self._make(servers, keep=False))
        elif way is Way.TRUST and advice.certificate is not None and advice.endpoint is not None:
            self._sign_in(servers.trusting(advice.endpoint, advice.certificate.fingerprint))
        else:
            self._sign_in(servers)

    def _to_first(self) -> None:
        self.trying.rest()
        self._trail.clear()
        self.you.offer_servers(self._servers is not None)
        self._come_to(self.you)

    # Work -----------------------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._stop()
        self._work = self._bound(work)

    def _bound(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[Any]:
        """Start something that ends with the dialog, however that goes."""
        task = spawn(work)
        self.destroyed.connect(lambda dialog: task.cancel())
        return task

    def _stop(self) -> None:
        work, self._work = self._work, None
        if work is not None and not work.done():
            work.cancel()
        self.trying.rest()

    def _left(self) -> None:
        self._stop()
        self.you.leave()
        if self._advising is not None:
            self._advising.cancel()
        self.you.password.forget()
        self.hand.password.forget()

    def _person(self) -> str:
        """The name the person writes under already; empty at the first account."""
        names = [each.name for account in self._engine.library.accounts() for each in account.identities]
        return next((name for name in names if name), "")


def _failing(servers: Servers, said: int) -> Endpoint:
    """The server that was being talked to after `said` steps."""
    return servers.outgoing if said > 2 and servers.outgoing is not None else servers.incoming
