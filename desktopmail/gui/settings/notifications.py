"""The page about notifications: whether, what about, for which accounts, and when not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktopmail.domain.settings import accounts_in
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page, Section
from desktopmail.gui.settings.preferencerow import fill
from desktopmail.gui.widgets.switch import Switch

if TYPE_CHECKING:
    from desktopmail.domain.account import Account
    from desktopmail.engine.engine import Engine


class NotificationsPage(Page):
    """Preferences, and a switch per account."""

    def __init__(self, engine: Engine, preferences: Preferences) -> None:
        lead = self.tr("Notifications come after mail was sorted: never for junk.")
        super().__init__(self.tr("Notifications"), lead)
        self._engine = engine
        self._preferences = preferences
        self.switches: dict[int, Switch] = {}
        fill(self, preferences, "notifications", ("New mail",))
        self._accounts: Section = self.section(self.tr("Accounts"))
        fill(self, preferences, "notifications", ("Quiet hours",))
        self._fill_background()
        preferences.changed.connect(self._heard)
        self.came()

    def _fill_background(self) -> None:
        from desktopmail.gui.desktop.background import may_start, may_stay

        section = fill(self, self._preferences, "notifications", ("In the background",))["In the background"]
        for row, able in zip(section.rows, (may_stay(), may_start()), strict=True):
            row.setEnabled(able)

    def came(self) -> None:
        """Show the accounts there are now."""
        accounts = self._engine.library.accounts()
        if [each.id for each in accounts] != list(self.switches):
            self._accounts.clear()
            self.switches = {each.id: self._switch(each) for each in accounts}
        self._accounts.setVisible(bool(accounts))
        self._show()

    def _switch(self, account: Account) -> Switch:
        switch = Switch()
        switch.clicked.connect(lambda on: self._turn(account.id, bool(on)))
        name = account.name or account.address
        sentence = account.address if name != account.address else ""
        switch.setAccessibleName(self.tr("Notifications of {0}").format(name))
        self._accounts.row(name, sentence, switch, extra=self.tr("account notifications"))
        return switch

    def _turn(self, account: int, on: bool) -> None:
        silent = set(accounts_in(self._preferences.now.silent_accounts)) & set(self.switches)
        silent = silent - {account} if on else silent | {account}
        self._preferences.change(silent_accounts=" ".join(str(each) for each in sorted(silent)))

    def _heard(self, names: set[str]) -> None:
        if names & {"silent_accounts", "notify"}:
            self._show()

    def _show(self) -> None:
        silent = accounts_in(self._preferences.now.silent_accounts)
        for account, switch in self.switches.items():
            switch.setChecked(account not in silent)
        for row in self._accounts.rows:
            row.setEnabled(self._preferences.now.notify)
