"""Where passwords are kept: what is in force, and the person's choice of another place."""

from __future__ import annotations

from desktopmail.domain.errors import MailError, WrongUsage
from desktopmail.domain.keeping import Keeping, Kept
from desktopmail.domain.saying import phrase
from desktopmail.store.secrets import Environment, Memory, PasswordSource
from desktopmail.store.secrets.chosen import Chosen
from desktopmail.store.secrets.vault import Vault


class Safekeeping:
    """`engine.safekeeping`. Choices are the profile's and last; after each, `Engine.wake` lets the accounts go on.

    A place that was named from outside (DESKTOPMAIL_SECRETS) cannot be changed here."""

    def __init__(self, source: PasswordSource) -> None:
        self._source = source

    @property
    def fixed(self) -> bool:
        """Whether the place was named from outside."""
        return not isinstance(self._source, Chosen)

    async def kept(self) -> Kept:
        """The place in force, and whether it can be used now. May wait for the person to unlock a key store."""
        source = self._source
        if isinstance(source, Chosen):
            return await source.kept()
        kind = {Environment: Keeping.ENVIRONMENT, Memory: Keeping.MEMORY, Vault: Keeping.VAULT}
        found = kind.get(type(source), Keeping.KEY_STORE)
        try:
            return Kept(found, await source.ready())
        except MailError as error:
            return Kept(found, phrase("nowhere"), problem=f"{error.title}. {error.detail}".strip())

    async def unlock(self, passphrase: str) -> None:
        """Open the encrypted file. Raises PassphraseWrong, VaultDamaged."""
        if isinstance(self._source, Vault):
            await self._source.unlock(passphrase)
        else:
            await self._choice().unlock(passphrase)

    async def use_memory(self) -> None:
        """Keep passwords until the program ends, and ask for them at each start."""
        await self._choice().choose_memory()

    async def use_file(self, passphrase: str) -> None:
        """Keep passwords in the encrypted file: begin it, or open the one that is there. Raises PassphraseWrong,
        WrongUsage for a passphrase that is too short, VaultDamaged."""
        await self._choice().choose_vault(passphrase)

    async def begin_file_anew(self, passphrase: str) -> None:
        """Put a file that is damaged, or whose passphrase is lost, aside and begin an empty one."""
        await self._choice().begin_vault_anew(passphrase)

    async def use_key_store(self) -> None:
        """Keep passwords in the system's key store. Raises SecretsUnavailable with nothing changed."""
        await self._choice().choose_key_store()

    async def change_passphrase(self, old: str, new: str) -> None:
        """Another passphrase for the encrypted file. Raises PassphraseWrong, WrongUsage."""
        await self._choice().change_passphrase(old, new)

    def _choice(self) -> Chosen:
        if not isinstance(self._source, Chosen):
            raise WrongUsage(
                phrase("Where passwords are kept was set from outside this program"),
                phrase("DESKTOPMAIL_SECRETS names the place."),
            )
        return self._source
