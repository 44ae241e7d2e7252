"""People in words: to whom a message went, what is known about its sender, addresses that fit a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.address import Address
from desktopmail.domain.body import Body
from desktopmail.gui.files import shown_name

MOST_SHOWN = 200
"""Addresses that are listed; more are counted."""

NOBODY = Address("", "")


def to_words(to: Sequence[Address], cc: Sequence[Address], own: frozenset[str]) -> str:
    """'to me', 'to me and 3 others', 'to Ada and Bob', 'to Ada and 12 others'."""

    translate = QCoreApplication.translate

    everyone = [*to, *cc]
    if not everyone:
        return translate("header", "to nobody named")
    mine = [each for each in everyone if each.address.casefold() in own]
    first = translate("header", "me") if mine else one_line(shown_name(everyone[0].shown, ""))[:60]
    others = [each for each in everyone if each not in mine] if mine else everyone[1:]
    if not others:
        return translate("header", "to {0}").format(first)
    if len(others) == 1:
        return translate("header", "to {0} and {1}").format(first, one_line(shown_name(others[0].shown, ""))[:60])
    return translate("header", "to {0} and {1} others").format(first, len(others))


def verdict_words(body: Body) -> str:
    """What a trusted verifier said about the sender, in one sentence; empty when nothing is known."""
    verdict = body.verdict
    if verdict.by is None:
        return ""
    if verdict.dmarc == "pass" and verdict.aligned:
        text = QCoreApplication.translate("header", "{0} confirmed that this came from {1}")
        return text.format(verdict.by, body.sender[0].domain if body.sender else "")
    if "fail" in (verdict.dmarc, verdict.dkim, verdict.spf):
        return QCoreApplication.translate("header", "{0} could not confirm the sender").format(verdict.by)
    return ""


def listed(people: Sequence[Address]) -> str:
    """Names and addresses in one line; of very many only the first."""
    shown = ", ".join(one_line(each.full) for each in people[:MOST_SHOWN])
    return shown + (f", … (+{len(people) - MOST_SHOWN})" if len(people) > MOST_SHOWN else "")


def one_line(text: str) -> str:
    """Text without line breaks and runs of white space."""
    return " ".join(text.split())


def keep_domain(address: str, room: float, width: Callable[[str], float]) -> str:
    """An address shortened to `room` in its local part only: the domain is never cut."""
    if width(address) <= room + 1:
        return address
    local, at, domain = address.rpartition("@")
    while local and width(f"{local}…{at}{domain}") > room:
        local = local[:-1]
    return f"{local}…{at}{domain}"
