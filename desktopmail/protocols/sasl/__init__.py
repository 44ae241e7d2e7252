"""Ways to prove who one is (SASL, RFC 4422): which to take, and what to say at each step. No I/O.

A mechanism lives for one attempt. `choose` picks it from what the server offers *on the encrypted line*, by the kind of
sign-in the account is set to; nothing is ever tried after it.
"""

from __future__ import annotations

from collections.abc import Collection

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.domain.errors import InsecureServer, ProtocolViolation, Refused
from desktopmail.domain.saying import phrase
from desktopmail.protocols.sasl.bearer import OAuthBearer, XOAuth2
from desktopmail.protocols.sasl.binding import NO_BINDING, Binding, binding
from desktopmail.protocols.sasl.plain import CramMd5, External, Login, Plain
from desktopmail.protocols.sasl.prove import Mechanism
from desktopmail.protocols.sasl.scram import Scram
from desktopmail.protocols.sasl.words import prepared
from desktopmail.protocols.transport import inert

__all__ = [
    "NO_BINDING",
    "Binding",
    "CramMd5",
    "External",
    "Login",
    "Mechanism",
    "OAuthBearer",
    "Plain",
    "Scram",
    "XOAuth2",
    "binding",
    "choose",
    "prepared",
    "refusal",
    "unbound",
]

DIGESTS = ("sha256", "sha1")
_unbound: set[tuple[str, int]] = set()
"""Servers that offer -PLUS but do not know the kind of binding we have, until the program ends."""


def choose(offered: Collection[str], endpoint: Endpoint, secret: str, tie: Binding = NO_BINDING) -> Mechanism | None:
    """The strongest mechanism that the server offers and the account's kind of sign-in allows; unknown names are
    ignored. `secret` is the password or the access token, `tie` what `binding` says about the line.

    None: sign in with a password by the protocol's own command, if it has one. Raises Refused when an account that has
    no password cannot sign in here, and InsecureServer when a token would go out in clear."""
    names = {name.upper() for name in offered}
    match endpoint.sign_in:
        case SignIn.WORD:
            return _with_password(names, endpoint, secret, tie)
        case SignIn.OAUTH2:
            return _with_token(names, endpoint, secret)
        case SignIn.CERTIFICATE:
            if External.name in names:
                return External(endpoint.user)
            raise _not_here(phrase("{0} does not take a sign-in with a certificate", endpoint.host), offered)


def _with_password(names: set[str], endpoint: Endpoint, password: str, tie: Binding) -> Mechanism | None:
    user = endpoint.user
    if (endpoint.host, endpoint.port) in _unbound:
        tie = NO_BINDING
    for digest in DIGESTS if tie else ():
        bound = Scram(digest, user, password, tie, bound=True)
        if bound.name in names:
            return bound
    for digest in DIGESTS:
        scram = Scram(digest, user, password, tie)
        if scram.name in names:
            return scram
    makers: dict[str, type[Plain | Login | CramMd5]] = {Plain.name: Plain, Login.name: Login, CramMd5.name: CramMd5}
    if endpoint.security is Security.NONE:
        makers = dict(reversed(makers.items()))
    for name, make in makers.items():
        if name in names:
            return make(user, password)
    return None


def _with_token(names: set[str], endpoint: Endpoint, token: str) -> Mechanism:
    if endpoint.security is Security.NONE:
        raise InsecureServer(
            phrase("The connection to {0} is not encrypted", endpoint.host),
            phrase("Nothing was sent: signing in with the provider works over TLS alone."),
        )
    if OAuthBearer.name in names:
        return OAuthBearer(endpoint.user, token, endpoint.host, endpoint.port)
    if XOAuth2.name in names:
        return XOAuth2(endpoint.user, token)
    title = phrase("{0} does not take a sign-in with your provider's sign-in page", endpoint.host)
    raise _not_here(title, names)


def _not_here(title: str, offered: Collection[str]) -> Refused:
    return Refused(
        title,
        phrase("Nothing was sent. Choose another way to sign in, in the account's settings."),
        inert(" ".join(sorted(offered))),
    )


def unbound(mechanism: Mechanism | None, endpoint: Endpoint) -> ProtocolViolation | None:
    """After a refusal: the error to raise instead when the server refused our kind of binding before it saw any proof
    of the password. The next connection does without it, which is no second attempt with the password."""
    if not isinstance(mechanism, Scram) or not mechanism.name.endswith("-PLUS") or mechanism.asked:
        return None
    _unbound.add((endpoint.host, endpoint.port))
    return ProtocolViolation(
        phrase("{0} does not know this way to bind a sign-in to the connection", endpoint.host),
        phrase("The password was not sent. It will be tried without the binding."),
        mechanism.told,
    )


def refusal(endpoint: Endpoint) -> tuple[str, str]:
    """What to tell when the server says no: title and detail, by what the account signs in with."""
    user, host = inert(endpoint.user), endpoint.host
    match endpoint.sign_in:
        case SignIn.WORD:
            return (
                phrase("{0} did not accept the password for {1}", host, user),
                phrase("Mail here is safe. Enter the password again; some providers want an app password."),
            )
        case SignIn.OAUTH2:
            return (
                phrase("{0} did not accept the provider's sign-in for {1}", host, user),
                phrase("Mail here is safe. Sign in with your provider again."),
            )
        case SignIn.CERTIFICATE:
            return (
                phrase("{0} did not accept the certificate for {1}", host, user),
                phrase("Mail here is safe. Ask the people who run the server, or choose another certificate."),
            )
