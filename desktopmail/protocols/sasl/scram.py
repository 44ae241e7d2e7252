"""SCRAM (RFC 5802, RFC 7677): the password never crosses the line, and the server proves that it knows it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.saying import phrase
from desktopmail.protocols.sasl.binding import NO_BINDING, Binding
from desktopmail.protocols.sasl.prove import nonsense
from desktopmail.protocols.sasl.words import prepared
from desktopmail.protocols.transport import inert

MIN_ITERATIONS, MAX_ITERATIONS = 4_096, 1_000_000


class Scram:
    """One SCRAM attempt with the given hash.

    `bound` sends the binding (-PLUS). Otherwise a binding that we could have sent makes us say so ('y'), so that a
    server which offers -PLUS notices when somebody took it out of its list."""

    first = True

    def __init__(
        self, digest: str, user: str, password: str, tie: Binding = NO_BINDING, *, bound: bool = False, nonce: str = ""
    ) -> None:
        self._digest = digest
        self.name = NAMES[digest] + ("-PLUS" if bound else "")
        self.told = ""
        self.asked = False
        self.proven = False
        self._password = prepared(password).encode()
        self._nonce = nonce or secrets.token_urlsafe(24)
        header = f"p={tie.kind},," if bound else ("y,," if tie else "n,,")
        self._header = header.encode()
        self._bound = self._header + (tie.data if bound else b"")
        escaped = prepared(user).replace("=", "=3D").replace(",", "=2C")
        self._first = f"n={escaped},r={self._nonce}"
        self._signature = b""

    def initial(self) -> bytes:
        """client-first-message."""
        return self._header + self._first.encode()

    def answer(self, challenge: bytes) -> bytes:
        """client-final-message for the first challenge, nothing for the second. Takes some 10 ms: not for the loop.

        Raises ProtocolViolation when the server's words are wrong or its proof does not hold."""
        if challenge.startswith(b"e=") and not self.proven:
            self.told = inert(challenge[2:].decode("utf-8", "replace"), 60)
            return b""
        if self.proven:
            raise nonsense()
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
            raise nonsense() from error
        fresh = nonce.startswith(self._nonce) and len(nonce) > len(self._nonce)
        if "m" in fields or not fresh or not MIN_ITERATIONS <= rounds <= MAX_ITERATIONS:
            raise nonsense()
        self.asked = True
        salted = hashlib.pbkdf2_hmac(self._digest, self._password, salt, rounds)
        client_key = self._mac(salted, b"Client Key")
        bare = f"c={base64.b64encode(self._bound).decode()},r={nonce}"
        message = f"{self._first},{text},{bare}".encode()
        self._signature = self._mac(self._mac(salted, b"Server Key"), message)
        stamp = self._mac(hashlib.new(self._digest, client_key).digest(), message)
        proof = bytes(left ^ right for left, right in zip(client_key, stamp, strict=True))
        return f"{bare},p={base64.b64encode(proof).decode()}".encode()

    def _check(self, challenge: bytes) -> None:
        expected = b"v=" + base64.b64encode(self._signature)
        if not hmac.compare_digest(challenge.split(b",")[0], expected):
            raise ProtocolViolation(
                phrase("The server could not prove that it knows your password"),
                phrase("It may be an impostor. The connection was closed; your password was not sent."),
            )
        self.proven = True

    def _mac(self, key: bytes, message: bytes) -> bytes:
        return hmac.new(key, message, self._digest).digest()


NAMES = {"sha256": "SCRAM-SHA-256", "sha1": "SCRAM-SHA-1"}
