"""Changing the protocol of an account in place: what will happen, the other server, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QWidget

from desktopmail.domain.account import Account, Endpoint, ImapServer, Pop3Server, Security
from desktopmail.gui.accounts.adding import AddServer
from desktopmail.gui.accounts.endpoint import PORTS, EndpointFields
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class SwitchProtocol(AddServer):
    """IMAP becomes POP3, or POP3 becomes IMAP. Nothing is removed anywhere, and for 30 days it can be taken back."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        assert account.incoming is not None
        self._old = account.incoming.endpoint
        self._target = "pop3" if account.kind == "imap" else "imap"
        super().__init__(engine, account, (self._target,), window)
        self.password.hide()
        self.button.word(self.tr("Switch to {0}").format(self._target.upper()))
        self.upload = QCheckBox(self.tr("Also hand over to the server what is only on this computer"))
        self.upload.setFont(measures.font())
        self.upload.setAccessibleName(self.upload.text())
        self.upload.setVisible(self._target == "imap")
        self.lead = PlainLabel(self._meaning(), tone="secondary", wrap=True)
        self._column.insertWidget(1, self.lead)
        self._column.insertWidget(self._column.indexOf(self.fields) + 1, self.upload)

    def _title(self) -> str:
        words = {"pop3": self.tr("Receive {0} by POP3"), "imap": self.tr("Receive {0} by IMAP")}
        return words[self._target].format(self._account.name or self._account.address)

    def _meaning(self) -> str:
        if self._target == "pop3":
            return self.tr("First everything is brought to this computer and checked. Folders then live here only; the "
                           "server keeps all it has, and what is here already is not downloaded again. For 30 days "
                           "you can take it back.")  # fmt: skip
        return self.tr("What the server has is recognised, not downloaded again. What is only on this computer stays "
                       "here. For 30 days you can take it back.")  # fmt: skip

    def _guess(self) -> Endpoint:
        """The usual name of such a server; everything else as at the present one."""
        domain = self._account.address.rpartition("@")[2]
        host, port = f"{self._target}.{domain}", PORTS[self._target][Security.TLS]
        return replace(self._old, host=host, port=port, security=Security.TLS, pins=frozenset())

    def _make_fields(self, endpoint: Endpoint) -> EndpointFields:
        old = self._old
        kept = replace(endpoint, sign_in=old.sign_in, certificate=old.certificate, proxy=old.proxy, user=old.user)
        return super()._make_fields(kept)

    async def _carry_out(self) -> None:
        endpoint, verbs = self.fields.value(), self._engine.switching
        if self._target == "pop3":
            done = await verbs.to_pop3(self._account.id, Pop3Server(endpoint), self._say)
        else:
            upload = self.upload.isChecked()
            done = await verbs.to_imap(self._account.id, ImapServer(endpoint), upload=upload, say=self._say)
        self._words = done.words

    def _finished(self) -> None:
        """Say what came of it; the dialog is closed by the person."""
        for widget in (self.fields, self.upload, self.lead, self.button):
            widget.hide()
        self._say(self._words, "")
        self.leave.word(self.tr("Close"))
        self.leave.setFocus()
        self.adjustSize()
        self._engine.retry(self._account.id)
