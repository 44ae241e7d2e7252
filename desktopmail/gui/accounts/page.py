"""The page of one account: what it is called, where its mail comes from and goes to, under which names one writes, how
it is, and the way out. Everything takes effect at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktopmail.domain.account import Account, Identity
from desktopmail.domain.activity import Activity
from desktopmail.gui.accounts import identities, serverrows
from desktopmail.gui.accounts.arranged import ArrangedRows
from desktopmail.gui.accounts.certificates import CertificateRows
from desktopmail.gui.accounts.health import HealthRows
from desktopmail.gui.accounts.order import OrderRow
from desktopmail.gui.accounts.removal import RemoveAccount
from desktopmail.gui.accounts.rows import Rows
from desktopmail.gui.accounts.standing import StandingLine
from desktopmail.gui.accounts.swatches import Swatches
from desktopmail.gui.loop import spawn
from desktopmail.gui.settings.page import Page, Row
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.switch import Switch

if TYPE_CHECKING:
    from desktopmail.domain.activity import Problem
    from desktopmail.engine.engine import Engine

LOOK_MILLISECONDS = 500


class AccountPage(Page):
    """Follows the account: what another window changes is shown when the page is, and whenever accounts change."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        super().__init__(account.name or account.address, account.address)
        self._engine, self.account, self._window = engine, account, window
        self._storing = 0
        self.standing = StandingLine()
        self.standing.remedy_wanted.connect(self._mend)
        self.column.addWidget(self.standing)
        self._own = self._rows(self.tr("This account"))
        self._servers = self._rows(self.tr("Servers"))
        self._arranged = self._rows(self.tr("Where its mail is kept"))
        self._people = self._rows(self.tr("Names to write under"))
        self._health = self._rows(self.tr("Health"), self.tr("Noticed while mail was fetched and sent."))
        self._trusted = self._rows(
            self.tr("Certificates you trust"),
            self.tr("Each counts for one server and port alone, and only as long as it stays the same."),
        )
        self._way_out = self._rows()
        self._fill_own()
        self._fill_way_out()
        self.health = HealthRows(self._health)
        self.arranged = ArrangedRows(self._arranged, engine)
        self.server_rows = serverrows.ServerRows(self._servers, engine, window, self.change)
        self.certificates = CertificateRows(self._trusted, engine, window)
        self._show()
        self._soon = QTimer(self, singleShot=True, interval=LOOK_MILLISECONDS)
        self._soon.timeout.connect(self._look)
        ends = (engine.on_activity(self._heard), engine.on_change(lambda news: self.came() if news.accounts else None))
        self.destroyed.connect(lambda: [end() for end in ends])

    def _rows(self, title: str = "", lead: str = "") -> Rows:
        made = Rows(title, lead)
        self.sections.append(made)
        self.column.addWidget(made)
        return made

    def _fill_own(self) -> None:
        self.name = QLineEdit(self.account.name)
        self.name.setFont(measures.font())
        self.name.setMinimumWidth(px(240))
        self.name.editingFinished.connect(self._renamed)
        self._own.row(self.tr("Name"), self.tr("As it stands in the list of folders."), self.name)
        self.colour = Swatches(self.account.colour)
        self.colour.chosen.connect(lambda colour: self.change(replace(self.account, colour=colour)))
        self._own.row(self.tr("Colour"), "", self.colour)
        self.order = OrderRow(self._own, self._engine)
        self.pause = Switch()
        self.pause.clicked.connect(lambda on: self.change(replace(self.account, paused=bool(on))))
        self._pausing = self._own.row(
            self.tr("Paused"),
            self.tr("Nothing is fetched or sent until you end the pause. Mail here stays readable, and what you do is "
                    "carried out afterwards."),
            self.pause,
            extra="pause stop offline",
        )  # fmt: skip

    def _fill_way_out(self) -> None:
        self.remove = WordButton(self.tr("Remove account…"), look="danger")
        self.remove.clicked.connect(lambda: RemoveAccount(self._engine, self.account, self._window).open())
        self._way_out.row(
            self.tr("Remove this account"),
            self.tr("With its mail, or so that its mail stays here. Nothing is removed from a server."),
            self.remove,
            extra="delete",
        )

    # The account changes.

    def change(self, account: Account) -> None:
        """Store the account as given. Until that is done, later changes build on it and not on what the store has."""
        self.account = account
        self.server_rows.account = account
        self._storing += 1
        spawn(self._store(account))

    async def _store(self, account: Account) -> None:
        """What cannot be stored is shown as it was, and said."""
        try:
            await self._engine.accounts.change(account)
        finally:
            self._storing -= 1
            self.came()

    def _renamed(self) -> None:
        name = self.name.text().strip()
        if name and name != self.account.name:
            self.change(replace(self.account, name=name))
        elif not name:
            self.name.setText(self.account.name)

    def _keep_people(self, people: tuple[Identity, ...]) -> None:
        self.change(replace(self.account, identities=people))

    def _mend(self, problem: Problem) -> None:
        from desktopmail.gui.trouble import Trouble

        Trouble(self._engine, lambda *_, **__: None, lambda _: None, self._window).remedy(problem)

    # The account is shown.

    def showEvent(self, event: QShowEvent) -> None:
        """The key store is asked where it is only when somebody looks."""
        super().showEvent(event)
        spawn(self.server_rows.ask_where(), self)

    def words(self) -> str:
        return self.tr("account settings server password identity signature")

    def rows(self) -> list[Row]:
        """Those that apply to this account."""
        return [row for row in super().rows() if not row.isHidden()]

    def came(self) -> None:
        """Show the account as it is now."""
        now = next((each for each in self._engine.library.accounts() if each.id == self.account.id), None)
        if now is not None and not self._storing:
            self.account = now
            self._show()

    def _show(self) -> None:
        account = self.account
        self.title = account.name or account.address
        self.heading.setText(self.title)
        self.setAccessibleName(self.title)
        self.lead.setText(account.address)
        self.lead.setVisible(account.address != self.title)
        if not self.name.hasFocus():
            self.name.setText(account.name)
            self.name.setCursorPosition(0)
        self.colour.choose(account.colour)
        self.order.show_account(account)
        self.pause.setChecked(account.paused)
        self.server_rows.show_account(account)
        spawn(self.server_rows.ask_switched(), self)
        self.arranged.show_account(account)
        self.certificates.show_account(account)
        self._people.clear()
        identities.fill(self._people, account.identities, self._keep_people, self._window)
        self._look()

    def _heard(self, activity: Activity) -> None:
        if activity.account == self.account.id and not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        """Show anew what changes by itself: what the account does, and how it is."""
        self.standing.show_activity(self._engine.activities.get(self.account.id), self.account)
        self.health.show_health(self._engine.library.health(self.account.id), self.account)
        alone = self.account.incoming is None and self.account.outgoing is None
        self._pausing.setVisible(not alone)
        for section in (self._own, self._servers, self._health, self._trusted):
            section.settle()
        if alone:
            self._health.hide()
