"""Where passwords are: in the system's key store, in an encrypted file, in the environment, or only in memory. Never in
a file anybody can read.

`open_secrets` chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from desktopmail.domain.errors import WrongUsage
from desktopmail.store.secrets.chosen import Chosen
from desktopmail.store.secrets.keystore import Keyring
from desktopmail.store.secrets.memory import Environment, Memory
from desktopmail.store.secrets.source import ALL, PasswordSource, What, missing
from desktopmail.store.secrets.vault import Ask, Vault

__all__ = [
    "ALL",
    "Ask",
    "Chosen",
    "Environment",
    "Keyring",
    "Memory",
    "PasswordSource",
    "Vault",
    "What",
    "missing",
    "open_secrets",
]

CHOICE = "DESKTOPMAIL_SECRETS"


def open_secrets(environment: Mapping[str, str], folder: Path | None = None, ask: Ask | None = None) -> PasswordSource:
    """The source that DESKTOPMAIL_SECRETS names: `env:VAR`, `memory`, `keyring`, or `vault` (the encrypted file in the
    profile's `folder`, whose passphrase `ask` gets). Unset: what the person chose for the profile."""
    choice = environment.get(CHOICE, "")
    kind, _, name = choice.partition(":")
    if kind == "env" and name:
        return Environment(environment, name)
    if choice == "memory":
        return Memory()
    if choice == "vault" and folder is not None:
        return Vault(folder, ask)
    if choice == "keyring" or (not choice and folder is None):
        return Keyring()
    if not choice and folder is not None:
        return Chosen(folder, ask)
    raise WrongUsage(f"{CHOICE} is not understood", "It may be env:NAME, memory, keyring or vault.")
