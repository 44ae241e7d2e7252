"""The person's arrangements for a POP3 account: whose Inbox its new mail is put into, and where sent mail is kept
beside the Sent folder here. Each takes effect at once and can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from desktopmail.domain.account import Account, ImapServer, Pop3Server
from desktopmail.domain.arrangement import Arrangement, Beside
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.folder import Lives, Role
from desktopmail.domain.ids import AccountId
from desktopmail.domain.saying import phrase
from desktopmail.domain.settings import SettingChange
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

ARRANGED = "arranged:"
"""What names of the past begin with when they are about an arrangement; the account's number and what was changed
follow."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How an account is arranged now and what else it could be: `inboxes` are other accounts whose Inbox lives on this
    computer, `sent` those whose Sent folder lives on a server. `abroad`: how many of its messages lie in folders of
    others."""

    now: Arrangement
    inboxes: tuple[Account, ...]
    sent: tuple[Account, ...]
    abroad: int = 0


@dataclass(frozen=True, slots=True)
class Entangled:
    """How many messages of an account lie in folders of others, and how many of others in its own, by whose they
    are."""

    abroad: int
    guests: dict[AccountId, int]


class Arrangements:
    """`engine.arrangements`. Accounts that do not receive by POP3 raise WrongUsage, those that are not there NotFound.

    An Inbox on an IMAP server is not offered: what comes there would be handed to another provider, and another device
    could take it away from here, while the account's leave rule promises that it is kept on this computer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, account: AccountId) -> Choices:
        """How an account is arranged, and what can be chosen."""

        def work(tx: Transaction) -> Choices:
            _pop3(tx, account)
            others = [each for each in tx.accounts.all() if each.id != account]
            inboxes = tuple(each for each in others if _lives_here(tx, each.id))
            sent = tuple(each for each in others if isinstance(each.incoming, ImapServer))
            now = tx.arrangements.get(account)
            if now.deliver not in [each.id for each in inboxes]:
                now = replace(now, deliver=None)
            if now.beside is Beside.FOLDER and now.sent_to not in [each.id for each in sent]:
                now = replace(now, beside=Beside.NOWHERE, sent_to=None)
            return Choices(now, inboxes, sent, len(tx.arrangements.abroad(account)))

        return await self._store.read(work)

    async def entangled(self, account: AccountId) -> Entangled:
        """What of an account lies elsewhere, and what of others in its folders."""
        return await self._store.read(
            lambda tx: Entangled(len(tx.arrangements.abroad(account)), tx.arrangements.guests(account))
        )

    async def deliver(self, account: AccountId, to: AccountId | None) -> None:
        """Put new mail into the Inbox of another account, or with None into the account's own. What is here stays
        where it is. Raises WrongUsage for an Inbox that does not live on this computer."""

        def work(tx: Transaction) -> None:
            _pop3(tx, account)
            chosen = None if to == account else to
            if chosen is not None and not _lives_here(tx, tx.accounts.get(chosen).id):
                raise WrongUsage(
                    phrase("The Inbox of this account is on a server"),
                    phrase(
                        "Mail of a POP3 account is kept on this computer. Choose an account whose folders are here."
                    ),
                )
            _change(tx, account, replace(tx.arrangements.get(account), deliver=chosen))

        await self._store.write(work, durable=True)

    async def keep_sent(self, account: AccountId, beside: Beside, to: AccountId | None = None) -> None:
        """Keep what is sent from now on also elsewhere: `to` names the account whose Sent folder takes it. Raises
        WrongUsage when that one has none on a server."""

        def work(tx: Transaction) -> None:
            _pop3(tx, account)
            chosen = to if beside is Beside.FOLDER else None
            there = tx.accounts.get(chosen).incoming if chosen is not None else None
            if beside is Beside.FOLDER and not isinstance(there, ImapServer):
                raise WrongUsage(
                    phrase("This account keeps no Sent folder on a server"), phrase("Choose an IMAP account.")
                )
            _change(tx, account, replace(tx.arrangements.get(account), beside=beside, sent_to=chosen))

        await self._store.write(work, durable=True)


def _pop3(tx: Transaction, account: AccountId) -> None:
    found = tx.accounts.get(account)
    if not isinstance(found.incoming, Pop3Server):
        raise WrongUsage(phrase("{0} does not receive mail by POP3", found.address))


def _lives_here(tx: Transaction, account: AccountId) -> bool:
    inbox = tx.folders.by_role(account, Role.INBOX)
    return inbox is not None and inbox.lives is Lives.HERE


def _change(tx: Transaction, account: AccountId, new: Arrangement) -> None:
    """Arrange it, and note what is different so that it can be taken back."""
    old = tx.arrangements.get(account)
    before, after = _facts(old), _facts(new)
    for name, value in before.items():
        if value != after[name]:
            tx.settings.remember(f"{ARRANGED}{account}:{name}", value, after[name])
    tx.arrangements.put(account, new)


def put_back(tx: Transaction, change: SettingChange) -> None:
    """Arrange an account as it was before a change; nothing where there is no such account any more."""
    number, _, name = change.name.removeprefix(ARRANGED).partition(":")
    account = AccountId(int(number))
    now, old = tx.arrangements.get(account), change.old
    if name == "deliver":
        tx.arrangements.put(account, replace(now, deliver=AccountId(int(old)) if old else None))
    elif name == "sent":
        beside, sent_to = str(old or "").partition(" ")[::2]
        to = AccountId(int(sent_to)) if sent_to else None
        tx.arrangements.put(account, replace(now, beside=Beside(beside), sent_to=to))


def _facts(arranged: Arrangement) -> dict[str, Any]:
    """What is remembered of an arrangement; None for what is as usual."""
    sent = f"{arranged.beside.value} {arranged.sent_to or ''}".strip()
    return {"deliver": arranged.deliver, "sent": sent or None}
