"""Accounts: tried out before they are made, made, changed and removed, each with its passwords."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from desktopmail.domain.account import Account, Endpoint, ImapServer, Incoming, NewAccount, Pop3Server, SignIn
from desktopmail.domain.errors import MailError, SecretsUnavailable, TooSoon, WrongUsage
from desktopmail.domain.health import Side
from desktopmail.domain.hosts import CHECKING
from desktopmail.domain.ids import AccountId
from desktopmail.domain.oauth import Grant
from desktopmail.domain.saying import phrase
from desktopmail.engine import accountpast
from desktopmail.engine.hosts import note
from desktopmail.protocols.imap import opening
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp import session as smtp
from desktopmail.store.secrets import PasswordSource, What, missing
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

SECONDS = 30.0

Say = Callable[[str], None]


def silent(words: str) -> None:
    """Say nothing."""


class Accounts:
    """The person's verbs about accounts. Who runs them hears of every change by the store's ChangeSet."""

    def __init__(self, store: Store, passwords: PasswordSource) -> None:
        self._store = store
        self._passwords = passwords
        self._resting: dict[str, float] = {}

    async def all(self) -> tuple[Account, ...]:
        """All accounts, as the person arranged them."""
        return await self._store.read(lambda tx: tx.accounts.all())

    async def check(
        self, new: NewAccount, password: str | Grant, say: Say = silent, *, outgoing_password: str | None = None
    ) -> None:
        """Sign in to the incoming and to the outgoing server and leave again; `say` hears what is being done. What a
        person granted at the provider's page stands for a password.

        Nothing is stored. Raises MailError with what stands in the way: BadCertificate, SignInRefused, …"""
        _refuse_impossible(new)
        for server in (new.incoming, new.outgoing):
            if server is not None:
                note(self._store, server.endpoint, CHECKING)
        match new.incoming:
            case ImapServer(endpoint):
                await _check_imap(endpoint, _shown(endpoint, password), say)
            case Pop3Server(endpoint):
                await self._check_pop3(new.incoming, _shown(endpoint, password), say)
            case None:
                pass
        if new.outgoing is not None:
            endpoint = new.outgoing.endpoint
            say(phrase("Looking for {0}…", endpoint.host))
            secret = _shown(endpoint, password if outgoing_password is None else outgoing_password)
            await smtp.check(endpoint, secret, connected=lambda: say(_signing_in(endpoint)), timeout=SECONDS)
        say(phrase("Everything works."))

    async def try_out(self, account: Account, side: Side, say: Say = silent) -> None:
        """Sign in to one server of an account as it is given, with the password kept for it, and leave again.

        Nothing is stored. Raises MailError with what stands in the way, and NotFound."""
        stored = await self._get(account.id)
        server = account.incoming if side is Side.INCOMING else account.outgoing
        if server is None:
            raise WrongUsage(phrase("This account has no such server"))
        before = stored.incoming if side is Side.INCOMING else stored.outgoing
        by_word = _by_word(server.endpoint) and (before is None or _by_word(before.endpoint))
        named = stored if by_word else account
        password = await self._passwords.get(named, side.value) if server.endpoint.user else ""
        incoming = account.incoming if side is Side.INCOMING else None
        outgoing = account.outgoing if side is Side.OUTGOING else None
        try:
            await self.check(NewAccount(account.address, account.name, "", incoming, outgoing), password, say)
        finally:
            await self._store.write(lambda tx: self._rests(tx, stored))

    async def add_server(self, account: Account, side: Side, password: str = "", say: Say = silent) -> None:
        """Sign in to the server that an account is to have from now on, and store the account with it. Without a
        password the one that is kept for the other server is used.

        Raises MailError with what stands in the way; nothing is changed then."""
        other = Side.OUTGOING if side is Side.INCOMING else Side.INCOMING
        server = account.incoming if side is Side.INCOMING else account.outgoing
        by_word = server is None or _by_word(server.endpoint)
        stored = await self._get(account.id)
        named, kind = (stored, other) if by_word else (account, side)
        beside = stored.incoming if other is Side.INCOMING else stored.outgoing
        if by_word and not password and beside is not None and not _by_word(beside.endpoint):
            raise missing(account)
        secret = password or await self._passwords.get(named, kind.value)
        incoming = account.incoming if side is Side.INCOMING else None
        outgoing = account.outgoing if side is Side.OUTGOING else None
        await self.check(NewAccount(account.address, account.name, "", incoming, outgoing), secret, say)
        if by_word:
            await self._passwords.set(account, side.value, secret)
        await self.change(account)

    async def add(
        self, new: NewAccount, password: str | Grant, *, outgoing_password: str | None = None, keep: bool = True
    ) -> AccountId:
        """Make an account and keep its password; with `keep=False` the password only lasts as long as the program.

        Raises WrongUsage when the same mailbox is here already, and SecretsUnavailable, with nothing made, when the
        password cannot be kept. Cancelled half way, it takes back what it made."""
        _refuse_impossible(new)
        if keep:
            await self._passwords.ready()
        made: list[Account] = []

        def work(tx: Transaction) -> None:
            if any(_same_mailbox(each.incoming, new.incoming) for each in tx.accounts.all()):
                raise WrongUsage(phrase("This mailbox is here already"), phrase("Nothing was changed."))
            made.append(tx.accounts.get(tx.accounts.add(new)))
            self._rests(tx, made[0])

        try:
            await self._store.write(work, durable=True)
            await self._keep(made[0], password, outgoing_password, keep)
        except (MailError, asyncio.CancelledError):
            await self._take_back(made)
            raise
        return made[0].id

    async def _take_back(self, made: list[Account]) -> None:
        """Remove what was just made. `made` fills when the store has done its work, which may be later than now."""

        def work(tx: Transaction) -> None:
            for each in made:
                tx.accounts.remove(each.id)

        await self._store.write(work)
        with contextlib.suppress(SecretsUnavailable):
            for each in made:
                await self._passwords.delete(each)

    async def change(self, account: Account) -> None:
        """Store an account as given. Passwords follow a renamed server; certificates no longer listed are no longer
        trusted. Raises NotFound, and SecretsUnavailable with nothing changed."""
        _refuse_impossible(account)
        old = await self._get(account.id)
        await self._passwords.carry(old, account)

        def work(tx: Transaction) -> None:
            others = {place for each in tx.accounts.all() if each.id != account.id for place in _places(each)}
            for place in _places(old):
                if place in _places(account) or place not in others:
                    tx.trust.unpin(*place)
            accountpast.remember(tx, old, account)
            tx.accounts.update(account)
            self._rests(tx, account)

        stored = False
        try:
            await self._store.write(work, durable=True)
            stored = True
        finally:
            if not stored and _servers(await self._get(account.id)) != _servers(account):
                await self._passwords.carry(account, old)

    async def arrange(self, wanted: Sequence[AccountId]) -> None:
        """Have the accounts in this order wherever they are listed; those left out follow in theirs. Raises NotFound
        for one that is not there, with nothing changed."""

        def work(tx: Transaction) -> None:
            before = [each.id for each in tx.accounts.all()]
            for each in wanted:
                tx.accounts.get(each)
            after = [*dict.fromkeys([*wanted, *before])]
            if after != before:
                tx.settings.remember(accountpast.ORDER, before, after)
                tx.accounts.arrange(after)

        await self._store.write(work)

    async def set_password(
        self, account: AccountId, password: str | Grant, what: What | None = None, *, keep: bool = True
    ) -> None:
        """Replace the password of both servers, or of one. Raises NotFound, SecretsUnavailable."""
        found = await self._get(account)
        if what is None or isinstance(password, Grant):
            await self._keep(found, password, None, keep)
        else:
            await self._passwords.set(found, what, password, keep=keep)

    async def take_grant(self, account: AccountId, grant: Grant, say: Say = silent, *, keep: bool = True) -> None:
        """Sign in with tokens from now on, wherever the grant is for; tried before anything is stored. The password
        stays where it is, for the way back. Raises MailError with what stands in the way."""
        changed = _with_tokens(await self._get(account), grant)
        incoming, outgoing = changed.incoming, changed.outgoing
        if incoming is not None and _by_word(incoming.endpoint):
            incoming = None
        if outgoing is not None and _by_word(outgoing.endpoint):
            outgoing = None
        await self.check(NewAccount(changed.address, changed.name, "", incoming, outgoing), grant, say)
        await self._keep(changed, grant, None, keep)
        await self.change(changed)

    async def remove(self, account: AccountId, *, keep_mail: bool = False) -> None:
        """Remove an account here; what is on its servers stays there. With `keep_mail` its mail stays here, as a local
        account. What other accounts have in its folders goes into their own. A key store that does not answer keeps
        its entry and stops nothing. Raises NotFound."""
        found = await self._get(account)

        def work(tx: Transaction) -> None:
            tx.arrangements.cut(account)
            if not keep_mail:
                tx.arrangements.send_home(account)
            tx.accounts.remove(account, keep_mail=keep_mail)

        await self._store.write(work, durable=True)
        with contextlib.suppress(SecretsUnavailable):
            await self._passwords.delete(found)

    async def _check_pop3(self, server: Pop3Server, password: str, say: Say) -> None:
        from desktopmail.engine.pop3.peculiar import mailbox
        from desktopmail.engine.pop3.trial import try_out

        say(phrase("Looking for {0}…", server.endpoint.host))
        wanted = 0
        try:
            wanted = await try_out(server, password, lambda: say(_signing_in(server.endpoint)), SECONDS)
        except TooSoon as error:
            wanted = error.seconds
            raise
        finally:
            self._resting[mailbox(server.endpoint)] = time.monotonic() + wanted

    def _rests(self, tx: Transaction, account: Account) -> None:
        """Trying out was a visit: the next one waits as long as the server wants (RFC 2449 section 6.5)."""
        from desktopmail.engine.pop3.peculiar import mailbox

        if isinstance(account.incoming, Pop3Server):
            box = mailbox(account.incoming.endpoint)
            left = math.ceil(self._resting.pop(box, 0.0) - time.monotonic())
            if left > tx.sightings.rest(account.id, box):
                tx.sightings.rests(account.id, box, left)

    async def _get(self, account: AccountId) -> Account:
        return await self._store.read(lambda tx: tx.accounts.get(account))

    async def _keep(self, account: Account, password: str | Grant, outgoing: str | None, keep: bool) -> None:
        if isinstance(password, Grant):
            await self._passwords.set(account, "token", str(replace(password, lasting=keep)), keep=keep)
        elif account.incoming is not None and _by_word(account.incoming.endpoint):
            await self._passwords.set(account, "incoming", password, keep=keep)
        if account.outgoing is not None and _by_word(account.outgoing.endpoint):
            secret = password if outgoing is None else outgoing
            if not isinstance(secret, Grant):
                await self._passwords.set(account, "outgoing", secret, keep=keep)


def _with_tokens(account: Account, grant: Grant) -> Account:
    """The account, signed in to with tokens where a grant is for its servers."""

    def turned(endpoint: Endpoint) -> Endpoint:
        return replace(endpoint, sign_in=SignIn.OAUTH2) if grant.may_go_to(endpoint.host) else endpoint

    incoming, outgoing = account.incoming, account.outgoing
    if incoming is not None:
        incoming = replace(incoming, endpoint=turned(incoming.endpoint))
    if outgoing is not None:
        outgoing = replace(outgoing, endpoint=turned(outgoing.endpoint))
    return replace(account, incoming=incoming, outgoing=outgoing)


def _by_word(endpoint: Endpoint) -> bool:
    return endpoint.sign_in is SignIn.WORD


def _shown(endpoint: Endpoint, secret: str | Grant) -> str:
    """What a server is shown; a token goes to the servers it was granted for only."""
    if not isinstance(secret, Grant):
        return secret
    if not secret.may_go_to(endpoint.host):
        raise WrongUsage(phrase("The provider's sign-in is not for {0}", endpoint.host), phrase("Nothing was sent."))
    return secret.access


async def _check_imap(endpoint: Endpoint, password: str, say: Say) -> None:
    say(phrase("Looking for {0}…", endpoint.host))
    wire = await opening.connect(endpoint, SECONDS)
    session = ImapSession(wire, endpoint)
    say(_signing_in(endpoint))
    await session.sign_in(password, SECONDS)
    await session.logout()


def _signing_in(endpoint: Endpoint) -> str:
    return phrase("Signing in to {0}…", endpoint.host)


def _refuse_impossible(account: NewAccount | Account) -> None:
    if account.incoming is None and account.outgoing is None:
        raise WrongUsage(
            phrase("An account needs a server"), phrase("Name one that mail comes from, or one that takes it.")
        )


def _same_mailbox(one: Incoming, other: Incoming) -> bool:
    if one is None or other is None:
        return False
    first, second = one.endpoint, other.endpoint
    return (first.host.lower(), first.port, first.user) == (second.host.lower(), second.port, second.user)


def _servers(account: Account) -> tuple[object, object]:
    return account.incoming, account.outgoing


def _places(account: Account) -> set[tuple[str, int]]:
    """Host and port of each server: what a trusted certificate belongs to."""
    servers = [server.endpoint for server in (account.incoming, account.outgoing) if server is not None]
    return {(endpoint.host.lower(), endpoint.port) for endpoint in servers}
