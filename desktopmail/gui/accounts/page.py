"""The page of one account in the settings: where its mail comes from and goes to, its password, the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import Account
from desktopmail.gui.accounts.card import AccountCard
from desktopmail.gui.settings.page import Page

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class AccountPage(Page):
    """Follows the account: `came` is called whenever accounts changed and the page is shown."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        super().__init__(account.name or account.address, account.address)
        self._engine = engine
        self._account = account
        self._window = window
        self.card = AccountCard(engine, account, window)
        self.column.addWidget(self.card)

    def words(self) -> str:
        return self.tr("account password servers rename remove")

    def came(self) -> None:
        """Show the account as it is now."""
        now = next((each for each in self._engine.library.accounts() if each.id == self._account.id), None)
        if now is None or now == self._account:
            return
        self._account = now
        self.title = now.name or now.address
        self.heading.setText(self.title)
        card = AccountCard(self._engine, now, self._window)
        self.column.replaceWidget(self.card, card)
        self.card.deleteLater()
        self.card = card
