"""Passwords in one encrypted file beside the mail, for computers without a key store. Opened by a passphrase.

The file is written as a whole, readable by its owner alone, and takes the old one's place only when it is safe on the
disk. The passphrase itself is never kept; the key made of it lives until the program ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from desktopmail.domain.account import Account
from desktopmail.domain.errors import PasswordMissing, SecretsUnavailable, VaultLocked, WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.store.names import settle
from desktopmail.store.secrets.memory import Memory
from desktopmail.store.secrets.source import ALL, What, entry, missing, order

if TYPE_CHECKING:
    from desktopmail.store.secrets.sealed import Key

NAME = "passwords.vault"
LARGEST = 16_000_000
SHORTEST = 8

Ask = Callable[[bool], str | None]
"""Asks a person for the passphrase, on a thread; told whether it is a new one. None: nobody answers."""


class Vault:
    """The file in a profile. Locked until `unlock` or `create`, or until `ask` gives the passphrase when something is
    first wanted."""

    def __init__(self, folder: Path, ask: Ask | None = None) -> None:
        self._file = folder / NAME
        self._ask = ask
        self._session = Memory()
        self._key: Key | None = None
        self._entries: dict[str, str] = {}
        self._turn = asyncio.Lock()

    @property
    def there(self) -> bool:
        """Whether the profile has such a file."""
        return self._file.exists()

    @property
    def locked(self) -> bool:
        """Whether its passphrase is still needed."""
        return self._key is None

    async def create(self, passphrase: str, entries: dict[str, str] | None = None) -> None:
        """Begin a new file. One that is there is put aside, never written over. Raises WrongUsage for a passphrase
        that is too short, SecretsUnavailable when the disk takes no file."""
        check(passphrase)
        async with self._turn:
            key = await asyncio.to_thread(_new_key, passphrase)
            aside = await asyncio.to_thread(_put_aside, self._file)
            try:
                await self._write(key, dict(entries or {}))
            except SecretsUnavailable:
                if aside is not None:
                    await asyncio.to_thread(aside.replace, self._file)
                raise

    async def unlock(self, passphrase: str) -> None:
        """Open the file. Raises PassphraseWrong, VaultDamaged."""
        async with self._turn:
            await self._open(passphrase)

    async def change(self, old: str, new: str) -> None:
        """Another passphrase. Raises PassphraseWrong with nothing changed, WrongUsage, SecretsUnavailable."""
        check(new)
        async with self._turn:
            await self._open(old)
            await self._write(await asyncio.to_thread(_new_key, new), self._entries)

    async def ready(self) -> str:
        """Where passwords are. Raises VaultLocked."""
        async with self._turn:
            await self._unlocked()
        return phrase("in an encrypted file of this profile ({0})", NAME)

    async def get(self, account: Account, what: What) -> str:
        """The password from the file. Raises VaultLocked, PasswordMissing, VaultDamaged."""
        try:
            return await self._session.get(account, what)
        except PasswordMissing:
            names = [name for each in order(what) if (name := entry(account, each))]
        async with self._turn:
            await self._unlocked()
            for name in names:
                if name in self._entries:
                    return self._entries[name]
        raise missing(account)

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Put it into the file, which is on the disk when this returns."""
        if not keep:
            await self._session.set(account, what, password)
            return
        name = entry(account, what)
        if name is None:
            raise WrongUsage(phrase("The account has no server that takes a password"))
        async with self._turn:
            await self._write(await self._unlocked(), {**self._entries, name: password})
        self._session.forget(account, what)

    async def carry(self, old: Account, new: Account) -> None:
        """Rename the entries."""
        pairs = {before: entry(new, what) for what in ALL if (before := entry(old, what))}
        changed = {before: after for before, after in pairs.items() if before != after}
        if not changed:
            return
        async with self._turn:
            key = await self._unlocked()
            kept = {name: value for name, value in self._entries.items() if name not in changed}
            moved = {after: self._entries[name] for name, after in changed.items() if after and name in self._entries}
            await self._write(key, {**kept, **moved})

    async def delete(self, account: Account) -> None:
        """Take the account's entries out."""
        await self._session.delete(account)
        names = {entry(account, what) for what in ALL}
        async with self._turn:
            key = await self._unlocked()
            kept = {name: value for name, value in self._entries.items() if name not in names}
            if kept != self._entries:
                await self._write(key, kept)

    async def _unlocked(self) -> Key:
        if self._key is None and self._ask is not None:
            new = not self.there
            passphrase = await asyncio.to_thread(self._ask, new)
            if passphrase and new:
                check(passphrase)
                await self._write(await asyncio.to_thread(_new_key, passphrase), {})
            elif passphrase:
                await self._open(passphrase)
        if self._key is None:
            raise VaultLocked(
                phrase("The passwords are in a file that needs its passphrase"),
                phrase("Mail here is safe. Enter the passphrase."),
            )
        return self._key

    async def _open(self, passphrase: str) -> None:
        try:
            raw = await asyncio.to_thread(_read, self._file)
        except OSError as error:
            raise _no_file(error) from error
        self._key, self._entries = await asyncio.to_thread(_unseal, raw, passphrase)

    async def _write(self, key: Key, entries: dict[str, str]) -> None:
        """Write the file. What was begun ends, also when nobody waits for it any more: until then no other begins."""
        writing = asyncio.ensure_future(asyncio.to_thread(_replace, self._file, key, entries))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            if not writing.cancelled() and writing.exception() is None:
                self._key, self._entries = key, entries
            raise
        except OSError as error:
            raise _no_file(error) from error
        self._key, self._entries = key, entries


def check(passphrase: str) -> None:
    """Raises WrongUsage for a passphrase that protects nothing."""
    if len(passphrase) < SHORTEST:
        raise WrongUsage(
            phrase("The passphrase needs at least {0} characters", SHORTEST), phrase("Several words are best.")
        )


def _new_key(passphrase: str) -> Key:
    from desktopmail.store.secrets.sealed import new_key

    return new_key(passphrase)


def _unseal(raw: bytes, passphrase: str) -> tuple[Key, dict[str, str]]:
    from desktopmail.store.secrets.sealed import unseal

    return unseal(raw, passphrase)


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(LARGEST)


def _replace(file: Path, key: Key, entries: dict[str, str]) -> None:
    """Write a file of our own beside it, make sure it is on the disk, and give it the name."""
    from desktopmail.store.secrets.sealed import seal

    raw = seal(key, entries)
    fresh = file.with_name(f"{file.name}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    settle(file.parent)


def _put_aside(file: Path) -> Path | None:
    """Give the file a name that no other has; None when there is none."""
    if not file.exists():
        return None
    now = time.strftime("%Y%m%d-%H%M%S")
    aside = file.with_name(f"{file.name}.{now}.old")
    for number in count(2):
        if not aside.exists():
            break
        aside = file.with_name(f"{file.name}.{now}-{number}.old")
    return file.replace(aside)


def _no_file(error: OSError) -> SecretsUnavailable:
    return SecretsUnavailable(
        phrase("The file with the passwords cannot be read or written"),
        phrase("Nothing was changed. Look at the disk and at the rights of the profile's folder."),
        f"{type(error).__name__} {error.errno}",
    )
