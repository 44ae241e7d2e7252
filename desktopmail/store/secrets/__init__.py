"""Where passwords are: in the system's key store, in an encrypted file, in the environment, or only in memory. Never in
a file anybody can read.

`open_secrets` chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.store.secrets.memory import Environment, Memory
from desktopmail.store.secrets.source import ALL, PasswordSource, What, missing

if TYPE_CHECKING:
    from desktopmail.store.secrets.vault import Ask

__all__ = [
    "ALL",
    "Environment",
    "Memory",
    "PasswordSource",
    "What",
    "missing",
    "open_secrets",
    "secrets_later",
]

CHOICE = "DESKTOPMAIL_SECRETS"


def open_secrets(environment: Mapping[str, str], folder: Path | None = None, ask: Ask | None = None) -> PasswordSource:
    """The source that DESKTOPMAIL_SECRETS names: `env:VAR`, `memory`, `keyring`, or `vault` (the encrypted file in the
    profile's `folder`, whose passphrase `ask` gets). Unset: what the person chose for the profile."""
    return secrets_later(environment, folder, ask)()


def secrets_later(
    environment: Mapping[str, str], folder: Path | None = None, ask: Ask | None = None
) -> Callable[[], PasswordSource]:
    """Opens what `open_secrets` would, when it is called; that a choice is not understood is said at once."""
    choice = environment.get(CHOICE, "")
    kind, _, name = choice.partition(":")
    if kind == "env" and name:
        return lambda: Environment(environment, name)
    if choice == "memory":
        return Memory
    if choice == "vault" and folder is not None:
        return lambda: _vault(folder, ask)
    if choice == "keyring" or (not choice and folder is None):
        return _keyring
    if not choice and folder is not None:
        return lambda: _chosen(folder, ask)
    raise WrongUsage(phrase("{0} is not understood", CHOICE), phrase("It may be env:NAME, memory, keyring or vault."))


def _vault(folder: Path, ask: Ask | None) -> PasswordSource:
    from desktopmail.store.secrets.vault import Vault

    return Vault(folder, ask)


def _keyring() -> PasswordSource:
    from desktopmail.store.secrets.keystore import Keyring

    return Keyring()


def _chosen(folder: Path, ask: Ask | None) -> PasswordSource:
    from desktopmail.store.secrets.chosen import Chosen

    return Chosen(folder, ask)
