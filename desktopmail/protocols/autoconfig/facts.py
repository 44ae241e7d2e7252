"""What is known about providers without asking anybody: the files in resources/autoconfig, read once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.found import FoundServers

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "autoconfig"
SOURCE = "bundled facts"


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider's entry. The servers are as written in the file; see resources/autoconfig/README.md."""

    name: str
    imap: tuple[str, ...]
    pop3: tuple[str, ...]
    smtp: tuple[str, ...]
    help: str

    @property
    def written(self) -> tuple[str, ...]:
        """All servers."""
        return (*self.imap, *self.pop3, *self.smtp)


def look_up(address: str) -> FoundServers | None:
    """The servers of an address whose domain is in the files; None when it is not."""
    provider = providers().get(address.rpartition("@")[2].lower())
    return _found(provider, address) if provider is not None else None


def by_exchange(host: str, address: str) -> FoundServers | None:
    """The servers of the provider to which a host that takes mail (MX) belongs, for an address of another domain;
    None when none is known or the provider's servers are named after the address."""
    labels = host.lower().split(".")
    for start in range(len(labels) - 1):
        provider = providers().get(".".join(labels[start:]))
        if provider is not None and not any("{domain}" in each for each in provider.written):
            return _found(provider, address)
    return None


def _found(provider: Provider, address: str) -> FoundServers:
    local, _, domain = address.rpartition("@")

    def endpoints(written: tuple[str, ...]) -> tuple[Endpoint, ...]:
        return tuple(_endpoint(each, local, domain.lower()) for each in written)

    return FoundServers(
        address,
        provider.name,
        SOURCE,
        endpoints(provider.imap),
        endpoints(provider.pop3),
        endpoints(provider.smtp),
        provider.help,
    )


@lru_cache(maxsize=1)
def providers() -> dict[str, Provider]:
    """All providers by domain. Our own file comes last and wins."""
    own = json.loads((FOLDER / "own.json").read_text(encoding="utf-8"))
    foreign = json.loads((FOLDER / "ispdb.json").read_text(encoding="utf-8"))
    advice: dict[str, str] = own["help"]
    found: dict[str, Provider] = {}
    for entry in (*foreign["providers"], *own["providers"]):
        provider = _provider(entry, advice)
        found.update(dict.fromkeys(entry["domains"], provider))
    return found


def _provider(entry: dict[str, Any], advice: dict[str, str]) -> Provider:
    imap, pop3, smtp = (tuple(entry.get(kind, ())) for kind in ("imap", "pop3", "smtp"))
    first = (*imap, *pop3)[:1]
    words = entry.get("help") or (advice.get(first[0].split()[1], "") if first else "")
    return Provider(entry["name"], imap, pop3, smtp, words)


def _endpoint(written: str, local: str, domain: str) -> Endpoint:
    security, host, port, user = written.split()
    users = {"address": f"{local}@{domain}", "local": local, "local.domain": f"{local}.{domain}", "none": ""}
    return Endpoint(host.replace("{domain}", domain), int(port), Security(security), users[user])
