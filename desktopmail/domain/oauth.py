"""Signing in at the provider's own page (OAuth 2): who the providers are, and what a sign-in gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Provider:
    """An authorization server and how this program is known there. `key` is a short word, or the address of an issuer
    (RFC 8414). `host` is how the loopback address is called in the way back. `client` is this program's id there;
    `client_secret` is not confidential in a program that people install (RFC 8252 section 8.5). `issuer`, where set,
    has to come back with the answer (RFC 9207). `extra` are more parameters of the first request.

    `domains` end the names of the mail servers that may ever see a token of this provider; for an issuer found by
    discovery they are the account's own servers. `help` says what to do without a client id, with the provider's
    link."""

    key: str
    name: str
    authorise: str
    token: str
    scopes: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    extra: tuple[tuple[str, str], ...] = ()
    issuer: str = ""
    names_issuer: bool = False
    register: str = ""
    help: str = ""
    client: str = ""
    client_secret: str = field(default="", repr=False)

    def may_see(self, host: str) -> bool:
        """Whether a mail server of this name belongs to the provider."""
        name = host.lower().rstrip(".")
        return any(name == domain or name.endswith(f".{domain}") for domain in self.domains)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person granted: enough to get access tokens until they take it back. Kept as one secret text."""

    provider: str
    token: str
    client: str
    hosts: tuple[str, ...]
    refresh: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    access: str = field(default="", repr=False)
    ends: float = 0.0
    lasting: bool = True

    def __str__(self) -> str:
        """The secret text; without the access token, which lives in memory alone."""
        return json.dumps(
            {
                "provider": self.provider,
                "token": self.token,
                "client": self.client,
                "hosts": list(self.hosts),
                "refresh": self.refresh,
                "client_secret": self.client_secret,
                "lasting": self.lasting,
            }
        )

    @classmethod
    def read(cls, text: str) -> Grant | None:
        """The grant a secret text holds; None when it holds none."""
        try:
            found: Any = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, Mapping):
            return None
        words = [found.get(name) for name in ("provider", "token", "client", "refresh", "client_secret")]
        hosts = found.get("hosts")
        if not isinstance(hosts, list) or not all(isinstance(each, str) for each in (*words, *hosts)):
            return None
        provider, token, client, refresh, secret = (str(each) for each in words)
        lasting = found.get("lasting") is not False
        return cls(provider, token, client, tuple(hosts), refresh, secret, lasting=lasting)

    def for_hosts(self, *hosts: str) -> Grant:
        """The same for exactly these mail servers."""
        return replace(self, hosts=tuple(sorted({each.lower() for each in hosts if each})))

    def may_go_to(self, host: str) -> bool:
        """Whether a token of it may be shown to this server."""
        return host.lower() in self.hosts
