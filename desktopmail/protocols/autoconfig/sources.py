"""The places where a provider's servers are published, each asked by one small function. They do not know each other.

Only the domain of an address goes to anybody; the whole address goes to `autoconfig.DOMAIN` alone, over https, because
the draft wants it there (draft-ietf-mailmaint-autoconfig) and that host is the domain's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import MailError, ProtocolViolation
from desktopmail.domain.hostname import belongs
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols.autoconfig import configuration, facts, pacc, web
from desktopmail.protocols.autoconfig.answer import Answer, Candidate, Source
from desktopmail.protocols.autoconfig.configuration import Configuration
from desktopmail.protocols.autoconfig.probe import Speech
from desktopmail.protocols.autoconfig.records import Names, Target

OVER_HTTP = mark(
    "engine",
    "These settings came over a connection that is not encrypted, so somebody on the way"
    " could have changed them. Go on only if you know the servers.",
)
SERVICES = (
    (Speech.IMAP, "_imaps._tcp", Security.TLS),
    (Speech.IMAP, "_imap._tcp", Security.STARTTLS),
    (Speech.POP3, "_pop3s._tcp", Security.TLS),
    (Speech.POP3, "_pop3._tcp", Security.STARTTLS),
    (Speech.SMTP, "_submissions._tcp", Security.TLS),
    (Speech.SMTP, "_submission._tcp", Security.STARTTLS),
)
MOST_TARGETS = 3
MOST_EXCHANGES = 10
MOST_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Places:
    """Where published settings are; `{domain}` and `{address}` are replaced. Without an `ispdb` it is not asked."""

    pacc: str = "https://ua-auto-config.{domain}/.well-known/user-agent-configuration.json"
    autoconfig: str = "https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}"
    well_known: str = "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"
    ispdb: str = "https://v1.ispdb.net/{domain}"
    plain: str = "http://autoconfig.{domain}/mail/config-v1.1.xml"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every source. `seconds` bounds one document; `visit` hears host and port before a connection."""

    address: str
    domain: str
    places: Places
    names: Names
    seconds: float
    visit: Callable[[str, int], None]


async def agents(asked: Question) -> Answer:
    """The domain's own host for programs like this one, over https, when DNS confirms what it says."""
    url = asked.places.pacc.format(domain=asked.domain)
    page = await web.get(url, timeout=asked.seconds, visit=asked.visit)
    records = await asked.names.texts(f"_ua-auto-config.{asked.domain}")
    if not pacc.confirmed(page.body, records):
        raise ProtocolViolation(
            phrase("The published settings are not those that DNS confirms"), phrase("They are left aside.")
        )
    found = pacc.read(page.body, asked.address)
    owners = frozenset({asked.domain, page.host})
    hosts = (*owners, *(each.endpoint.host for each in found.candidates))
    near = any(belongs(urlsplit(found.issuer).hostname or "", host) for host in hosts)
    return Answer(
        Source.PACC,
        found.provider,
        found.candidates,
        owners,
        documentation=found.documentation,
        sign_in=found.sign_in,
        issuer=found.issuer if near else "",
    )


async def autoconfig(asked: Question) -> Answer:
    """The domain's own autoconfig host, over https."""
    url = asked.places.autoconfig.format(domain=asked.domain, address=quote(asked.address, safe="@"))
    return await _published(Source.AUTOCONFIG, url, asked)


async def well_known(asked: Question) -> Answer:
    """The web server of the domain itself, over https."""
    return await _published(Source.WELL_KNOWN, asked.places.well_known.format(domain=asked.domain), asked)


async def plain(asked: Question) -> Answer:
    """The domain's own autoconfig host without encryption: only to be used when the person agrees."""
    answer = await _published(Source.PLAIN, asked.places.plain.format(domain=asked.domain), asked)
    return replace(answer, confirm=(said(OVER_HTTP),))


async def ispdb(asked: Question) -> Answer:
    """Mozilla's public collection, which is told the domain."""
    return await _collected(asked, asked.domain)


async def _collected(asked: Question, domain: str) -> Answer:
    return await _published(Source.ISPDB, asked.places.ispdb.format(domain=domain), asked)


async def _published(source: Source, url: str, asked: Question) -> Answer:
    page = await web.get(url, timeout=asked.seconds, visit=asked.visit)
    found = configuration.read(page.body, asked.address)
    own = source in (Source.AUTOCONFIG, Source.WELL_KNOWN)
    owners = frozenset({asked.domain, page.host} if own else {asked.domain})
    return _answer(source, found, owners)


def _answer(source: Source, found: Configuration, owners: frozenset[str]) -> Answer:
    candidates = tuple(
        Candidate(each.speech, Endpoint(each.host, each.port, Security(each.security), each.user))
        for each in found.servers
    )
    ways = tuple(dict.fromkeys(way for each in found.servers for way in each.ways))
    return Answer(source, found.provider, candidates, owners, documentation=found.documentation, sign_in=ways)


async def services(asked: Question) -> Answer:
    """SRV records of the domain (RFC 6186, RFC 8314 section 5.1). A target of '.' says that it is not offered."""
    found = await asyncio.gather(*(_targets(asked, name) for _, name, _ in SERVICES))
    candidates = [
        Candidate(speech, Endpoint(target.host, target.port, security, asked.address))
        for (speech, _, security), targets in zip(SERVICES, found, strict=True)
        for target in targets[:MOST_TARGETS]
        if target.host
    ]
    said_no = {
        speech
        for (speech, _, _), targets in zip(SERVICES, found, strict=True)
        if any(not each.host for each in targets)
    }
    denied = frozenset(said_no - {each.speech for each in candidates})
    return Answer(Source.SERVICES, asked.domain, tuple(candidates), frozenset({asked.domain}), denied=denied)


async def _targets(asked: Question, name: str) -> tuple[Target, ...]:
    """One look-up; that it fails says nothing about the others."""
    try:
        return await asked.names.services(f"{name}.{asked.domain}")
    except MailError:
        return ()


async def exchanges(asked: Question) -> Answer:
    """Who takes the domain's mail: a provider of the bundled facts, or else of the public collection, which is told
    the provider's domain and not the person's."""
    hosts = (await asked.names.exchanges(asked.domain))[:MOST_EXCHANGES]
    own = frozenset({asked.domain})
    for host in hosts:
        if found := facts.by_exchange(host, asked.address):
            candidates = _candidates(found.imap, found.pop3, found.smtp)
            return Answer(Source.EXCHANGES, found.provider, candidates, own, help=found.password_help)
    others = [name for host in hosts if not belongs(host, asked.domain) for name in _above(host)]
    for other in list(dict.fromkeys(others))[: MOST_QUESTIONS if asked.places.ispdb else 0]:
        try:
            answer = await _collected(asked, other)
        except MailError:
            answer = Answer(Source.EXCHANGES)
        if answer.candidates:
            return replace(answer, source=Source.EXCHANGES, owners=own)
    return Answer(Source.EXCHANGES)


def _above(host: str) -> list[str]:
    """The domains a host may be known by: the one it lies in, and the last two labels."""
    labels = host.split(".")
    return [".".join(labels[1:]), ".".join(labels[-2:])] if len(labels) > 2 else [host]


def _candidates(*kinds: tuple[Endpoint, ...]) -> tuple[Candidate, ...]:
    """Of IMAP, POP3 and SMTP, in this order."""
    return tuple(Candidate(speech, each) for speech, many in zip(Speech, kinds, strict=True) for each in many)
