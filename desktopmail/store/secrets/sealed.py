"""A small set of secrets as bytes that only a passphrase opens: scrypt (RFC 7914) and AES-256-GCM. No I/O.

The file says how its key is made; everything it says is bound into the encryption, and limits keep a forged one from
taking more than 256 MB of memory.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
from dataclasses import dataclass, field

from desktopmail.domain.errors import PassphraseWrong, VaultDamaged
from desktopmail.domain.saying import phrase

FORMAT = "desktopmail passwords"
COST, BLOCK, LANES = 2**16, 8, 1
MAX_COST, MAX_BLOCK, MAX_LANES = 2**18, 8, 4
KEY = 32


@dataclass(frozen=True, slots=True)
class Key:
    """What a passphrase and a salt make; opens and seals for as long as it is held."""

    salt: bytes
    cost: int
    block: int
    lanes: int
    secret: bytes = field(repr=False)
    proof: bytes = field(repr=False)


def new_key(passphrase: str) -> Key:
    """A key with a fresh salt. Takes some 0.2 s and 64 MB: not for the loop."""
    return _key(passphrase, os.urandom(16), COST, BLOCK, LANES)


def _key(passphrase: str, salt: bytes, cost: int, block: int, lanes: int) -> Key:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    made = Scrypt(salt=salt, length=2 * KEY, n=cost, r=block, p=lanes).derive(passphrase.encode())
    return Key(salt, cost, block, lanes, made[:KEY], made[KEY:])


def seal(key: Key, entries: dict[str, str]) -> bytes:
    """The entries as a file."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    head = _head(key)
    nonce = os.urandom(12)
    hidden = AESGCM(key.secret).encrypt(nonce, json.dumps(entries).encode(), _bound(head))
    document = {**head, "nonce": _text(nonce), "data": _text(hidden)}
    return (json.dumps(document, indent=1) + "\n").encode()


def unseal(raw: bytes, passphrase: str) -> tuple[Key, dict[str, str]]:
    """The key of a file and what is in it. Raises PassphraseWrong, and VaultDamaged when it is the file's fault."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        document = json.loads(raw)
        if document["format"] != FORMAT or document["version"] != 1:
            raise VaultDamaged(
                phrase("This is no file of passwords that this version can read"), phrase("Nothing of it was changed.")
            )
        salt, proof, nonce, hidden = (_bytes(document[name]) for name in ("salt", "proof", "nonce", "data"))
        cost, block, lanes = (int(document[name]) for name in ("cost", "block", "lanes"))
        if not _bearable(cost, block, lanes) or len(nonce) != 12:
            raise _damaged()
        key = _key(passphrase, salt, cost, block, lanes)
        if not hmac.compare_digest(key.proof, proof):
            raise PassphraseWrong(phrase("This is not the passphrase"), phrase("Nothing was changed. Try again."))
        entries = json.loads(AESGCM(key.secret).decrypt(nonce, hidden, _bound(_head(key))))
        if not isinstance(entries, dict) or not all(isinstance(each, str) for each in entries.values()):
            raise _damaged()
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error, InvalidTag) as error:
        raise _damaged() from error
    return key, entries


def _bearable(cost: int, block: int, lanes: int) -> bool:
    power = cost & (cost - 1) == 0
    return power and 2**10 <= cost <= MAX_COST and 1 <= block <= MAX_BLOCK and 1 <= lanes <= MAX_LANES


def _head(key: Key) -> dict[str, str | int]:
    return {
        "format": FORMAT,
        "version": 1,
        "salt": _text(key.salt),
        "cost": key.cost,
        "block": key.block,
        "lanes": key.lanes,
        "proof": _text(key.proof),
    }


def _bound(head: dict[str, str | int]) -> bytes:
    return json.dumps(head, sort_keys=True).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _damaged() -> VaultDamaged:
    return VaultDamaged(
        phrase("The file with the passwords is damaged"),
        phrase("It is left as it is, and mail here is safe. Put back a copy of it, or enter the passwords anew."),
    )
