"""Ways to prove who one is (SASL, RFC 4422): which to take, and what to say at each step. No I/O.

A mechanism lives for one attempt. It is asked for `initial()` once, then for `answer()` per challenge.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import stringprep
import unicodedata
from collections.abc import Collection
from typing import Protocol

from desktopmail.domain.errors import ProtocolViolation, WrongUsage

MIN_ITERATIONS, MAX_ITERATIONS = 4_096, 1_000_000
CLIENT_FIRST_HEADER = "n,,"


class Mechanism(Protocol):
    """One attempt to sign in. `name` is the registered name; `proven` says whether the server proved itself too, or
    needs not to."""

    name: str

    @property
    def proven(self) -> bool: ...

    def initial(self) -> bytes: ...

    def answer(self, challenge: bytes) -> bytes: ...


def choose(offered: Collection[str], user: str, password: str) -> Mechanism | None:
    """The strongest mechanism both sides know; None when the server offers none of them. Unknown names are ignored."""
    names = {name.upper() for name in offered}
    if ScramSha256.name in names:
        return ScramSha256(user, password)
    if Plain.name in names:
        return Plain(user, password)
    return None


class Plain:
    """PLAIN (RFC 4616): user and password in one message; only ever inside TLS."""

    name = "PLAIN"
    proven = True

    def __init__(self, user: str, password: str) -> None:
        if "\0" in user or "\0" in password:
            raise WrongUsage("User name and password cannot contain a null character")
        self._message = f"\0{user}\0{password}".encode()

    def initial(self) -> bytes:
        """The whole message."""
        return self._message

    def answer(self, challenge: bytes) -> bytes:
        """PLAIN has one message; a server that asks again is told to stop."""
        raise ProtocolViolation("The server asked twice for the password", "The connection was closed.")


class ScramSha256:
    """SCRAM-SHA-256 (RFC 5802, RFC 7677): the password never crosses the line, and the server proves that it knows it.

    Without channel binding, as that is not offered alike on all systems."""

    name = "SCRAM-SHA-256"

    def __init__(self, user: str, password: str, nonce: str = "") -> None:
        self._password = prepared(password).encode()
        self._nonce = nonce or secrets.token_urlsafe(24)
        escaped = prepared(user).replace("=", "=3D").replace(",", "=2C")
        self._first = f"n={escaped},r={self._nonce}"
        self._signature = b""
        self.proven = False

    def initial(self) -> bytes:
        """client-first-message."""
        return (CLIENT_FIRST_HEADER + self._first).encode()

    def answer(self, challenge: bytes) -> bytes:
        """client-final-message for the first challenge, nothing for the second. Takes some 10 ms: not for the loop.

        Raises ProtocolViolation when the server's words are wrong or its proof does not hold."""
        if not self._signature:
            return self._final(challenge)
        self._check(challenge)
        return b""

    def _final(self, challenge: bytes) -> bytes:
        try:
            text = challenge.decode("ascii")
            fields = dict(part.split("=", 1) for part in text.split(","))
            salt = base64.b64decode(fields["s"], validate=True)
            rounds = int(fields["i"])
            nonce = fields["r"]
        except (ValueError, KeyError) as error:
            raise _nonsense() from error
        fresh = nonce.startswith(self._nonce) and len(nonce) > len(self._nonce)
        if "m" in fields or not fresh or not MIN_ITERATIONS <= rounds <= MAX_ITERATIONS:
            raise _nonsense()
        salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, rounds)
        client_key = _mac(salted, b"Client Key")
        bare = f"c={base64.b64encode(CLIENT_FIRST_HEADER.encode()).decode()},r={nonce}"
        message = f"{self._first},{text},{bare}".encode()
        self._signature = _mac(_mac(salted, b"Server Key"), message)
        stamp = _mac(hashlib.sha256(client_key).digest(), message)
        proof = bytes(left ^ right for left, right in zip(client_key, stamp, strict=True))
        return f"{bare},p={base64.b64encode(proof).decode()}".encode()

    def _check(self, challenge: bytes) -> None:
        expected = b"v=" + base64.b64encode(self._signature)
        if not hmac.compare_digest(challenge.split(b",")[0], expected):
            raise ProtocolViolation(
                "The server could not prove that it knows your password",
                "It may be an impostor. The connection was closed; your password was not sent.",
            )
        self.proven = True


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _nonsense() -> ProtocolViolation:
    return ProtocolViolation("The server's sign-in makes no sense", "The connection was closed.")


def prepared(text: str) -> str:
    """SASLprep (RFC 4013) for a query string: spaces and width made alike, forbidden characters refused."""
    if text.isascii() and text.isprintable():
        return text
    mapped = "".join(
        " " if stringprep.in_table_c12(letter) else letter for letter in text if not stringprep.in_table_b1(letter)
    )
    normal = unicodedata.normalize("NFKC", mapped)
    if any(stringprep.in_table_c21_c22(letter) or stringprep.in_table_c3(letter) for letter in normal):
        raise WrongUsage("User name and password cannot contain control characters")
    return normal
