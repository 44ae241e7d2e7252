"""How this program is known to a provider: the client id that the person registered there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktopmail.domain.errors import MailError
from desktopmail.gui.loop import spawn
from desktopmail.gui.widgets.asking import Asking

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class ClientId(Asking):
    """Two fields. An empty id removes what was stored."""

    def __init__(self, engine: Engine, key: str, window: QWidget) -> None:
        super().__init__(window, self.tr("Keep"))
        self._engine = engine
        self._key = key
        title = self.tr("Client id for {0}").format(engine.oauth.name_of(key))
        words = self.tr("Register a program of the kind “desktop” or “native” with the provider. Neither of the two is "
                        "a password of yours; empty fields remove them.")  # fmt: skip
        self.setWindowTitle(title)
        self.client = self.line(self.tr("Client id"))
        self.secret = self.line(self.tr("Client secret, where the provider gives one"))
        self.button.clicked.connect(lambda: spawn(self._keep(), self))
        self.lay_out(title, words, self.client, self.secret, self.wrong)
        spawn(self._fill(), self)

    async def _fill(self) -> None:
        known = {each.key: each.client for each in await self._engine.oauth.clients()}
        if not self.client.text():
            self.client.setText(known.get(self._key, ""))

    async def _keep(self) -> None:
        try:
            await self._engine.oauth.set_client(self._key, self.client.text(), self.secret.text())
        except MailError as error:
            self.complain(error)
            return
        self.accept()
