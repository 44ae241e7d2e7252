"""Names of hosts as strangers write them: which are fit to be connected to, and which belong to the same owner.

Owners are told apart without a list of all public suffixes: where it is not certain that two names have one owner,
they count as two, which costs the person a question and never a password.
"""

from __future__ import annotations

import re

LONGEST = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
LONGEST_SHARED = 3
_SHARED = "asso blogspot coop firm gouv govt info museum name police school store travel muni parliament club"
_RENTED = """
br.com cn.com co.com de.com eu.com gr.com hu.com jpn.com no.com qc.com ru.com sa.com se.com uk.com us.com za.com gb.net
hu.net jp.net se.net uk.net in.net ae.org eu.org us.org dyndns.org duckdns.org ddns.net no-ip.org zapto.org hopto.org
github.io gitlab.io pages.dev workers.dev web.app herokuapp.com azurewebsites.net cloudfront.net amazonaws.com
netlify.app vercel.app cloudapp.net googleapis.com appspot.com blogspot.com fly.dev
"""
SHARED = frozenset(_SHARED.split())
"""Second labels below a country's that belong to a registry; all of three letters or less (com.au, or.at) count too."""
RENTED = frozenset(_RENTED.split())
"""Domains whose owner lets anybody have a name below them."""


def host_name(text: str) -> str:
    """A host name in its lower-case ASCII form (RFC 5891); empty when it is none: an address literal, a name of one
    label, of this computer, or with anything in it that is no letter, digit, hyphen or underscore."""
    name = text.strip().removesuffix(".").lower()
    if not name.isascii():
        name = _ascii(name)
    labels = name.split(".")
    if len(name) > LONGEST or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    if labels[-1].isdigit() or labels[-1].startswith("0x") or labels[-1] in ("localhost", "local", "onion"):
        return ""
    return name


def _ascii(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower() if len(name) <= LONGEST else ""
    except (idna.IDNAError, UnicodeError):
        return ""


def owner(host: str) -> str:
    """The part of a host name that somebody registered: example.org of imap.example.org, example.co.uk of
    mail.example.co.uk; with one label too few the whole name."""
    labels = host.lower().rstrip(".").split(".")
    size = 2
    if len(labels) > 2:
        country = len(labels[-1]) == 2 and (labels[-2] in SHARED or len(labels[-2]) <= LONGEST_SHARED)
        if country or ".".join(labels[-2:]) in RENTED:
            size = 3
    return ".".join(labels[-size:])


def belongs(host: str, domain: str) -> bool:
    """Whether a host has the same owner as a domain: it is that domain, lies below it, or both were registered as
    one."""
    host, domain = host.lower().rstrip("."), domain.lower().rstrip(".")
    return host == domain or host.endswith(f".{domain}") or owner(host) == owner(domain)
