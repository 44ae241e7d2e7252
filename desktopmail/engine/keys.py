"""What opens the servers of an account: the password or a fresh access token, and never twice what was refused.

Stands between whoever signs in and the place where secrets are. A secret that a server refused is not shown to it again
until the person enters another or asks for another try, however often the network comes and goes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from desktopmail.domain.account import Account, Endpoint, SignIn
from desktopmail.domain.errors import AwaitsSignIn, SignInRefused
from desktopmail.domain.ids import AccountId
from desktopmail.engine.hosts import Noting, silent
from desktopmail.store.secrets import ALL, PasswordSource, What

if TYPE_CHECKING:
    from desktopmail.engine.tokens import Tokens

T = TypeVar("T")


class Keys:
    """A PasswordSource on top of another. `noting` hears of every provider that is asked for an access token."""

    def __init__(self, source: PasswordSource, noting: Noting = silent) -> None:
        self.source = source
        self._noting = noting
        self._refused: dict[tuple[AccountId, What], tuple[str, SignInRefused]] = {}
        self._tokens: Tokens | None = None

    async def ready(self) -> str:
        """Where secrets are kept."""
        return await self.source.ready()

    async def get(self, account: Account, what: What) -> str:
        """The password or a fresh access token. Raises AwaitsSignIn for one that was refused, PasswordMissing,
        SecretsUnavailable, and for tokens whatever the provider says."""
        kind = _sign_in(account, what)
        if kind is SignIn.CERTIFICATE:
            return ""
        if kind is SignIn.OAUTH2:
            return await self._fresh(account, what)
        secret = await self.source.get(account, what)
        self._stop_if_refused(account, what, secret)
        return secret

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Keep a secret; what was refused before is forgiven."""
        await self.source.set(account, what, password, keep=keep)
        self.forgive(account.id)

    async def carry(self, old: Account, new: Account) -> None:
        """The servers changed."""
        await self.source.carry(old, new)
        self.forgive(new.id)

    async def delete(self, account: Account) -> None:
        """Forget everything about an account."""
        self.forgive(account.id)
        await self.source.delete(account)

    def forgive(self, account: AccountId) -> None:
        """The person wants another try with what there is."""
        for what in ALL:
            self._refused.pop((account, what), None)
        if self._tokens is not None:
            self._tokens.forget(account)

    async def refused(self, account: Account, what: What, secret: str, error: SignInRefused) -> bool:
        """A server did not take a secret. Whether another one may be had without the person: for an access token that
        was not fresh."""
        if (
            _sign_in(account, what) is SignIn.OAUTH2
            and self._tokens is not None
            and self._tokens.stale(account, secret)
        ):
            return True
        self._refused[account.id, what] = secret, error
        return False

    async def _fresh(self, account: Account, what: What) -> str:
        endpoint = _endpoint(account, what)
        assert endpoint is not None
        grant = await self.source.get(account, "token")
        self._stop_if_refused(account, "token", grant)
        if self._tokens is None:
            from desktopmail.engine.tokens import Tokens

            self._tokens = Tokens(self.source, self._noting)
        try:
            token = await self._tokens.get(account, endpoint, grant)
        except SignInRefused as error:
            self._refused[account.id, "token"] = grant, error
            raise
        self._stop_if_refused(account, what, token)
        return token

    def _stop_if_refused(self, account: Account, what: What, secret: str) -> None:
        before = self._refused.get((account.id, what))
        if before is not None and before[0] == secret:
            error = before[1]
            raise AwaitsSignIn(error.title, error.detail, error.log)


def _endpoint(account: Account, what: What) -> Endpoint | None:
    server = account.outgoing if what == "outgoing" else account.incoming
    return server.endpoint if server is not None else None


def _sign_in(account: Account, what: What) -> SignIn:
    endpoint = _endpoint(account, what)
    return SignIn.WORD if endpoint is None or what == "token" else endpoint.sign_in


async def signed_in(
    passwords: PasswordSource, account: Account, what: What, attempt: Callable[[str], Awaitable[T]]
) -> T:
    """Get the secret for a server and make one attempt with it; what the server refused is remembered. An access token
    that was not fresh is renewed once. Raises what `attempt` and the source raise."""
    secret = await passwords.get(account, what)
    try:
        return await attempt(secret)
    except SignInRefused as error:
        if not isinstance(passwords, Keys) or not await passwords.refused(account, what, secret, error):
            raise
    secret = await passwords.get(account, what)
    try:
        return await attempt(secret)
    except SignInRefused as error:
        await passwords.refused(account, what, secret, error)
        raise
