"""Codes and refresh tokens for access tokens (RFC 6749 sections 4.1.3 and 6), and what a server says about itself (RFC
8414, RFC 7591)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit, urlunsplit

from desktopmail.domain.errors import ProtocolViolation, Refused, Stalled
from desktopmail.domain.oauth import Grant, Provider
from desktopmail.domain.saying import phrase
from desktopmail.protocols.oauth import web
from desktopmail.protocols.oauth.flow import Attempt, refused

LIFE = 3_600.0
WELL_KNOWN = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class Access:
    """An access token, the moment (monotonic) it ends, and the refresh token that takes the old one's place."""

    token: str = field(repr=False)
    ends: float
    refresh: str = field(default="", repr=False)


async def redeem(attempt: Attempt, code: str, *, proxy: str = "") -> Grant:
    """A code for a grant. Raises SignInRefused and other MailErrors."""
    provider = attempt.provider
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.redirect,
        "client_id": provider.client,
        "code_verifier": attempt.verifier,
        "client_secret": provider.client_secret,
    }
    access = await _ask(provider.name, provider.token, form, proxy)
    if not access.refresh:
        raise Refused(phrase("{0} lets this program in for an hour only", provider.name), phrase("Nothing was stored."))
    return Grant(
        provider.key,
        provider.token,
        provider.client,
        provider.domains,
        access.refresh,
        provider.client_secret,
        access.token,
        access.ends,
    )


async def renew(grant: Grant, name: str, *, proxy: str = "") -> Access:
    """A fresh access token. Raises SignInRefused when the grant is over, and passing errors when nobody can tell."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": grant.refresh,
        "client_id": grant.client,
        "client_secret": grant.client_secret,
    }
    return await _ask(name, grant.token, form, proxy)


async def _ask(name: str, url: str, form: dict[str, str], proxy: str) -> Access:
    asked = time.monotonic()
    answer = await web.post(url, {key: value for key, value in form.items() if value}, proxy=proxy)
    if answer.status == 200:
        return _access(name, answer, asked)
    error = answer.text("error")
    if answer.status >= 500 or answer.status == 429 or error in ("temporarily_unavailable", "server_error"):
        raise Stalled(
            phrase("{0} cannot sign anybody in now", name),
            phrase("It will be tried again."),
            f"{answer.status} {error}",
        )
    if 400 <= answer.status < 500 and error:
        raise refused(name, error, answer.text("error_description"))
    raise ProtocolViolation(
        phrase("{0} gave an answer that makes no sense", name), phrase("Nothing was stored."), str(answer.status)
    )


def _access(name: str, answer: web.Answer, asked: float) -> Access:
    token, refresh = answer.text("access_token"), answer.text("refresh_token")
    life = answer.members.get("expires_in")
    said = str(life) if isinstance(life, int | float | str) else ""
    seconds = float(said) if said.isdecimal() and len(said) < 10 else LIFE
    bearer = answer.text("token_type").lower() in ("bearer", "")
    if not token or len(token) > LONGEST or len(refresh) > LONGEST or not bearer or not token.isprintable():
        raise ProtocolViolation(phrase("{0} gave a token that makes no sense", name), phrase("Nothing was stored."))
    return Access(token, asked + min(seconds, 86_400.0), refresh)


async def learn(issuer: str, *, proxy: str = "") -> Provider:
    """What an issuer says about itself (RFC 8414). Raises MailError when it says nothing that can be used."""
    issuer = issuer.rstrip("/")
    web.endpoint(issuer)
    parts = urlsplit(issuer)
    for known in WELL_KNOWN:
        paths = {known + parts.path, parts.path + known} if "openid" in known else {known + parts.path}
        for path in sorted(paths):
            answer = await web.get(urlunsplit((parts.scheme, parts.netloc, path, "", "")), proxy=proxy)
            if answer.status == 200 and answer.members:
                return _provider(issuer, answer)
    raise Refused(
        phrase("{0} does not say how to sign in there", parts.hostname), phrase("Use an app password instead.")
    )


def _provider(issuer: str, answer: web.Answer) -> Provider:
    """The issuer has to name itself exactly (RFC 8414 section 3.3), and be able to do PKCE."""
    host = urlsplit(issuer).hostname or issuer
    methods = answer.members.get("code_challenge_methods_supported", ["S256"])
    if answer.text("issuer").rstrip("/") != issuer or not isinstance(methods, list) or "S256" not in methods:
        raise Refused(phrase("{0} offers no way to sign in that is safe", host), phrase("Use an app password instead."))
    addresses = [answer.text(name) for name in ("authorization_endpoint", "token_endpoint", "registration_endpoint")]
    for url in addresses[:2] + [each for each in addresses[2:] if each]:
        web.endpoint(url)
    scopes = answer.members.get("scopes_supported")
    offered = [each for each in scopes if isinstance(each, str)] if isinstance(scopes, list) else []
    wanted = tuple(each for each in offered if each == "offline_access" or "mail" in each or "imap" in each)
    return Provider(
        issuer,
        host,
        addresses[0],
        addresses[1],
        wanted,
        issuer=answer.text("issuer"),
        names_issuer=answer.members.get("authorization_response_iss_parameter_supported") is True,
        register=addresses[2],
    )


async def register(provider: Provider, *, proxy: str = "") -> Provider:
    """Introduce this program to a server that lets everybody do so (RFC 7591); the provider with a client id."""
    document = {
        "client_name": "desktopmail",
        "application_type": "native",
        "redirect_uris": [f"http://{provider.host}/"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    answer = await web.post_json(provider.register, document, proxy=proxy)
    if answer.status not in (200, 201) or not answer.text("client_id"):
        raise Refused(
            phrase("{0} does not let this program introduce itself", provider.name),
            phrase("Use an app password instead."),
        )
    return replace(provider, client=answer.text("client_id"), client_secret=answer.text("client_secret"))
