"""Where the person wants passwords to be: in the key store, in the encrypted file, or only in memory.

The choice is part of the profile: the file itself is one, and a mark beside it says 'memory'. Without either the key
store is asked. What only this run knows is carried along when another place is chosen.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from desktopmail.domain.account import Account
from desktopmail.domain.errors import MailError, PasswordMissing, SecretsUnavailable
from desktopmail.domain.keeping import Keeping, Kept
from desktopmail.domain.saying import phrase
from desktopmail.store.secrets.keystore import Keyring
from desktopmail.store.secrets.memory import Memory
from desktopmail.store.secrets.source import ALL, What, order
from desktopmail.store.secrets.vault import Ask, Vault

MARK = "passwords.memory"


class Chosen:
    """Passes everything on to the place that is in force. Made for one profile folder."""

    def __init__(self, folder: Path, ask: Ask | None = None) -> None:
        self._mark = folder / MARK
        self._memory = Memory()
        self._vault = Vault(folder, ask)
        self._keyring = Keyring()
        self._kind = Keeping.KEY_STORE
        if self._vault.there:
            self._kind = Keeping.VAULT
        elif self._mark.exists():
            self._kind = Keeping.MEMORY

    async def kept(self) -> Kept:
        """What is in force and whether it can be used now; never raises."""
        if self._kind is Keeping.VAULT and self._vault.locked:
            return Kept(self._kind, phrase("in an encrypted file of this profile"), locked=True)
        try:
            return Kept(self._kind, await self.ready())
        except MailError as error:
            return Kept(self._kind, phrase("nowhere"), problem=f"{error.title}. {error.detail}".strip())

    async def choose_memory(self) -> None:
        """Keep nothing beyond this run. What another place has stays there, unused."""
        await asyncio.to_thread(_write_mark, self._mark)
        self._kind = Keeping.MEMORY

    async def choose_vault(self, passphrase: str) -> None:
        """Begin the encrypted file, or open the one that is there. Raises PassphraseWrong, WrongUsage, VaultDamaged,
        SecretsUnavailable."""
        if self._vault.there:
            await self._vault.unlock(passphrase)
        else:
            await self._vault.create(passphrase)
        await self._leave_mark(Keeping.VAULT)

    async def begin_vault_anew(self, passphrase: str) -> None:
        """Put the encrypted file aside, damaged or not, and begin an empty one."""
        await self._vault.create(passphrase)
        await self._leave_mark(Keeping.VAULT)

    async def choose_key_store(self) -> None:
        """Back to the system's key store. Raises SecretsUnavailable when there is none, with nothing changed."""
        await self._keyring.ready()
        await self._leave_mark(Keeping.KEY_STORE)

    async def unlock(self, passphrase: str) -> None:
        """Open the encrypted file. Raises PassphraseWrong, VaultDamaged."""
        await self._vault.unlock(passphrase)

    async def change_passphrase(self, old: str, new: str) -> None:
        """Another passphrase for the encrypted file. Raises PassphraseWrong, WrongUsage."""
        await self._vault.change(old, new)

    async def _leave_mark(self, kind: Keeping) -> None:
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(self._mark.unlink)
        self._kind = kind

    # As every place.

    async def ready(self) -> str:
        """Where passwords are, in words. Raises SecretsUnavailable."""
        return await self._place.ready()

    async def get(self, account: Account, what: What) -> str:
        """The password, from this run or from the place in force."""
        for each in order(what):
            with contextlib.suppress(PasswordMissing):
                return await self._memory.get(account, each)
        return await self._place.get(account, what)

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Keep it in the place in force, or only for this run."""
        if not keep or self._kind is Keeping.MEMORY:
            await self._memory.set(account, what, password)
            return
        await self._place.set(account, what, password)
        self._memory.forget(account, what)

    async def carry(self, old: Account, new: Account) -> None:
        """In the place in force."""
        await self._place.carry(old, new)

    async def delete(self, account: Account) -> None:
        """In the place in force, and in memory."""
        for what in ALL:
            self._memory.forget(account, what)
        await self._place.delete(account)

    @property
    def _place(self) -> Memory | Vault | Keyring:
        match self._kind:
            case Keeping.MEMORY:
                return self._memory
            case Keeping.VAULT:
                return self._vault
            case _:
                return self._keyring


def _write_mark(mark: Path) -> None:
    try:
        mark.write_text("Passwords are kept until the program ends.\n", encoding="utf-8")
    except OSError as error:
        raise SecretsUnavailable(
            phrase("The choice could not be kept"), phrase("Nothing was changed."), str(error.errno)
        ) from error
