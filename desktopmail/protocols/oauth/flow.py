"""One attempt to be let in: what goes to the provider's page, and whether what comes back belongs to it. No I/O."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit, urlunsplit

from desktopmail.domain.errors import MailError, ProtocolViolation, SignInRefused
from desktopmail.domain.oauth import Provider
from desktopmail.domain.saying import phrase
from desktopmail.protocols.transport import inert


@dataclass(frozen=True, slots=True)
class Attempt:
    """A verifier (RFC 7636) and a state, both new for each attempt and of 256 bits, and the way back."""

    provider: Provider
    redirect: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def address(self, login: str = "") -> str:
        """What the browser opens (RFC 6749 section 4.1.1). `login` saves the person from typing it again."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        values = {
            "response_type": "code",
            "client_id": self.provider.client,
            "redirect_uri": self.redirect,
            "scope": " ".join(self.provider.scopes),
            "state": self.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **dict(self.provider.extra),
        }
        if login:
            values["login_hint"] = login
        parts = urlsplit(self.provider.authorise)
        query = "&".join(each for each in (parts.query, urlencode({k: v for k, v in values.items() if v})) if each)
        return urlunsplit(parts._replace(query=query, fragment=""))

    def ours(self, values: Mapping[str, str]) -> bool:
        """Whether an answer carries this attempt's state; all others are nobody's."""
        return hmac.compare_digest(values.get("state", "").encode(), self.state.encode())

    def code(self, values: Mapping[str, str]) -> str:
        """The code of an answer that is ours. Raises SignInRefused when the person or the provider said no, and
        ProtocolViolation when another server than the one that was asked answered (RFC 9207)."""
        issuer = values.get("iss", "")
        expected = self.provider.issuer
        if expected and (issuer or self.provider.names_issuer) and issuer != expected:
            raise ProtocolViolation(
                phrase("The answer came from another provider than the one that was asked"),
                phrase("Somebody may be interfering. Nothing was stored."),
            )
        if error := values.get("error", ""):
            raise refused(self.provider.name, error, values.get("error_description", ""))
        if not values.get("code"):
            raise ProtocolViolation(
                phrase("{0} gave an answer that makes no sense", self.provider.name), phrase("Nothing was stored.")
            )
        return values["code"]


def refused(name: str, error: str, description: str = "") -> MailError:
    """What an error of an authorization server means (RFC 6749 sections 4.1.2.1 and 5.2)."""
    log = inert(f"{error}: {description}")
    known = {
        "access_denied": (
            phrase("{0} was told not to let this program in", name),
            phrase("Nothing was stored. Try again, or not."),
        ),
        "admin_policy_enforced": _by_policy(name),
        "consent_required": _by_policy(name),
        "unauthorized_client": (
            phrase("{0} does not know this program", name),
            phrase("The client id in the settings may be wrong. An app password may work instead."),
        ),
        "invalid_grant": (
            phrase("{0} wants you to sign in again", name),
            phrase("Mail here is safe, and what waits to be sent is kept."),
        ),
    }
    known["invalid_client"] = known["unauthorized_client"]
    if "AADSTS65001" in description or "AADSTS90094" in description:
        return SignInRefused(*_by_policy(name), log)
    title, detail = known.get(error, (phrase("{0} refused to sign you in", name), phrase("Nothing was stored.")))
    return SignInRefused(title, detail, log)


def _by_policy(name: str) -> tuple[str, str]:
    return (
        phrase("{0} wants an administrator to allow this program", name),
        phrase("Your organisation decides this. Ask its administrators; mail here is safe."),
    )
