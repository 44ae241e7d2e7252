"""Where passwords are kept, as the faces show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Keeping(Enum):
    """The places there are."""

    KEY_STORE = "key-store"
    VAULT = "vault"
    MEMORY = "memory"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Kept:
    """The place in force. `words` say where ('in the key store of this system'); `locked`: a passphrase is needed;
    `problem` says why it cannot be used now, empty when it can."""

    kind: Keeping
    words: str
    locked: bool = False
    problem: str = ""
