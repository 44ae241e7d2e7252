"""Signing in with an OAuth 2 access token: OAUTHBEARER (RFC 7628) and its elder, XOAUTH2."""

from __future__ import annotations

from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.protocols.sasl.prove import nonsense
from desktopmail.protocols.transport import inert

END = "\x01"
MAX_WORDS = 4_096


class _Bearer:
    """What both have in common: a refusal comes as a challenge with the reason, which is answered before the server
    says no."""

    name = ""
    first = True
    proven = True
    farewell = b""

    def __init__(self, message: str) -> None:
        self._message = message.encode()
        self.told = ""
        self._over = False

    def initial(self) -> bytes:
        """The whole message."""
        return self._message

    def answer(self, challenge: bytes) -> bytes:
        """The end of a refused attempt; what the server said is in `told`."""
        if self._over or len(challenge) > MAX_WORDS:
            raise nonsense()
        self._over = True
        self.told = inert(challenge.decode("utf-8", "replace"))
        return self.farewell


class OAuthBearer(_Bearer):
    """OAUTHBEARER (RFC 7628 section 3.1)."""

    name = "OAUTHBEARER"
    farewell = END.encode()

    def __init__(self, user: str, token: str, host: str, port: int) -> None:
        name = _clean(user).replace("=", "=3D").replace(",", "=2C")
        super().__init__(
            f"n,a={name},{END}host={_clean(host)}{END}port={port}{END}auth=Bearer {_token(token)}{END}{END}"
        )


class XOAuth2(_Bearer):
    """XOAUTH2, as the large providers speak it: the refusal is answered with an empty line."""

    name = "XOAUTH2"

    def __init__(self, user: str, token: str) -> None:
        super().__init__(f"user={_clean(user)}{END}auth=Bearer {_token(token)}{END}{END}")


def _clean(text: str) -> str:
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text):
        raise WrongUsage(phrase("A user name cannot contain control characters"))
    return text


def _token(token: str) -> str:
    """The token, which is printable ASCII (RFC 6750 section 2.1) or no token."""
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise WrongUsage(phrase("This is no access token"), phrase("Sign in again."))
    return token
