"""Finds the servers of an address: what is known, what its provider publishes, and what answers under the usual names.

No password is involved, nothing without TLS is ever used, and whatever came from a stranger says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.found import FoundServers
from desktopmail.domain.hostname import host_name
from desktopmail.domain.saying import phrase
from desktopmail.engine.finding.guesses import USUAL, Usual, guess
from desktopmail.engine.finding.ranking import issuer
from desktopmail.engine.finding.search import NOTHING, Limits, Search, Where
from desktopmail.engine.hosts import Noting, silent
from desktopmail.protocols.autoconfig import facts
from desktopmail.protocols.autoconfig.answer import Answer, Candidate, Source
from desktopmail.protocols.autoconfig.probe import Speech
from desktopmail.protocols.autoconfig.records import Names
from desktopmail.protocols.autoconfig.sources import Places
from desktopmail.protocols.smtp.envelope import ascii_domain, path

Better = Callable[[FoundServers], None]


@dataclass(frozen=True, slots=True)
class Discovery:
    """Answers one question; keeps nothing. The defaults ask the real world; all of it can be pointed elsewhere.

    `usual` says what is tried for each kind: what stands before the domain, the port and the protection. `noting`
    hears every host before it is spoken to, `listed` says whether the public list of providers may be asked."""

    usual: Usual = field(default_factory=lambda: USUAL)
    places: Places = field(default_factory=Places)
    names: Names = field(default_factory=Names)
    limits: Limits = field(default_factory=Limits)
    noting: Noting = silent
    listed: Callable[[], bool] = lambda: True

    async def find(
        self,
        address: str,
        *,
        offline: bool = False,
        say: Callable[[str], None] | None = None,
        better: Better | None = None,
    ) -> FoundServers:
        """The servers for a mail address, the best of each kind first; with empty lists when nothing was found.

        `offline` looks only at the bundled facts and asks nobody. `say` is told what is being done. `better` hears the
        first answer that needs no question at once, and each one that replaces it; what is returned is the last.

        Only the domain of the address is told to others, except that the domain's own host `autoconfig.DOMAIN` is asked
        for the whole address, over https. Raises WrongUsage when the address is none."""
        local, domain = _parts(address)
        mailbox = f"{local}@{domain}"
        show = better or (lambda found: None)
        known = _known(mailbox)
        if known is not None and not known.empty:
            show(known)
        if offline or (known is not None and known.empty) or "." not in domain:
            return known or FoundServers(address, "", NOTHING)
        tell = say or (lambda words: None)
        places = self.places if self.listed() else replace(self.places, ispdb="")
        where = Where(places, self.names, self.usual, self.noting)
        search = Search(mailbox, domain, where, self.limits, tell, show)
        if known is not None:
            return await search.look(_answer(known))
        tell(phrase("Looking for the mail servers of {0}…", domain))
        return await (search.run() if host_name(domain) else search.look(guess(mailbox, domain, self.usual)))


def _parts(address: str) -> tuple[str, str]:
    """What stands before the @, and the domain in lower-case ASCII."""
    try:
        wire = path(address)
        local, _, domain = address.rpartition("@") if wire.text else ("", "", "")
        domain = ascii_domain(domain).lower().removesuffix(".") if domain else ""
    except WrongUsage as error:
        raise _no_address() from error
    if not domain:
        raise _no_address()
    return local, domain


def _no_address() -> WrongUsage:
    return WrongUsage(phrase("This is not a mail address"), phrase("It has a name, an @ and a domain: ada@example.org"))


def _known(mailbox: str) -> FoundServers | None:
    known = facts.look_up(mailbox)
    return replace(known, oauth=issuer((*known.imap, *known.pop3))) if known is not None else None


def _answer(known: FoundServers) -> Answer:
    """Bundled facts as what a source says."""
    kinds = zip(Speech, (known.imap, known.pop3, known.smtp), strict=True)
    candidates = tuple(Candidate(speech, each) for speech, many in kinds for each in many)
    return Answer(Source.FACTS, known.provider, candidates, help=known.password_help)
