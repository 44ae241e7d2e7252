"""The authorization servers that are known, and how this program is known to them.

A client id comes from the environment (DESKTOPMAIL_OAUTH_<PROVIDER>_ID and _SECRET), or else from the settings. The
program brings none of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.oauth import Provider
from desktopmail.domain.saying import phrase

FILE = Path(__file__).resolve().parents[2] / "resources" / "oauth.json"
SETTING = "oauth_clients"
"""Name of the stored pairs: provider → [client id, client secret]."""

Clients = Mapping[str, tuple[str, str]]


@lru_cache(maxsize=1)
def known() -> dict[str, Provider]:
    """The providers of the file, without client ids."""
    entries: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["providers"]
    return {key: _provider(key, entry) for key, entry in entries.items()}


def _provider(key: str, entry: dict[str, Any]) -> Provider:
    return Provider(
        key,
        entry["name"],
        entry["authorise"],
        entry["token"],
        tuple(entry["scopes"]),
        tuple(entry["domains"]),
        entry.get("host", "127.0.0.1"),
        tuple(entry.get("extra", {}).items()),
        entry.get("issuer", ""),
        help=entry["help"],
    )


def named(key: str, clients: Clients, environment: Mapping[str, str]) -> Provider:
    """A provider with the client id that is configured, which may be none. Raises NotFound."""
    found = known().get(key)
    if found is None:
        raise NotFound(phrase("No provider is called {0}", key), phrase("Known are {0}.", ", ".join(known())))
    return with_client(found, clients, environment)


def with_client(provider: Provider, clients: Clients, environment: Mapping[str, str]) -> Provider:
    """The provider with its configured client id and secret."""
    variable = f"DESKTOPMAIL_OAUTH_{_word(provider.key)}"
    client, secret = clients.get(provider.key, ("", ""))
    if named_there := environment.get(f"{variable}_ID", ""):
        client, secret = named_there, environment.get(f"{variable}_SECRET", "")
    return replace(provider, client=client, client_secret=secret)


def _word(key: str) -> str:
    host = urlsplit(key).hostname if "://" in key else key
    return re.sub(r"[^A-Z0-9]+", "_", (host or key).upper())


def of_host(host: str) -> str:
    """The key of the provider whose tokens a mail server takes; empty when none is known for it."""
    return next((key for key, provider in known().items() if provider.may_see(host)), "")


def stored(value: Any) -> dict[str, tuple[str, str]]:
    """The stored pairs, as far as they are ones."""
    if not isinstance(value, dict):
        return {}
    return {
        str(key): (pair[0], pair[1])
        for key, pair in value.items()
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, str) for each in pair)
    }


def checked(client: str, secret: str) -> tuple[str, str]:
    """A client id and secret as they were typed, trimmed. Raises WrongUsage for what cannot be one."""
    trimmed = client.strip(), secret.strip()
    for each in trimmed:
        if len(each) > 500 or not each.isascii() or (each and not each.isprintable()):
            raise WrongUsage(phrase("This is no client id"), phrase("It is a short line of letters, digits and signs."))
    return trimmed
