"""Accounts, their servers and identities, and the folders each begins with."""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw

from desktopmail.domain.account import (
    Account,
    Endpoint,
    Identity,
    ImapServer,
    Incoming,
    Leave,
    NewAccount,
    Pop3Server,
    SmtpServer,
)
from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Lives, Role
from desktopmail.domain.ids import AccountId, IdentityId
from desktopmail.domain.saying import phrase
from desktopmail.store.account_rows import ORDER, accounts
from desktopmail.store.notes import Notes
from desktopmail.store.packing import clean
from desktopmail.store.trust import Trust

FIRST_FOLDERS = (
    (Role.INBOX, "Inbox"),
    (Role.DRAFTS, "Drafts"),
    (Role.SENT, "Sent"),
    (Role.ARCHIVE, "Archive"),
    (Role.JUNK, "Junk"),
    (Role.TRASH, "Trash"),
    (Role.OUTBOX, "Outbox"),
)

FOREVER = Leave()


class Accounts:
    """`tx.accounts`."""

    def __init__(self, db: apsw.Connection, notes: Notes, trust: Trust) -> None:
        self._db = db
        self._notes = notes
        self._trust = trust

    def all(self) -> tuple[Account, ...]:
        """All accounts, as the person arranged them."""
        return accounts(self._db)

    def arrange(self, wanted: Sequence[AccountId]) -> None:
        """Have the accounts in this order; those left out follow in theirs."""
        self._db.execute(
            "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (ORDER, json.dumps(list(wanted)))
        )
        for account in self.all():
            self._notes.account(account.id)

    def get(self, account: AccountId) -> Account:
        """One account. Raises NotFound."""
        for one in self.all():
            if one.id == account:
                return one
        raise NotFound(phrase("There is no such account"), phrase("No account has the number {0}.", account))

    def add(self, new: NewAccount) -> AccountId:
        """Make an account with its first identity and folders. Folders that are to be on a server have no name there
        yet: they are matched with the server's own, or made."""
        self._db.execute(
            "INSERT INTO account (name, address, advice, colour) VALUES (?, ?, ?, (SELECT count(*) FROM account))",
            (clean(new.name or new.address), clean(new.address), new.advice),
        )
        account = AccountId(self._db.last_insert_rowid())
        self._put_servers(account, new.incoming, new.outgoing)
        self.add_identity(account, new.person, new.address)
        home = Lives.SERVER if isinstance(new.incoming, ImapServer) else Lives.HERE
        for role, name in FIRST_FOLDERS:
            self._db.execute(
                "INSERT INTO folder (account, name, role, lives) VALUES (?, ?, ?, ?)",
                (account, name, role.value, (Lives.HERE if role is Role.OUTBOX else home).value),
            )
        self._notes.account(account)
        self._notes.tree = True
        return account

    def update(self, account: Account) -> None:
        """Store an account as given; its identities too: those with id 0 are added, those left out are removed, and
        the order is kept: new mail is written under the first."""
        before = self.get(account.id)
        if before.incoming is None and isinstance(account.incoming, ImapServer):
            self._go_online(account.id)
        self._db.execute(
            "UPDATE account SET name = ?, address = ?, colour = ?, paused = ?, advice = ? WHERE id = ?",
            (
                clean(account.name),
                clean(account.address),
                account.colour,
                int(account.paused),
                account.advice,
                account.id,
            ),
        )
        self._put_servers(account.id, account.incoming, account.outgoing)
        kept = {identity.id for identity in account.identities}
        for (number,) in self._db.execute("SELECT id FROM identity WHERE account = ?", (account.id,)).fetchall():
            if number not in kept:
                self._db.execute("DELETE FROM identity WHERE id = ?", (number,))
        for position, identity in enumerate(account.identities):
            self._put_identity(account.id, identity, position)
        self._notes.account(account.id)

    def _go_online(self, account: AccountId) -> None:
        """An account that only sent receives from now on: its folders with a role are the server's, too."""
        self._db.execute(
            "UPDATE folder SET lives = ? WHERE account = ? AND role NOT IN (?, ?)",
            (Lives.SERVER.value, account, Role.NONE.value, Role.OUTBOX.value),
        )
        self._notes.tree = True

    def add_identity(self, account: AccountId, name: str, address: str) -> IdentityId:
        """Another name and address to write under."""
        self._db.execute(
            "INSERT INTO identity (account, name, address, position)"
            " SELECT ?, ?, ?, count(*) FROM identity WHERE account = ?",
            (account, clean(name), clean(address), account),
        )
        self._notes.account(account)
        return IdentityId(self._db.last_insert_rowid())

    def learn_files_sent(self, account: AccountId, files_sent: bool) -> None:
        """Remember whether the provider files sent mail by itself."""
        self._db.execute(
            "UPDATE server SET files_sent = ? WHERE account = ? AND protocol = 'smtp'", (int(files_sent), account)
        )
        self._notes.account(account)

    def remove(self, account: AccountId, *, keep_mail: bool = False) -> None:
        """Remove an account and its mail; with `keep_mail` it stays as a local account with everything stored here."""
        self.get(account)
        self._notes.account(account)
        self._notes.tree = True
        if keep_mail:
            self._db.execute("DELETE FROM server WHERE account = ?", (account,))
            self._db.execute(
                "DELETE FROM imap_copy WHERE folder IN (SELECT id FROM folder WHERE account = ?)", (account,)
            )
            self._db.execute("DELETE FROM imap_lost WHERE account = ?", (account,))
            self._db.execute("DELETE FROM imap_folder WHERE account = ?", (account,))
            self._db.execute("DELETE FROM pop3_copy WHERE account = ?", (account,))
            self._db.execute("UPDATE folder SET lives = 'here' WHERE account = ?", (account,))
            self._db.execute("UPDATE message SET due = 0 WHERE account = ? AND due > 0", (account,))
            return
        self._notes.outbox = True
        self._db.execute(
            "DELETE FROM journal_step WHERE message IN (SELECT id FROM message WHERE account = ?)", (account,)
        )
        self._db.execute("DELETE FROM message WHERE account = ?", (account,))
        self._db.execute("UPDATE folder SET parent = NULL WHERE account = ?", (account,))
        self._db.execute("DELETE FROM account WHERE id = ?", (account,))

    def _put_identity(self, account: AccountId, identity: Identity, position: int) -> None:
        written = (clean(identity.name), clean(identity.address), clean(identity.reply_to), clean(identity.signature))
        values = (*written, position)
        if identity.id:
            self._db.execute(
                "UPDATE identity SET name = ?, address = ?, reply_to = ?, signature = ?, position = ?"
                " WHERE id = ? AND account = ?",
                (*values, identity.id, account),
            )
        else:
            self._db.execute(
                "INSERT INTO identity (name, address, reply_to, signature, position, account)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (*values, account),
            )

    def _put_servers(self, account: AccountId, incoming: Incoming, outgoing: SmtpServer | None) -> None:
        self._db.execute("DELETE FROM server WHERE account = ?", (account,))
        match incoming:
            case ImapServer():
                self._put_server(account, "imap", incoming.endpoint, offline_days=incoming.offline_days)
            case Pop3Server():
                self._put_server(account, "pop3", incoming.endpoint, incoming.leave, incoming.max_size)
            case None:
                pass
        if outgoing is not None:
            self._put_server(account, "smtp", outgoing.endpoint)
            if outgoing.files_sent is not None:
                self.learn_files_sent(account, outgoing.files_sent)

    def _put_server(
        self,
        account: AccountId,
        protocol: str,
        endpoint: Endpoint,
        leave: Leave = FOREVER,
        max_size: int = 0,
        *,
        offline_days: int = 0,
    ) -> None:
        self._db.execute(
            "INSERT INTO server (account, protocol, host, port, security, user, sign_in, certificate, proxy,"
            " keep, keep_days, max_size, offline_days) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                account,
                protocol,
                clean(endpoint.host),
                endpoint.port,
                endpoint.security.value,
                clean(endpoint.user),
                endpoint.sign_in.value,
                clean(endpoint.certificate),
                clean(endpoint.proxy),
                leave.keep.value,
                leave.days,
                max_size,
                offline_days,
            ),
        )
        for fingerprint in endpoint.pins:
            self._trust.pin(endpoint.host, endpoint.port, fingerprint)
