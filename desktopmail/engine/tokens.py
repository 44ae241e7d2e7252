"""Access tokens: renewed before they end, by one request however many ask, and shown to the account's servers only.

A provider may give a new refresh token with each access token. It is stored before the access token is used, because
the old one may be worth nothing from then on.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from desktopmail.domain.account import Account, Endpoint
from desktopmail.domain.errors import PasswordMissing, SecretsUnavailable
from desktopmail.domain.hosts import GRANTING
from desktopmail.domain.ids import AccountId
from desktopmail.domain.oauth import Grant
from desktopmail.domain.saying import phrase
from desktopmail.engine import providers
from desktopmail.engine.hosts import Noting, note_address, silent
from desktopmail.protocols.oauth import tokens
from desktopmail.protocols.oauth.tokens import Access
from desktopmail.store.secrets import PasswordSource

EARLY_SECONDS = 120.0


class Tokens:
    """Holds the access tokens of this run; the grants they come from are in `source`."""

    def __init__(self, source: PasswordSource, noting: Noting = silent) -> None:
        self._source = source
        self._noting = noting
        self._held: dict[AccountId, Access] = {}
        self._new: set[AccountId] = set()
        self._renewing: dict[AccountId, asyncio.Task[str]] = {}
        self._running: set[asyncio.Task[str]] = set()

    async def get(self, account: Account, endpoint: Endpoint, secret: str) -> str:
        """An access token for one of the account's servers, from the grant in `secret`. Raises PasswordMissing when
        the grant is not for this server, SignInRefused when it is over, and passing errors."""
        grant = Grant.read(secret)
        if grant is None or not _belongs(grant, endpoint.host):
            raise PasswordMissing(
                phrase("Nobody signed in for {0} at the provider's page yet", endpoint.host),
                phrase("Mail here is safe. Sign in once."),
            )
        held = self._held.get(account.id)
        if held is not None and held.ends - EARLY_SECONDS > time.monotonic():
            self._new.discard(account.id)
            return held.token
        renewing = self._renewing.get(account.id)
        if renewing is None or renewing.done():
            renewing = self._renewing[account.id] = asyncio.create_task(self._renew(account, endpoint))
            self._running.add(renewing)
            renewing.add_done_callback(self._over)
        return await asyncio.shield(renewing)

    def _over(self, renewing: asyncio.Task[str]) -> None:
        """What went wrong is told to those who wait; when nobody does, to nobody."""
        self._running.discard(renewing)
        if not renewing.cancelled():
            renewing.exception()

    async def _renew(self, account: Account, endpoint: Endpoint) -> str:
        """Goes on when nobody waits any more: what the provider gave has to be kept, for it took the old one back."""
        grant = Grant.read(await self._source.get(account, "token"))
        assert grant is not None
        known = providers.known().get(grant.provider)
        note_address(self._noting, grant.token, GRANTING)
        access = await tokens.renew(grant, known.name if known else grant.provider, proxy=endpoint.proxy)
        if not await self._in_force(account, grant):
            return access.token
        if access.refresh and access.refresh != grant.refresh:
            await self._keep(account, replace(grant, refresh=access.refresh))
        self._held[account.id] = access
        self._new.add(account.id)
        return access.token

    async def _in_force(self, account: Account, grant: Grant) -> bool:
        """Whether no other sign-in took the place of this one meanwhile, and the account was not removed."""
        try:
            now = Grant.read(await self._source.get(account, "token"))
        except PasswordMissing:
            return False
        except SecretsUnavailable:
            return True
        return now is not None and now.refresh == grant.refresh

    async def _keep(self, account: Account, grant: Grant) -> None:
        """Store the new refresh token; where that fails, the old one is no use any more and this run still has it."""
        try:
            await self._source.set(account, "token", str(grant), keep=grant.lasting)
        except SecretsUnavailable:
            await self._source.set(account, "token", str(grant), keep=False)

    def stale(self, account: Account, token: str) -> bool:
        """A server refused a token: forget it. Whether it was an older one, so that a fresh one is worth a try."""
        held = self._held.get(account.id)
        if held is None or held.token != token:
            return True
        if account.id in self._new:
            return False
        del self._held[account.id]
        return True

    def forget(self, account: AccountId) -> None:
        """Forget the access token of an account, and do not wait for the one that is on its way."""
        self._renewing.pop(account, None)
        self._held.pop(account, None)
        self._new.discard(account)


def _belongs(grant: Grant, host: str) -> bool:
    """Whether a server may see a token of a grant: it was granted for it, or it is a known provider's own, so that an
    account can change from its provider's IMAP server to its POP3 server."""
    known = providers.known().get(grant.provider)
    return grant.may_go_to(host) or (known is not None and known.may_see(host))
