"""Giving an account the server it lacks: one that takes mail to one that only receives, and the other way round."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktopmail.domain.account import Account, Endpoint, ImapServer, Pop3Server, Security, SmtpServer
from desktopmail.domain.errors import BadCertificate, MailError
from desktopmail.domain.found import FoundServers
from desktopmail.domain.health import Side
from desktopmail.gui.accounts.endpoint import PORTS, EndpointFields
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import buttons_row, heading
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.advice import Way, advise
from desktopmail.gui.wizard.fields import PasswordField
from desktopmail.gui.wizard.trouble import Trouble

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class AddServer(QDialog):
    """Looks for the server of the account's address, lets it be changed, signs in there and only then adds it. An empty
    password means the one that is kept for the other server."""

    def __init__(self, engine: Engine, account: Account, protocols: tuple[str, ...], window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._engine, self._account = engine, account
        self._side = Side.OUTGOING if protocols == ("smtp",) else Side.INCOMING
        self.setWindowTitle(self._title())
        self.trouble: Trouble | None = None
        self._touched = self._over = False
        self._work: asyncio.Task[Any] | None = None
        self._found: FoundServers | None = None
        self._protocol = protocols[0]
        self.kind = self._kinds(protocols)
        self.fields = self._make_fields(self._guess())
        self.password = PasswordField(self.tr("Password, if it is another one than for the other server"))
        self.said = PlainLabel(self.tr("Looking for the server…"), size=measures.SMALL, tone="secondary", wrap=True)
        self.button = WordButton(self.tr("Add server"), look="primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._go)
        self.leave = WordButton(self.tr("Cancel"))
        self.leave.clicked.connect(self.reject)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(24), px(20), px(24), px(20))
        self._column.setSpacing(px(10))
        self._column.addWidget(heading(self._title()))
        for widget in (self.kind, self.said, self.fields, self.password):
            self._column.addWidget(widget)
        self._column.addSpacing(px(8))
        self._column.addLayout(buttons_row(self.leave, self.button))
        self.setMinimumWidth(px(460))
        spawn(self._look(), self)

    def _kinds(self, protocols: tuple[str, ...]) -> ComboBox:
        box = ComboBox()
        for protocol in protocols:
            box.addItem({
                "imap": self.tr("IMAP: mail stays with the provider"),
                "pop3": self.tr("POP3: mail comes to this computer, and the provider keeps its copy"),
                "smtp": "SMTP",
            }[protocol], protocol)  # fmt: skip
        box.setAccessibleName(self.tr("Protocol"))
        box.setVisible(len(protocols) > 1)
        box.activated.connect(self._chose_kind)
        return box

    def _chose_kind(self) -> None:
        self._protocol = str(self.kind.currentData())
        self._touched = False
        self._put(self._guess())
        if self._found is not None:
            self._offer(self._found)

    def _put(self, endpoint: Endpoint) -> None:
        fresh = self._make_fields(endpoint)
        self._column.replaceWidget(self.fields, fresh)
        self.fields.hide()
        self.fields.deleteLater()
        self.fields = fresh

    def _title(self) -> str:
        if self._side is Side.OUTGOING:
            return self.tr("Send mail from {0}").format(self._account.address)
        return self.tr("Receive mail for {0}").format(self._account.address)

    def _guess(self) -> Endpoint:
        """The usual name of such a server; the user name as at the other server."""
        other = self._account.incoming if self._side is Side.OUTGOING else self._account.outgoing
        user = other.endpoint.user if other is not None else self._account.address
        domain = self._account.address.rpartition("@")[2]
        return Endpoint(f"{self._protocol}.{domain}", PORTS[self._protocol][Security.TLS], Security.TLS, user)

    def _make_fields(self, endpoint: Endpoint) -> EndpointFields:
        made = EndpointFields(endpoint, self._protocol)
        made.edited.connect(self._typed)
        return made

    def _typed(self) -> None:
        self._touched = True

    async def _look(self) -> None:
        """Ask discovery; what the person typed meanwhile stays."""
        try:
            self._found = await self._engine.discovery.find(self._account.address)
        except MailError as error:
            said = f"{error.title}. {error.detail}" if error.detail else error.title
            self._found = FoundServers(self._account.address, "", "", unasked=said.rstrip("."))
        self._offer(self._found)

    def _offer(self, found: FoundServers) -> None:
        places = {"imap": found.imap, "pop3": found.pop3, "smtp": found.smtp}[self._protocol]
        words = self.tr("Nothing is known about such a server of this address. The name below is only the usual one.")
        if found.unasked:
            words = self.tr("{0}. The name below is only the usual one.").format(found.unasked)
        if places and not self._touched:
            self._put(places[0])
            words = " ".join(found.confirm) or self.tr("This is the server of your provider.")
        self._say(words)

    def _go(self) -> None:
        self._show(None)
        if complaint := self.fields.complaint():
            self._say(complaint, "bad")
            return
        self.button.setEnabled(False)
        self._work = spawn(self._add(), self)

    async def _add(self) -> None:
        self.fields.setEnabled(False)
        try:
            await self._carry_out()
        except MailError as error:
            self._say("")
            trouble = Trouble(advise(error, self.fields.value()))
            trouble.chosen.connect(self._chosen)
            self._show(trouble)
            return
        finally:
            if not self._over:
                self.fields.setEnabled(True)
                self.button.setEnabled(True)
        self._finished()

    def done(self, code: int) -> None:
        """The end, however it came about: what is being tried ends with it."""
        self._over = True
        if self._work is not None and code == QDialog.DialogCode.Rejected:
            self._work.cancel()
        super().done(code)

    async def _carry_out(self) -> None:
        """What the button does. Raises MailError, with nothing changed."""
        await self._engine.accounts.add_server(self._wanted(), self._side, self.password.secret, self._say)

    def _finished(self) -> None:
        self.accept()
        self._engine.retry(self._account.id)

    def _wanted(self) -> Account:
        if self._side is Side.OUTGOING:
            return replace(self._account, outgoing=SmtpServer(self.fields.value()))
        endpoint = self.fields.value()
        incoming = Pop3Server(endpoint) if self._protocol == "pop3" else ImapServer(endpoint)
        return replace(self._account, incoming=incoming)

    def _chosen(self, way: Way) -> None:
        advice = self.trouble.advice if self.trouble is not None else None
        if way is Way.TRUST and advice is not None and isinstance(advice.certificate, BadCertificate):
            self.fields.trust(advice.certificate.fingerprint)
            self._go()
        elif way is Way.PASSWORD:
            self.password.take()
        elif way is Way.SERVERS:
            self.fields.host.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._go()

    def _show(self, trouble: Trouble | None) -> None:
        if self.trouble is not None:
            self.trouble.hide()
            self.trouble.deleteLater()
        self.trouble = trouble
        if trouble is not None:
            self._column.insertWidget(1, trouble)

    def _say(self, words: str, tone: str = "secondary") -> None:
        self.said.setText(words)
        self.said.tone(tone)
        self.said.setVisible(bool(words))
