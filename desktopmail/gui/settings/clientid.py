"""How this program is known to a provider: the client id that the person registered there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.domain.errors import MailError
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class ClientId(QDialog):
    """Two fields. An empty id removes what was stored."""

    def __init__(self, engine: Engine, key: str, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._engine = engine
        self._key = key
        title = self.tr("Client id for {0}").format(engine.oauth.name_of(key))
        self.setWindowTitle(title)
        self.client = self._line(self.tr("Client id"))
        self.secret = self._line(self.tr("Client secret, where the provider gives one"))
        self.wrong = PlainLabel("", tone="bad", wrap=True)
        self.wrong.hide()
        self.button = WordButton(self.tr("Keep"), look="primary")
        self.button.setDefault(True)
        self.button.clicked.connect(lambda: spawn(self._keep(), self))
        self._lay_out(title)
        self.setMinimumWidth(px(440))
        spawn(self._fill(), self)

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setFont(measures.font())
        line.setPlaceholderText(name)
        line.setAccessibleName(name)
        line.setMinimumHeight(px(34))
        return line

    def _lay_out(self, title: str) -> None:
        leave = WordButton(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        words = self.tr("Register a program of the kind “desktop” or “native” with the provider. Neither of the two is "
                        "a password of yours; empty fields remove them.")  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(8))
        column.addWidget(PlainLabel(title, size=measures.PEOPLE, bold=True, wrap=True))
        column.addWidget(PlainLabel(words, tone="secondary", wrap=True))
        column.addSpacing(px(4))
        for part in (self.client, self.secret, self.wrong):
            column.addWidget(part)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(leave)
        row.addWidget(self.button)
        column.addSpacing(px(8))
        column.addLayout(row)

    async def _fill(self) -> None:
        known = {each.key: each.client for each in await self._engine.oauth.clients()}
        if not self.client.text():
            self.client.setText(known.get(self._key, ""))

    async def _keep(self) -> None:
        try:
            await self._engine.oauth.set_client(self._key, self.client.text(), self.secret.text())
        except MailError as error:
            self.wrong.setText(f"{error.title}. {error.detail}".strip())
            self.wrong.show()
            return
        self.accept()
