"""Passwords that are nowhere but in memory, or in the environment the program was started in."""

from __future__ import annotations

from collections.abc import Mapping

from desktopmail.domain.account import Account
from desktopmail.domain.errors import PasswordMissing
from desktopmail.domain.saying import phrase
from desktopmail.store.secrets.source import ALL, What, missing, order


class Memory:
    """Keeps passwords until the program ends."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], str] = {}

    async def ready(self) -> str:
        """Always."""
        return phrase("in memory, until the program ends")

    async def get(self, account: Account, what: What) -> str:
        """The password that was set in this run."""
        for each in order(what):
            if (held := self._held.get((account.id, each))) is not None:
                return held
        raise missing(account)

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Remember it."""
        self._held[account.id, what] = password

    async def carry(self, old: Account, new: Account) -> None:
        """Nothing to do: what is remembered names no server."""

    async def delete(self, account: Account) -> None:
        """Forget it."""
        for what in ALL:
            self.forget(account, what)

    def forget(self, account: Account, what: What) -> None:
        """Forget one of them."""
        self._held.pop((account.id, what), None)


class Environment(Memory):
    """Reads passwords from environment variables at each run and stores none. For `env:VAR` the names are, first match
    first: VAR_<account id>_OUTGOING and VAR_OUTGOING (for the outgoing server), VAR_<account id>, VAR."""

    def __init__(self, environment: Mapping[str, str], name: str) -> None:
        super().__init__()
        self._environment = environment
        self._name = name

    async def ready(self) -> str:
        """Where the password is read from."""
        return phrase("in the environment variable {0}", self._name)

    async def get(self, account: Account, what: What) -> str:
        """What was set in this run, or else the variable's value."""
        try:
            return await super().get(account, what)
        except PasswordMissing:
            if what == "token":
                raise
            names = [f"{self._name}_{account.id}", self._name]
            if what == "outgoing":
                names = [f"{self._name}_{account.id}_OUTGOING", f"{self._name}_OUTGOING", *names]
            for name in names:
                if name in self._environment:
                    return self._environment[name]
            raise missing(account) from None
