"""Server addresses as the command line writes them: imaps://user@host:port and its relatives."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

from desktopmail.domain.account import Endpoint, Keep, Leave, Security
from desktopmail.domain.errors import NeedsPerson, WrongUsage
from desktopmail.domain.found import FoundServers

LARGEST_KB = 1_000_000
_SCHEMES = {
    "imaps": ("imap", Security.TLS, 993),
    "imap+starttls": ("imap", Security.STARTTLS, 143),
    "imap": ("imap", Security.NONE, 143),
    "pop3s": ("pop3", Security.TLS, 995),
    "pop3+starttls": ("pop3", Security.STARTTLS, 110),
    "pop3": ("pop3", Security.NONE, 110),
    "smtps": ("smtp", Security.TLS, 465),
    "smtp+starttls": ("smtp", Security.STARTTLS, 587),
    "smtp": ("smtp", Security.NONE, 587),
}


def endpoint(url: str, protocol: str, user: str, pins: frozenset[str], *, cleartext: bool) -> Endpoint:
    """The server `url` names. `protocol` is 'imap', 'pop3' or 'smtp'; `user` signs in when the URL names nobody.
    Raises WrongUsage."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as wrong:
        raise WrongUsage(f"'{url}' is not a server address", str(wrong)) from None
    known = _SCHEMES.get(parts.scheme)
    if known is None or known[0] != protocol or not host:
        raise WrongUsage(
            f"'{_without_secret(url)}' is not a server address",
            f"Write {protocol}s://user@host:port or {protocol}+starttls://user@host:port.",
        )
    if parts.password is not None:
        raise WrongUsage("A password does not belong on the command line", "Use --password-env.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise WrongUsage(f"'{url}' has more in it than user, host and port")
    _, security, usual = known
    if security is Security.NONE and not cleartext:
        raise WrongUsage(
            f"{parts.scheme}://{host} would send your password unprotected",
            f"Use {protocol}s:// or {protocol}+starttls://, or accept it with --allow-cleartext.",
        )
    name = unquote(parts.username or "") or user
    return Endpoint(host, port or usual, security, name, pins)


def agreed(found: FoundServers) -> FoundServers:
    """The same, when nothing about it has to be agreed to first. Raises NeedsPerson, which says how to agree."""
    if found.confirm:
        kinds = (("imap", found.imap), ("pop3", found.pop3), ("smtp", found.smtp))
        named = [
            f"--{kind} {url(kind, many[0])}" for kind, many in kinds if many and (kind != "pop3" or not found.imap)
        ]
        raise NeedsPerson(
            f"The servers that were found for {found.address} cannot be used unseen",
            f"{' '.join(found.confirm)} To use them, name them: {' '.join(named)}",
        )
    return found


def url(protocol: str, endpoint: Endpoint) -> str:
    """A server as the command line writes it."""
    scheme = next(
        name for name, (kind, security, _) in _SCHEMES.items() if (kind, security) == (protocol, endpoint.security)
    )
    user = f"{quote(endpoint.user, safe='')}@" if endpoint.user else ""
    return f"{scheme}://{user}{endpoint.host}:{endpoint.port}"


def pins(given: list[str]) -> frozenset[str]:
    """Fingerprints as people paste them: 64 hex digits, with or without colons. Raises WrongUsage."""
    found = {each.replace(":", "").replace(" ", "").lower().removeprefix("sha256") for each in given}
    for each in found:
        if len(each) != 64 or any(digit not in "0123456789abcdef" for digit in each):
            raise WrongUsage(f"'{each}' is not the SHA-256 fingerprint of a certificate", "It has 64 hex digits.")
    return frozenset(found)


def leave(rule: str | None) -> Leave:
    """The leave-on-server rule. Raises WrongUsage."""
    if rule is None or rule == "forever":
        return Leave(Keep.FOREVER)
    if rule == "until-deleted":
        return Leave(Keep.UNTIL_DELETED)
    if rule == "no":
        return Leave(Keep.NO)
    if rule.isascii() and rule.isdigit() and 0 < int(rule) <= 3650:
        return Leave(Keep.DAYS, int(rule))
    raise WrongUsage(f"'{rule}' is not a rule", "Say forever, a number of days, until-deleted or no.")


def max_size(kilobytes: str | None) -> int:
    """The size in bytes above which only the beginning of a message is fetched; 0: no limit. Raises WrongUsage."""
    if kilobytes is None:
        return 0
    if kilobytes.isascii() and kilobytes.isdigit() and int(kilobytes) <= LARGEST_KB:
        return int(kilobytes) * 1_000
    raise WrongUsage(f"'{kilobytes}' is not a size", f"Say a number of kilobytes up to {LARGEST_KB:,}, or 0.")


def _without_secret(url: str) -> str:
    head, at, tail = url.rpartition("@")
    scheme, mark, login = head.partition("://")
    return f"{scheme}{mark}{login.partition(':')[0]}@{tail}" if at and mark else url
