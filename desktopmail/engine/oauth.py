"""Signing in at the provider's own page, in the person's own browser (RFC 8252).

The provider's page opens outside this program, which listens on this computer for the way back. What comes of it is a
`Grant`: try it with `accounts.check`, then give it to `accounts.add` or `accounts.set_password` as the secret.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktopmail.domain.account import Account, Endpoint, NewAccount, SignIn
from desktopmail.domain.errors import MailError, NotFound, WrongUsage
from desktopmail.domain.hosts import GRANTING
from desktopmail.domain.oauth import Grant, Provider
from desktopmail.domain.saying import phrase, said
from desktopmail.engine import providers
from desktopmail.engine.hosts import note_address
from desktopmail.protocols.oauth import tokens
from desktopmail.protocols.oauth.flow import Attempt
from desktopmail.protocols.oauth.loopback import SECONDS, Loopback
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

Browse = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Client:
    """How this program is known to a provider. `fixed`: by the environment, which settings do not change."""

    key: str
    name: str
    client: str
    help: str
    fixed: bool = False


class OAuth:
    """`engine.oauth`."""

    def __init__(self, store: Store, source: PasswordSource, environment: Mapping[str, str] | None = None) -> None:
        self._store = store
        self._source = source
        self._environment = os.environ if environment is None else environment

    async def clients(self) -> tuple[Client, ...]:
        """Every known provider and the client id in force there; empty ids mean that its page cannot be used."""
        pairs = await self._pairs()
        found = []
        for key, plain in providers.known().items():
            here = providers.named(key, pairs, self._environment)
            fixed = bool(providers.with_client(plain, {}, self._environment).client)
            found.append(Client(key, here.name, here.client, said(here.help), fixed))
        return tuple(found)

    async def set_client(self, key: str, client: str, secret: str = "") -> None:
        """Use a client id of the person's own; an empty one removes it. Raises NotFound, WrongUsage."""
        if key not in providers.known() and not key.startswith("https://"):
            raise NotFound(phrase("No provider is called {0}", key))
        pair = providers.checked(client, secret)

        def work(tx: Transaction) -> None:
            pairs = providers.stored(tx.settings.get(providers.SETTING))
            pairs.pop(key, None)
            if pair[0]:
                pairs[key] = pair
            tx.settings.set(providers.SETTING, {name: list(value) for name, value in pairs.items()})

        await self._store.write(work)

    async def available(self, key: str) -> bool:
        """Whether the provider's page can be used: there is a client id, or the issuer may hand one out."""
        if key.startswith("https://"):
            return True
        try:
            return bool(providers.named(key, await self._pairs(), self._environment).client)
        except NotFound:
            return False

    @staticmethod
    def instead(key: str) -> str:
        """What to do where the provider's page cannot be used, in words and with the provider's link."""
        found = providers.known().get(key)
        return said(found.help) if found else phrase("Ask your provider for an app password.")

    @staticmethod
    def key_of(endpoint: Endpoint) -> str:
        """The key of the provider whose tokens a server takes, for `available` and `sign_in`; empty: none is known."""
        return providers.of_host(endpoint.host)

    async def key_for(self, account: Account) -> str:
        """The key of the provider an account signed in at, or can sign in at; empty: none is known."""
        try:
            grant = Grant.read(await self._source.get(account, "token"))
        except MailError:
            grant = None
        if grant is not None:
            return grant.provider
        return next((key for each in servers(account) if (key := self.key_of(each))), "")

    @staticmethod
    def name_of(key: str) -> str:
        """What a provider is called."""
        found = providers.known().get(key)
        return found.name if found else urlsplit(key).hostname or key

    async def sign_in(
        self, key: str, account: Account | NewAccount, browse: Browse, *, seconds: float = SECONDS
    ) -> Grant:
        """Open the provider's page by `browse` and wait for the person to come back.

        `key` is a known provider or the https address of an issuer (RFC 8414). The grant is for the account's own
        servers, as far as they are the provider's, and for no others. Raises WrongUsage when there is no client id or
        no server of the provider's, SignInRefused when the provider or the person says no, Stalled after `seconds`."""
        proxy = next((each.proxy for each in servers(account) if each.proxy), "")
        provider = await self._provider(key, proxy)
        hosts = [each.host for each in servers(account) if not provider.domains or provider.may_see(each.host)]
        if not hosts:
            raise WrongUsage(phrase("None of these servers belongs to {0}", provider.name), phrase("Nothing was sent."))
        async with Loopback(provider.host) as back:
            attempt = Attempt(provider, back.redirect)
            browse(attempt.address(account.address))
            values = await back.wait(attempt.ours, seconds)
        note_address(self._store.hosts.note, provider.token, GRANTING)
        grant = await tokens.redeem(attempt, attempt.code(values), proxy=proxy)
        return grant.for_hosts(*hosts)

    async def _provider(self, key: str, proxy: str) -> Provider:
        pairs = await self._pairs()
        if not key.startswith("https://"):
            found = providers.named(key, pairs, self._environment)
            if not found.client:
                raise without_client(found)
            return found
        note_address(self._store.hosts.note, key, GRANTING)
        found = providers.with_client(await tokens.learn(key, proxy=proxy), pairs, self._environment)
        if found.client:
            return found
        if not found.register:
            raise without_client(found)
        return await tokens.register(found, proxy=proxy)

    async def _pairs(self) -> providers.Clients:
        return providers.stored(await self._store.read(lambda tx: tx.settings.get(providers.SETTING)))


def without_client(provider: Provider) -> MailError:
    """The words for a provider that does not know this program."""
    return WrongUsage(
        phrase("{0}'s sign-in page cannot be used yet: no client id is configured for it", provider.name),
        said(provider.help) or phrase("Ask your provider for an app password, or enter a client id in the settings."),
    )


def servers(account: Account | NewAccount) -> tuple[Endpoint, ...]:
    """The servers of an account."""
    return tuple(each.endpoint for each in (account.incoming, account.outgoing) if each is not None)


def by_token(account: Account | NewAccount) -> bool:
    """Whether any server of an account is signed in to with tokens."""
    return any(each.sign_in is SignIn.OAUTH2 for each in servers(account))
