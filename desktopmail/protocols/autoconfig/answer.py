"""What one source said about an address, before any of it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.account import Endpoint, SignIn
from desktopmail.protocols.autoconfig.probe import Speech


class Source(Enum):
    """Where an answer came from, in words for people; the better source stands before the other."""

    FACTS = "bundled facts"
    PACC = "published by the provider and confirmed in DNS"
    AUTOCONFIG = "published by the provider"
    WELL_KNOWN = "published on the domain's web site"
    ISPDB = "Mozilla's list of providers"
    SERVICES = "published in DNS"
    EXCHANGES = "known from who receives the mail"
    TRIED = "found by trying"
    PLAIN = "published without encryption"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return list(Source).index(self)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server that may be the right one. Without security in its endpoint it was published so, and is not used so."""

    speech: Speech
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Answer:
    """`owners` are domains whose hosts need no question: the address's own, and the host that proved over https to
    speak for it. `confirm` are sentences to be agreed to in any case. `denied` is said not to be offered. `issuer` is
    the https address of who issues tokens for these servers, or empty."""

    source: Source
    provider: str = ""
    candidates: tuple[Candidate, ...] = ()
    owners: frozenset[str] = frozenset()
    confirm: tuple[str, ...] = ()
    help: str = ""
    documentation: str = ""
    sign_in: tuple[SignIn, ...] = ()
    denied: frozenset[Speech] = frozenset()
    issuer: str = ""
