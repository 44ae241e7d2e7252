"""Sent mail kept beside the Sent folder of a POP3 account: a second copy in an IMAP account's Sent folder, or a blind
copy to oneself, which is recognised when it comes back.

Both are decided with the message and never send anything again: the copy for a folder is made in the transaction that
files the message as sent, the blind copy is one more recipient of the same handing over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from desktopmail.domain.account import Account, ImapServer, Pop3Server
from desktopmail.domain.arrangement import Beside
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.saying import phrase
from desktopmail.mime.headers import QuickHeader, quick
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


class Own(NamedTuple):
    """A message that was sent from here: its row, and the SHA-256 of the bytes it was sent as."""

    message: MessageId
    sha: bytes


def oneself(tx: Transaction, account: Account, recipients: Iterable[str]) -> str:
    """The account's address when a copy is to go there, empty when none is or it gets the message anyway."""
    if not isinstance(account.incoming, Pop3Server) or tx.arrangements.get(account.id).beside is not Beside.BCC:
        return ""
    there = {each.casefold() for each in recipients}
    return "" if account.address.casefold() in there else account.address


def into_other_sent(tx: Transaction, account: Account, message: MessageId) -> None:
    """A second copy into the Sent folder that the person chose, which hands it to its server; not twice."""
    arranged = tx.arrangements.get(account.id)
    if arranged.beside is not Beside.FOLDER or arranged.sent_to is None:
        return
    owner = tx.accounts.get(arranged.sent_to)
    sent = tx.folders.by_role(owner.id, Role.SENT)
    name = tx.messages.facts(message).message_id
    if not isinstance(owner.incoming, ImapServer) or sent is None:
        return
    if not (name and tx.messages.find_by_message_id(owner.id, name)):
        tx.history.add([message], "copied", phrase("also into {0} of {1}", sent.name, owner.name or owner.address))
        tx.messages.copy([message], sent.id)


class Letter(Protocol):
    """A message that came: what a reader needs of it, and, when it is asked for, all of it."""

    @property
    def raw(self) -> bytes: ...

    async def whole(self) -> bytes: ...


async def came_back(store: Store, account: Account, letters: Sequence[Letter]) -> Mapping[int, Own | None]:
    """Which of these new letters, by their place, are blind copies of what was sent from here: the message they are,
    or None for one that was changed on its way and has to be kept beside it."""
    if await store.read(lambda tx: tx.arrangements.get(account.id).beside) is not Beside.BCC:
        return {}
    heads = enumerate(quick(each.raw) for each in letters)
    asked = {place: header for place, header in heads if _may_be_own(account, header)}
    named = await store.read(lambda tx: {place: _sent(tx, account, each) for place, each in asked.items()})
    found: dict[int, Own | None] = {}
    for place, own in named.items():
        raw = await store.raw(own.sha) if own is not None else None
        if own is not None and raw is not None:
            found[place] = own if _body(raw) == _body(await letters[place].whole()) else None
    return found


def _may_be_own(account: Account, header: QuickHeader) -> bool:
    """Whether the person wrote it and it is not addressed to the account, as a note to oneself is."""
    own = {account.address.casefold(), *(each.address.casefold() for each in account.identities)}
    named = {each.address.casefold() for each in (*header.to, *header.cc)}
    written = any(each.address.casefold() in own for each in header.sender)
    return bool(header.message_id) and written and account.address.casefold() not in named


def _sent(tx: Transaction, account: Account, header: QuickHeader) -> Own | None:
    """The message of this name that was written here and is sent, or was possibly."""
    homes = {each.id for each in tx.folders.all(account.id) if each.role in (Role.SENT, Role.OUTBOX)}
    for one in tx.messages.find_by_message_id(account.id, header.message_id):
        facts, row = tx.messages.facts(one), tx.messages.summary(one)
        alike = (row.subject, facts.date) == (header.subject, header.date)
        if alike and facts.content and facts.folder in homes and tx.drafts.get(one) is not None:
            return Own(one, facts.content)
    return None


def _body(raw: bytes) -> bytes:
    """What stands below the header, whatever the ends of lines and of the message look like."""
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip(b"\n")
