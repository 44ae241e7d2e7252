"""The row of an account's page that says where it stands among the accounts, with a step up and a step down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopmail.domain.account import Account
from desktopmail.gui.accounts.rows import Rows
from desktopmail.gui.loop import spawn
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import IconButton

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

translate = QCoreApplication.translate


class OrderRow:
    """Hidden as long as there is one account."""

    def __init__(self, rows: Rows, engine: Engine) -> None:
        self._engine = engine
        self._account: Account | None = None
        self.control = QWidget()
        self.up = IconButton("arrow-up", translate("order", "Order: one up"))
        self.down = IconButton("arrow-down", translate("order", "Order: one down"))
        self.up.clicked.connect(lambda: self._step(-1))
        self.down.clicked.connect(lambda: self._step(1))
        line = QHBoxLayout(self.control)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px(4))
        line.addWidget(self.up)
        line.addWidget(self.down)
        self.row = rows.row(translate("order", "Order"), "", self.control, extra="move up down sort first position")

    def show_account(self, account: Account) -> None:
        """Say where it stands now."""
        self._account = account
        ids = [each.id for each in self._engine.library.accounts()]
        place = ids.index(account.id) if account.id in ids else 0
        words = translate("order", "Number {0} of {1} in the list of folders and wherever accounts are listed.")
        self.row.say(self.row.title.text(), words.format(place + 1, len(ids)))
        self.up.setEnabled(place > 0)
        self.down.setEnabled(place < len(ids) - 1)
        self.row.setVisible(len(ids) > 1)

    def _step(self, by: int) -> None:
        if self._account is not None:
            spawn(self._move(self._account, by), self.control)

    async def _move(self, account: Account, by: int) -> None:
        ids = [each.id for each in self._engine.library.accounts()]
        if account.id not in ids:
            return
        place = ids.index(account.id)
        ids.insert(max(0, place + by), ids.pop(place))
        await self._engine.accounts.arrange(ids)
