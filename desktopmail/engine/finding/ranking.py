"""Which of several answers is the better one, and what has to be asked before it is used. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import replace

from desktopmail.domain.account import Endpoint
from desktopmail.domain.found import FoundServers
from desktopmail.domain.hostname import belongs, owner
from desktopmail.domain.saying import phrase
from desktopmail.engine import providers
from desktopmail.engine.finding.proving import Proven
from desktopmail.protocols.autoconfig import facts
from desktopmail.protocols.autoconfig.answer import Source
from desktopmail.protocols.autoconfig.probe import Speech

MOST_NAMED = 4


def best(address: str, answers: Iterable[Proven]) -> FoundServers | None:
    """The best of these answers as what was found; None while there is nothing in them.

    One with a proven server for receiving comes before one without, then the better source. When the best says nothing
    of sending, the next that does is asked for that."""
    heard = _without_denied(list(answers))
    ranked = sorted((each for each in heard if _class(each) < NOTHING), key=rank)
    if not ranked:
        return None
    found = servers(address, ranked[0])
    if not found.smtp and (found.imap or found.pop3):
        other = next((each for each in ranked[1:] if servers(address, each).smtp), None)
        if other is not None:
            receiving = replace(
                ranked[0], clear=tuple(each for each in ranked[0].clear if each.speech is not Speech.SMTP)
            )
            return _with_sending(servers(address, receiving), servers(address, other), other)
    return found


def rank(proven: Proven) -> tuple[int, int]:
    """The smaller, the better."""
    return _class(proven), proven.answer.source.rank


def decided(answers: Iterable[Proven], open_sources: Iterable[Source]) -> bool:
    """Whether none of the sources still asked could give a better answer."""
    heard = sorted(answers, key=rank)
    if not heard or _class(heard[0]) != USABLE:
        return False
    sending = any(offer.protocol == Speech.SMTP.value for offer in heard[0].offers)
    return sending and all(each.rank > heard[0].answer.source.rank for each in open_sources)


USABLE, SILENT, SENDING, CLEAR, NOTHING = range(5)


def _class(proven: Proven) -> int:
    """How far one gets with an answer."""
    if any(offer.protocol != Speech.SMTP.value for offer in proven.offers):
        return USABLE
    if any(each.speech is not Speech.SMTP for each in proven.silent):
        return SILENT
    if proven.offers or proven.silent:
        return SENDING
    return CLEAR if proven.clear else NOTHING


def _without_denied(answers: Sequence[Proven]) -> list[Proven]:
    """Guesses do not count for what the domain says it does not offer."""
    denied = frozenset(speech for each in answers for speech in each.answer.denied)
    names = {speech.value for speech in denied}

    def kept(each: Proven) -> Proven:
        if each.answer.source is not Source.TRIED:
            return each
        offers = tuple(offer for offer in each.offers if offer.protocol not in names)
        return replace(each, offers=offers, clear=tuple(one for one in each.clear if one.speech not in denied))

    return [kept(each) for each in answers]


def servers(address: str, proven: Proven) -> FoundServers:
    """An answer as what was found: proven servers first, then those that were silent."""
    answer = proven.answer

    def of(speech: Speech) -> tuple[Endpoint, ...]:
        offered = [offer.endpoint for offer in proven.offers if offer.protocol == speech.value]
        silent = [each.endpoint for each in proven.silent if each.speech is speech]
        return tuple(dict.fromkeys((*offered, *silent)))

    imap, pop3, smtp = (of(speech) for speech in Speech)
    proven_kinds = {offer.protocol for offer in proven.offers}
    clear = tuple(each.endpoint for each in proven.clear if each.speech.value not in proven_kinds)
    foreign = () if answer.source is Source.FACTS else questions((*imap, *pop3, *smtp, *clear), answer.owners, address)
    return FoundServers(
        address,
        answer.provider,
        answer.source.value,
        imap,
        pop3,
        smtp,
        password_help=answer.help,
        confirm=(*answer.confirm, *foreign),
        cleartext=clear,
        sign_in=answer.sign_in,
        oauth=issuer((*imap, *pop3)) or answer.issuer,
        documentation=answer.documentation,
        seen={offer.endpoint: offer for offer in proven.offers},
    )


def issuer(endpoints: Iterable[Endpoint]) -> str:
    """The key of who issues tokens that the first such server takes; empty when none is known."""
    return next((key for each in endpoints if (key := providers.of_host(each.host))), "")


def _with_sending(found: FoundServers, other: FoundServers, proven: Proven) -> FoundServers:
    foreign = questions(other.smtp, proven.answer.owners, found.address)
    return replace(
        found,
        source=f"{found.source}, the outgoing server {proven.answer.source.value}",
        smtp=other.smtp,
        confirm=tuple(dict.fromkeys((*found.confirm, *proven.answer.confirm, *foreign))),
        seen={**found.seen, **{each: other.seen[each] for each in other.smtp if each in other.seen}},
    )


def questions(endpoints: Iterable[Endpoint], owners: frozenset[str], address: str) -> tuple[str, ...]:
    """A sentence for each stranger among the owners of these hosts: neither the address's domain nor who proved to
    speak for it."""
    strangers: dict[str, list[str]] = {}
    for each in endpoints:
        if not _here(each.host) and not any(belongs(each.host, domain) for domain in owners):
            hosts = strangers.setdefault(_registered(each.host), [])
            if each.host not in hosts:
                hosts.append(each.host)
    domain = address.rpartition("@")[2]
    return tuple(_question(stranger, hosts, domain) for stranger, hosts in strangers.items())


def _here(host: str) -> bool:
    """Whether this is the address of this computer; a name that only begins like one is a stranger's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _registered(host: str) -> str:
    """Whose a host is, as people know it: a domain that is known for its addresses was registered as such."""
    short = ".".join(host.split(".")[-2:])
    return short if short in facts.providers() else owner(host)


def _question(stranger: str, hosts: list[str], domain: str) -> str:
    named = hosts[:MOST_NAMED]
    if not named[1:]:
        return phrase(
            "{0} belongs to {1}, not to {2}. Go on only if {1} is the provider of this address.",
            named[0],
            stranger,
            domain,
        )
    return phrase(
        "The servers {0} and {1} belong to {2}, not to {3}. Go on only if {2} is the provider of this address.",
        ", ".join(named[:-1]),
        named[-1],
        stranger,
        domain,
    )
