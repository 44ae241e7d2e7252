"""The simple ways to sign in: the password itself, a keyed hash of it, or nothing because TLS has said it already."""

from __future__ import annotations

import hmac

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.saying import phrase
from desktopmail.protocols.sasl.prove import nonsense
from desktopmail.protocols.sasl.words import prepared, whole

MAX_CHALLENGE = 1_024


class Plain:
    """PLAIN (RFC 4616): user and password in one message; only ever inside TLS, or where the person chose none."""

    name = "PLAIN"
    first = True
    proven = True
    told = ""

    def __init__(self, user: str, password: str) -> None:
        self._message = f"\0{whole(user)}\0{whole(password)}".encode()

    def initial(self) -> bytes:
        """The whole message."""
        return self._message

    def answer(self, challenge: bytes) -> bytes:
        """PLAIN has one message; a server that asks again is told to stop."""
        raise _asked_again()


class Login:
    """LOGIN (draft-murchison-sasl-login): the user name for the first challenge, the password for the second. What the
    challenges say differs from server to server and means nothing."""

    name = "LOGIN"
    first = False
    proven = True
    told = ""

    def __init__(self, user: str, password: str) -> None:
        self._left = [whole(user).encode(), whole(password).encode()]

    def initial(self) -> bytes:
        """Nothing: the server asks."""
        return b""

    def answer(self, challenge: bytes) -> bytes:
        """The next of the two."""
        if not self._left:
            raise _asked_again()
        return self._left.pop(0)


class CramMd5:
    """CRAM-MD5 (RFC 2195): the password does not cross the line, but the server proves nothing."""

    name = "CRAM-MD5"
    first = False
    proven = True
    told = ""

    def __init__(self, user: str, password: str) -> None:
        self._user = whole(user)
        self._password = prepared(whole(password)).encode()
        self._answered = False

    def initial(self) -> bytes:
        """Nothing: the server begins."""
        return b""

    def answer(self, challenge: bytes) -> bytes:
        """User name and keyed hash of the challenge."""
        if self._answered:
            raise _asked_again()
        if not challenge or len(challenge) > MAX_CHALLENGE:
            raise nonsense()
        self._answered = True
        return f"{self._user} {hmac.new(self._password, challenge, 'md5').hexdigest()}".encode()


class External:
    """EXTERNAL (RFC 4422 appendix A): the client certificate of TLS says who is there. The user name is sent as the
    one to act for; without one the server takes it from the certificate."""

    name = "EXTERNAL"
    first = True
    proven = True
    told = ""

    def __init__(self, user: str) -> None:
        self._user = whole(user).encode()

    def initial(self) -> bytes:
        """The name to act for."""
        return self._user

    def answer(self, challenge: bytes) -> bytes:
        """There is nothing more to say."""
        raise _asked_again()


def _asked_again() -> ProtocolViolation:
    return ProtocolViolation(phrase("The server asked twice for the password"), phrase("The connection was closed."))
