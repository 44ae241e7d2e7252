"""The rows about an account's servers: incoming, outgoing, password, protocol with its reason, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import Account, Endpoint, ImapServer, Leave, Pop3Server, Security, SignIn
from desktopmail.domain.advice import Advice
from desktopmail.domain.errors import MailError
from desktopmail.domain.folder import Role
from desktopmail.engine.pop3.peculiar import ways
from desktopmail.gui import words
from desktopmail.gui.accounts.adding import AddServer
from desktopmail.gui.accounts.depth import offer
from desktopmail.gui.accounts.healthwords import HERE
from desktopmail.gui.accounts.leave import LargeRow, LeaveRow
from desktopmail.gui.accounts.rows import Rows
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.accounts.sign_in import SignIn as SignInDialog
from desktopmail.gui.accounts.whereabouts import Whereabouts
from desktopmail.gui.loop import spawn
from desktopmail.gui.settings.page import Row
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.confirm import Confirm

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

translate = QCoreApplication.translate


class ServerRows:
    """`keep` gets the account after a change that needs no dialog."""

    def __init__(self, section: Rows, engine: Engine, window: QWidget, keep: Callable[[Account], None]) -> None:
        self._section, self._engine, self._window, self._keep = section, engine, window, keep
        self.account: Account | None = None
        self._where = ""
        self.incoming = self._row(translate("servers", "Incoming mail"), self._change, "imap pop3 proxy tls")
        self.outgoing = self._row(translate("servers", "Outgoing mail"), self._change_outgoing, "smtp proxy tls")
        self.password = self._row(translate("servers", "Password"), self._sign_in, "sign in oauth")
        self.protocol = self._row(translate("servers", "Protocol"), self._switch, "imap pop3 switch")
        meaning = WordButton(translate("servers", "What IMAP, POP3 and SMTP are"), look="link")
        meaning.setFont(measures.font(measures.SMALL))
        meaning.setStyleSheet("padding: 0px;")
        meaning.clicked.connect(self._explain)
        self.protocol.below(meaning)
        self.undo = WordButton(translate("servers", "Take the switch back…"), look="link")
        self.undo.setFont(measures.font(measures.SMALL))
        self.undo.setStyleSheet("padding: 0px;")
        self.undo.clicked.connect(self._ask_undo)
        self.undo.hide()
        self.protocol.below(self.undo)
        self.leave: LeaveRow | None = None
        self.large: LargeRow | None = None
        self.ways: Row | None = None
        self.depth = ComboBox()
        self.depth.activated.connect(self._keep_depth)
        title = translate("servers", "On this computer")
        self.depth.setAccessibleName(title)
        self.kept = section.row(title, "-", self.depth, extra="offline download folders depth space")

        self.whereabouts = Whereabouts(self.kept, engine, window)

    async def ask_switched(self) -> None:
        """Learn whether the protocol was switched lately, so that it can be taken back."""
        if self.account is not None:
            self.undo.setVisible(await self._engine.switching.last(self.account.id) is not None)

    def _switch(self) -> None:
        assert self.account is not None
        from desktopmail.gui.accounts.switch import SwitchProtocol

        SwitchProtocol(self._engine, self.account, self._window).open()

    def _ask_undo(self) -> None:
        assert self.account is not None
        Confirm(
            self._window,
            translate("servers", "Receive mail as before the switch?"),
            translate("servers", "Everything is brought here first. Mail that came since the switch stays."),
            translate("servers", "Take the switch back"),
            translate("servers", "Keep it"),
        ).ask(self._undo)

    def _undo(self) -> None:
        assert self.account is not None
        spawn(self._engine.switching.undo(self.account.id))

    async def ask_where(self) -> None:
        """Learn where passwords are kept, and say it."""
        try:
            place = await self._engine.diagnosis.password_place()
        except MailError as error:
            self._where = f"{error.title}. {error.detail}".strip()
        else:
            self._where = translate("servers", "Kept {0}.").format(place)
        if self.account is not None:
            self._show_password(self.account)

    def _row(self, title: str, act: Callable[[], None], extra: str) -> Row:
        button = WordButton("")
        button.clicked.connect(act)
        return self._section.row(title, "-", button, extra=extra)

    def show_account(self, account: Account) -> None:
        """Say how this account is connected."""
        self.account = account
        incoming = account.incoming.endpoint if account.incoming is not None else None
        outgoing = account.outgoing.endpoint if account.outgoing is not None else None
        no_mail = translate("servers", "None: this account only sends.")
        no_way = translate("servers", "None: this account only receives.")
        if incoming is None and outgoing is None:
            no_mail, no_way = (
                translate("servers", "None: nothing is fetched."),
                translate("servers", "None: nothing is sent."),
            )
        self._say(self.incoming, incoming, no_mail, translate("servers", "Add receiving…"))
        self._say(self.outgoing, outgoing, no_way, translate("servers", "Add sending…"))
        self._show_password(account)
        self._show_protocol(account)
        self._show_leave(account)
        self._show_kept(account)

    def _say(self, row: Row, endpoint: Endpoint | None, nothing: str, add: str) -> None:
        row.say(row.title.text(), described(endpoint) if endpoint is not None else nothing)
        naked = endpoint is not None and endpoint.security is Security.NONE and endpoint.host not in HERE
        row.sentence.tone("bad" if naked else "secondary")
        self._word(row, translate("servers", "Change…") if endpoint is not None else add)

    def _word(self, row: Row, text: str) -> None:
        assert isinstance(row.control, WordButton)
        row.control.word(text)
        row.control.setAccessibleName(f"{row.title.text().partition(':')[0]}: {text.rstrip('…')}")

    def _show_password(self, account: Account) -> None:
        server = account.incoming or account.outgoing
        endpoint = server.endpoint if server is not None else None
        self.password.setVisible(endpoint is not None)
        if endpoint is None:
            return
        text, verb = {
            SignIn.WORD: (self._where, translate("servers", "Enter password…")),
            SignIn.OAUTH2: (translate("servers", "You signed in on the provider's own page; this program has no "
                                                 "password."), translate("servers", "Sign in again…")),
            SignIn.CERTIFICATE: (translate("servers", "Your client certificate stands for a password."),
                                 translate("servers", "Enter password…")),
        }[endpoint.sign_in]  # fmt: skip
        self.password.say(translate("servers", "Sign-in") if endpoint.sign_in is SignIn.OAUTH2
                          else translate("servers", "Password"), text)  # fmt: skip
        self._word(self.password, verb)
        if self.password.control is not None:
            self.password.control.setVisible(endpoint.sign_in is not SignIn.CERTIFICATE)

    def _show_protocol(self, account: Account) -> None:
        self.protocol.setVisible(account.incoming is not None)
        name, meaning = {
            "imap": ("IMAP", translate("servers", "Your mail stays with the provider and looks the same on every "
                                                  "device.")),
            "pop3": ("POP3", translate("servers", "Your mail comes to this computer. Other devices see only what stays "
                                                  "on the server.")),
            "none": ("", ""),
        }[account.kind]  # fmt: skip
        other = "POP3" if account.kind == "imap" else "IMAP"
        self._word(self.protocol, translate("servers", "Switch to {0}…").format(other))
        self.protocol.say(translate("servers", "Protocol: {0}").format(name), f"{meaning} {reason(account)}".strip())

    def _show_leave(self, account: Account) -> None:
        server = account.incoming
        if not isinstance(server, Pop3Server):
            for row in (self.leave, self.large, self.ways):
                if row is not None:
                    row.hide()
            return
        if self.leave is None or self.large is None:
            self.leave = LeaveRow(server.leave, self._outlook, self._keep_rule)
            self.large = LargeRow(server.max_size, self._keep_size)
            self._section.add(self.leave)
            self._section.add(self.large)
            self.ways = self._section.row(translate("servers", "What this provider does"), "-", extra="gmail recent")
        else:
            self.leave.show_rule(server.leave)
            self.large.show_size(server.max_size)
            self.leave.show()
            self.large.show()
        self._show_ways(server)
        kept = self._engine.library.health(account.id).retention
        self.leave.show_provider(kept.expire if kept is not None else None)

    def _show_ways(self, server: Pop3Server) -> None:
        """What is peculiar about this very provider; nothing for all that go by the book."""
        if self.ways is not None:
            said = "\n".join(ways(server.endpoint).words)
            self.ways.say(self.ways.title.text(), said)
            self.ways.setVisible(bool(said))

    async def _outlook(self, leave: Leave) -> str:
        assert self.account is not None
        try:
            return (await self._engine.pop3.outlook(self.account.id, leave)).words
        except MailError as error:
            return error.title

    def _keep_rule(self, leave: Leave) -> None:
        assert self.account is not None
        if isinstance(self.account.incoming, Pop3Server):
            self._keep(replace(self.account, incoming=replace(self.account.incoming, leave=leave)))

    def _keep_size(self, size: int) -> None:
        assert self.account is not None
        if isinstance(self.account.incoming, Pop3Server):
            self._keep(replace(self.account, incoming=replace(self.account.incoming, max_size=size)))

    def _keep_depth(self) -> None:
        assert self.account is not None
        if isinstance(self.account.incoming, ImapServer):
            days = int(self.depth.currentData())
            self._keep(replace(self.account, incoming=replace(self.account.incoming, offline_days=days)))

    def _explain(self) -> None:
        from desktopmail.gui.glossary import Glossary

        Glossary(self._window, self.protocol.title.text().rpartition(" ")[2]).open()

    def _show_kept(self, account: Account) -> None:
        folders = [each for each in self._engine.library.folders() if each.account == account.id]
        count = words.messages(sum(each.total for each in folders))
        self.depth.setVisible(isinstance(account.incoming, ImapServer))
        if isinstance(account.incoming, ImapServer):
            offer(self.depth, account.incoming.offline_days)
        if isinstance(account.incoming, ImapServer) and account.incoming.offline_days:
            text = translate("servers", "{0} in {1} folders. Older ones are listed and come when they are opened; "
                                        "starred ones always come. What is here stays "
                                        "here.").format(count, len(folders))  # fmt: skip
        elif account.kind == "imap":
            text = translate("servers", "{0} in {1} folders, whole, so that everything can be read and searched "
                                        "offline.").format(count, len(folders))  # fmt: skip
        else:
            text = translate("servers", "{0} in {1} folders, which are all on this computer.").format(
                count, len(folders))  # fmt: skip
        self.kept.say(self.kept.title.text(), text)
        self.whereabouts.show_account(account)

    # Buttons.

    def _change(self) -> None:
        assert self.account is not None
        if self.account.incoming is None:
            kinds = ("pop3",) if self._holds_mail(self.account) else ("imap", "pop3")
            AddServer(self._engine, self.account, kinds, self._window).open()
        else:
            Servers(self._engine, self.account, self._window).open()

    def _change_outgoing(self) -> None:
        assert self.account is not None
        if self.account.outgoing is None:
            AddServer(self._engine, self.account, ("smtp",), self._window).open()
        else:
            dialog = Servers(self._engine, self.account, self._window)
            dialog.open()
            if dialog.outgoing is not None:
                dialog.area.ensureWidgetVisible(dialog.outgoing)
                dialog.outgoing.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sign_in(self) -> None:
        assert self.account is not None
        title = translate("servers", "Password for {0}").format(self.account.address)
        SignInDialog(self._engine, self.account, title, self._window).open()

    def _holds_mail(self, account: Account) -> bool:
        """Whether there is mail in the account's own Inbox, which no server must ever be given unasked."""
        folders = self._engine.library.folders()
        return any(each.total and each.role is Role.INBOX for each in folders if each.account == account.id)


def described(endpoint: Endpoint) -> str:
    """A server in words: name, port, protection, user, and what stands between."""
    shield = {
        Security.TLS: translate("servers", "TLS"),
        Security.STARTTLS: translate("servers", "STARTTLS"),
        Security.NONE: translate("servers", "not encrypted"),
    }[endpoint.security]
    text = translate("servers", "{0}, port {1}, {2}").format(endpoint.host, endpoint.port, shield)
    if endpoint.user:
        text += translate("servers", " · signs in as {0}").format(endpoint.user)
    if endpoint.proxy:
        text += translate("servers", " · through {0}").format(endpoint.proxy)
    if endpoint.certificate:
        text += translate("servers", " · with a client certificate")
    return text


def reason(account: Account) -> str:
    """Why this protocol: what was said when the account was made; empty when nobody asked."""
    advice = Advice.from_json(account.advice)
    if advice is None or not advice.reason:
        return ""
    if advice.recommended == account.kind:
        return advice.reason
    other = {"imap": "IMAP", "pop3": "POP3"}.get(advice.recommended, "")
    if not other:
        return ""
    return translate("servers", "You chose it although {0} was recommended: {1}").format(other, advice.reason)
