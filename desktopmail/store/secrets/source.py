"""What every keeper of passwords is to the rest of the program, and how entries are called."""

from __future__ import annotations

from typing import Literal, Protocol

from desktopmail.domain.account import Account, Endpoint
from desktopmail.domain.errors import PasswordMissing, SecretsUnavailable
from desktopmail.domain.saying import phrase

What = Literal["incoming", "outgoing", "token"]
"""The password of a server, or what an account signed in with at its provider's page."""
ALL: tuple[What, ...] = ("outgoing", "incoming", "token")


class PasswordSource(Protocol):
    """Gives and keeps the passwords of accounts. An outgoing server without a password of its own uses the incoming
    one's. No password ever appears in a repr, a log or an error."""

    async def ready(self) -> str:
        """Where passwords will be kept, in words for a person. SecretsUnavailable when nothing can be kept."""

    async def get(self, account: Account, what: What) -> str:
        """The password. PasswordMissing when there is none, SecretsUnavailable when nobody can tell."""

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Keep a password; with `keep=False` only until the program ends. SecretsUnavailable when it cannot."""

    async def carry(self, old: Account, new: Account) -> None:
        """The servers of an account changed: what was kept for the old ones is for the new ones from now on."""

    async def delete(self, account: Account) -> None:
        """Forget everything about an account. Nothing stored is no error."""


def missing(account: Account) -> PasswordMissing:
    """The words for a password nobody has."""
    return PasswordMissing(
        phrase("There is no password for {0} here", account.address), phrase("Mail here is safe. Enter it once.")
    )


def order(what: What) -> tuple[What, ...]:
    """Where to look for it, first match first."""
    return ("outgoing", "incoming") if what == "outgoing" else (what,)


def entry(account: Account, what: What) -> str | None:
    """The name of a password in the key store; None when the account has no such server."""
    if what == "token":
        return f"{account.id} token {account.address}"
    server = account.incoming if what == "incoming" else account.outgoing
    if server is None:
        return None
    endpoint: Endpoint = server.endpoint
    return f"{account.id} {what} {endpoint.user}@{endpoint.host}"


def unavailable(title: str, what_to_do: str = "", log: str = "") -> SecretsUnavailable:
    """The words for a key store that cannot be used."""
    advice = what_to_do or phrase("Start GNOME Keyring, KWallet or another key store and try again.")
    return SecretsUnavailable(title, phrase("Passwords are kept nowhere else. {0}", advice), log)
