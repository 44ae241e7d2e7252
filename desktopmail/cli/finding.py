"""What was found about an address's servers, as a document and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktopmail.cli import shapes
from desktopmail.cli.output import Output
from desktopmail.domain.account import Endpoint
from desktopmail.domain.found import FoundServers, Offer

LIMITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


def document(found: FoundServers) -> dict[str, Any]:
    """The document of `discover`: each server with what it offers, null when it was not asked or did not answer."""

    def servers(endpoints: tuple[Endpoint, ...]) -> list[dict[str, Any]]:
        return [{**shapes.endpoint(each), "offer": _offer(found.seen.get(each))} for each in endpoints]

    return {
        **shapes.servers(found),
        "imap": servers(found.imap),
        "pop3": servers(found.pop3),
        "smtp": servers(found.smtp),
        "cleartext": [shapes.endpoint(each) for each in found.cleartext],
        "confirm": list(found.confirm),
        "sign_in": [each.value for each in found.sign_in],
        "oauth": found.oauth,
        "documentation": found.documentation,
        "unasked": found.unasked,
    }


def _offer(offer: Offer | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    return {
        "tls": offer.tls,
        "capabilities": sorted(offer.capabilities),
        "authentication": sorted(offer.mechanisms),
        "size_limit": offer.size_limit or None,
        "expire_days": offer.expire,
        "login_delay_seconds": offer.login_delay,
    }


def show(output: Output, found: FoundServers) -> None:
    """Tell a person: source, servers, what each offers, and what to think of before using them."""
    output.text(f"{found.provider or found.address}: {found.source}")
    kinds = (("imap", found.imap), ("pop3", found.pop3), ("smtp", found.smtp))
    servers = [(kind, each) for kind, endpoints in kinds for each in endpoints]
    output.table((kind, f"{each.host}:{each.port}", each.security.value, each.user) for kind, each in servers)
    for kind, each in servers:
        if (offer := found.seen.get(each)) is not None:
            output.text(f"{kind} {each.host}:{each.port} offers")
            for line in _offers(offer):
                output.text(f"  {line}")
    for each in found.cleartext:
        output.text(
            f"{each.host}:{each.port} is not used: it does not encrypt, so a password could be read on the way."
        )
    for words in (*found.confirm, found.password_help):
        if words:
            output.text(words)
    if found.oauth:
        output.text(f"Sign-in at the provider's own page: {found.oauth}")
    if found.documentation:
        output.text(f"The provider's help: {found.documentation}")


def _offers(offer: Offer) -> Iterator[str]:
    yield f"encryption {offer.tls}"
    yield f"authentication {' '.join(sorted(offer.mechanisms)) or 'by password'}"
    if offer.capabilities:
        yield f"abilities {' '.join(sorted(offer.capabilities))}"
    if offer.size_limit:
        yield f"messages of at most {_size(offer.size_limit)}"
    if offer.expire is not None:
        yield "messages are kept for ever" if offer.expire < 0 else f"messages may be removed after {offer.expire} days"
    if offer.login_delay:
        yield f"at most one visit in {offer.login_delay} seconds"


def _size(count: int) -> str:
    for unit, name in LIMITS:
        if count >= unit:
            return f"{count / unit:.0f} {name}"
    return f"{count} bytes"
