"""The names that servers usually have, for domains that publish nothing."""

from __future__ import annotations

from desktopmail.domain.account import Endpoint, Security
from desktopmail.protocols.autoconfig.answer import Answer, Candidate, Source
from desktopmail.protocols.autoconfig.probe import Speech

TLS, STARTTLS = Security.TLS, Security.STARTTLS

Usual = dict[Speech, tuple[tuple[str, int, Security], ...]]

USUAL: Usual = {
    Speech.IMAP: (
        ("imap.", 993, TLS),
        ("mail.", 993, TLS),
        ("", 993, TLS),
        ("imap.", 143, STARTTLS),
        ("mail.", 143, STARTTLS),
        ("", 143, STARTTLS),
    ),
    Speech.POP3: (
        ("pop.", 995, TLS),
        ("pop3.", 995, TLS),
        ("mail.", 995, TLS),
        ("", 995, TLS),
        ("pop.", 110, STARTTLS),
        ("mail.", 110, STARTTLS),
        ("", 110, STARTTLS),
    ),
    Speech.SMTP: (
        ("smtp.", 465, TLS),
        ("mail.", 465, TLS),
        ("", 465, TLS),
        ("smtp.", 587, STARTTLS),
        ("mail.", 587, STARTTLS),
        ("", 587, STARTTLS),
    ),
}


def guess(address: str, domain: str, usual: Usual) -> Answer:
    """The usual servers of a domain, the best of each kind first: TLS from the first byte before TLS by command."""
    candidates = tuple(
        Candidate(speech, Endpoint(f"{prefix}{domain}", port, security, address))
        for speech, names in usual.items()
        for prefix, port, security in sorted(names, key=lambda each: each[2] is not TLS)
    )
    return Answer(Source.TRIED, domain, candidates, frozenset({domain}))
