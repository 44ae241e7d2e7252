"""Whom a message is from and to, as MAIL and RCPT say it (RFC 5321 sections 4.1.1.2 and 4.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import idna

from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.saying import phrase

_ATOM = re.compile(r"[^\x00-\x20\x7f()<>@,;:\\\"\[\]]+")
_QUOTED = re.compile(r'"(?:[^\x00-\x1f\x7f"\\]|\\[\x20-\x7e])*"')
_LITERAL = re.compile(r"\[[0-9A-Za-z:.\-]{1,60}\]")
_LABEL = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_\-]{0,61}[0-9A-Za-z_])?")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message ready to be handed over. `sender` and `recipients` are addr-specs, `sender` may be empty (a report);
    `raw` is the whole message; `utf8` says that its header fields hold UTF-8 (RFC 6532)."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    utf8: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """An address as it goes over the line. `plain`: it is ASCII, so that any server can carry it (RFC 6531)."""

    text: str
    plain: bool


def path(address: str) -> Path:
    """The wire form of an addr-spec: the domain in its ASCII form (RFC 5891), the local part untouched.

    WrongUsage when the address could not be said without changing what the command means."""
    if not address:
        return Path("", True)
    local, at, domain = address.rpartition("@")
    well_formed = _QUOTED.fullmatch(local) or _ATOM.fullmatch(local)
    if not at or not well_formed or len(address) > 900:
        raise WrongUsage(
            phrase("“{0}” is not a mail address.", address[:100]),
            phrase("Nothing was sent. Correct it and send again."),
        )
    text = f"{local}@{ascii_domain(domain)}"
    return Path(text, text.isascii())


def ascii_domain(domain: str) -> str:
    """A domain in its ASCII form; address literals stay as they are. WrongUsage when it is none."""
    if _LITERAL.fullmatch(domain):
        return domain
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise _no_domain(domain) from error
    labels = domain.removesuffix(".").split(".")
    if len(domain) > 255 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _no_domain(domain)
    return domain


def _no_domain(domain: str) -> WrongUsage:
    return WrongUsage(
        phrase("“{0}” is not a domain.", domain[:100]), phrase("Nothing was sent. Correct the address and send again.")
    )
