"""The person's verbs about POP3 accounts: what will be removed, removing now, and linking anew after a move."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from desktopmail.domain.account import Account, Leave
from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import ContentMissing, NeedsPerson, NotFound, WrongUsage
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.saying import phrase, plural
from desktopmail.engine.arrival import received_by
from desktopmail.engine.pop3.outlook import Outlook, what_would_go
from desktopmail.engine.pop3.peculiar import ways
from desktopmail.engine.pop3.relink import Relinked
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.engine.pop3.visit import pop3_server
from desktopmail.engine.remote import Remote
from desktopmail.store.ledger_rows import CopyCounts
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


class Lines(Protocol):
    """What keeps accounts going, as far as it is needed here."""

    def retry(self, account: AccountId) -> None:
        """Visit the account now."""

    def remote(self, account: Account) -> Remote | None:
        """The far side of an account; None when nobody may be asked."""


class Pop3Verbs:
    """Accounts that do not receive by POP3 raise WrongUsage, those that are not there NotFound. `lanes` is made when
    a server has to be spoken to."""

    def __init__(self, store: Store, lanes: Callable[[], Lines]) -> None:
        self._store = store
        self._lanes = lanes

    async def outlook(self, account: AccountId, leave: Leave | None = None) -> Outlook:
        """What the account's leave rule, or another one, would remove from the server at the next visit."""

        def work(tx: Transaction) -> Outlook:
            server = pop3_server(tx.accounts.get(account))
            rule = server.leave if leave is None else leave
            seen = what_would_go(tx.ledger.entries(account), rule, int(time.time()), in_force=rule == server.leave)
            return replace(seen, provider=ways(server.endpoint).words)

        return await self._store.read(work)

    async def copies(self, account: AccountId) -> CopyCounts:
        """How many messages are only on the server, here and on the server, and only here."""
        return await self._store.read(lambda tx: tx.ledger.counts(account))

    async def remove_now(self, ids: Iterable[MessageId], *, unread_too: bool = False) -> Receipt:
        """Have the server's copies removed at the next visit, which begins at once where the program is running; what
        is here stays. Raises NeedsPerson, with nothing changed, when only the tops of some are here and `unread_too`
        does not say that they may be lost, and NotFound when the server has none of them."""
        chosen = list(dict.fromkeys(ids))

        def work(tx: Transaction) -> tuple[list[MessageId], set[AccountId]]:
            lines = [line for each in chosen if (line := tx.ledger.of(each)) is not None and line.on_server]
            tops = sum(line.partly for line in lines)
            if tops and not unread_too:
                raise NeedsPerson(
                    plural(
                        tops, "Only the beginning of 1 message is here", "Only the beginning of {0:,} messages is here"
                    ),
                    phrase("The rest would be lost. Open them first to download them, or say that they may be lost."),
                )
            gone = tx.ledger.want_gone(line.message for line in lines if line.message is not None)
            if not gone:
                raise NotFound(phrase("No server has these messages any more"), phrase("What is here stays."))
            tx.history.add(gone, "removed", phrase("removal from the server asked for"))
            return gone, {owner for each in gone if (owner := tx.ledger.owner(each)) is not None}

        gone, accounts = await self._store.write(work, durable=True)
        for account in accounts:
            self._lanes().retry(account)
        return Receipt(
            plural(
                len(gone), "1 message will be removed from the server", "{0:,} messages will be removed from the server"
            ),
            None,
            len(gone),
            tuple(gone),
        )

    async def bring(self, ids: Iterable[MessageId]) -> Receipt:
        """Have the rest of messages fetched of which only the beginning is here, at the next visit, which begins at
        once where the program is running. Raises NotFound when there are none that a server has."""
        chosen = list(dict.fromkeys(ids))

        def work(tx: Transaction) -> tuple[list[MessageId], set[AccountId]]:
            coming = tx.ledger.want_whole(chosen)
            if not coming:
                raise NotFound(phrase("Nothing of this is left to be fetched from a server"))
            return coming, {owner for each in coming if (owner := tx.ledger.owner(each)) is not None}

        coming, accounts = await self._store.write(work)
        for account in accounts:
            self._lanes().retry(account)
        return Receipt(
            plural(len(coming), "The rest of 1 message is on its way", "The rest of {0:,} messages is on its way"),
            None,
            len(coming),
            tuple(coming),
        )

    async def owner(self, message: MessageId) -> AccountId:
        """The account a message came through. Raises NotFound."""
        return await self._store.read(lambda tx: received_by(tx, message).id)

    async def keep_there(self, ids: Iterable[MessageId]) -> Receipt:
        """Take `remove_now` back, as far as it was not carried out yet. Raises NotFound when none is left."""
        chosen = list(dict.fromkeys(ids))

        def work(tx: Transaction) -> list[MessageId]:
            staying = tx.ledger.want_gone(chosen, wanted=False)
            tx.history.add(staying, "removed", phrase("removal from the server taken back"))
            return staying

        staying = await self._store.write(work, durable=True)
        if not staying:
            raise NotFound(phrase("None of these is to be removed from a server"), phrase("What is here stays."))
        return Receipt(
            plural(len(staying), "1 message stays on the server", "{0:,} messages stay on the server"),
            None,
            len(staying),
            tuple(staying),
        )

    async def relink(self, account: AccountId) -> Relinked:
        """The messages that are here and those that the server lists under new names are the same: link them, then go
        on. Raises MailError when the server cannot be asked."""
        found = await self._store.read(lambda tx: tx.accounts.get(account))
        remote = self._remote(found)
        done = await remote.relink()
        self._lanes().retry(account)
        return done

    async def set_leave(self, account: AccountId, leave: Leave) -> Outlook:
        """Another leave rule for an account, and what it does at the next visit."""

        def work(tx: Transaction) -> None:
            found = tx.accounts.get(account)
            tx.accounts.update(replace(found, incoming=replace(pop3_server(found), leave=leave)))

        await self._store.write(work, durable=True)
        return await self.outlook(account)

    async def set_max_size(self, account: AccountId, size: int) -> None:
        """From now on only the beginning of messages above `size` bytes is fetched by itself; 0: all are whole."""

        def work(tx: Transaction) -> None:
            found = tx.accounts.get(account)
            tx.accounts.update(replace(found, incoming=replace(pop3_server(found), max_size=size)))

        await self._store.write(work, durable=True)

    def _remote(self, account: Account) -> Pop3Remote:
        pop3_server(account)
        remote = self._lanes().remote(account)
        if remote is None:
            raise ContentMissing(
                phrase("The server cannot be asked now"), phrase("Nothing was changed. Try again when online.")
            )
        if not isinstance(remote, Pop3Remote):
            raise WrongUsage(
                phrase("The account is being switched to another protocol"), phrase("Try again in a moment.")
            )
        return remote
