"""What a message's warnings say to a person, as notices above its text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.body import Body, Warning
from desktopmail.gui.marking import mark
from desktopmail.gui.reader.people import listed, one_line
from desktopmail.gui.widgets.strip import Act, Notice

translate = QCoreApplication.translate


def notices(body: Body, source: Act) -> list[Notice]:
    """What a body's warnings say to a person. Remote pictures and attachments have places of their own."""
    found: list[Notice] = []
    for warning in body.warnings:
        notice = _notice(warning, body, source)
        if notice is not None and notice.text not in [each.text for each in found]:
            found.append(notice)
    found += _deliveries(body)
    verdict = body.verdict
    if verdict.by is not None and verdict.dmarc == "fail":
        text = translate("strips", "{0} checked the sender and could not confirm it. Do not rely on the name above.")
        found.append(Notice(text.format(verdict.by), "shield-alert", "bad", weight=9))
    return found


def _deliveries(body: Body) -> list[Notice]:
    """What a delivery report says (RFC 3464), by recipient."""
    sentences = {
        "failed": (translate("strips", "Your message did not reach {0}"), "circle-alert", "bad", 8),
        "delayed": (
            translate("strips", "Your message to {0} is delayed and is still being tried"),
            "clock-alert",
            "care",
            7,
        ),
        "delivered": (translate("strips", "Your message reached {0}"), "circle-check", "good", 4),
    }
    found = []
    for each in body.delivery[:20]:
        if each.action in sentences:
            words, icon, tone, weight = sentences[each.action]
            text = words.format(one_line(each.recipient)[:200])
            found.append(Notice(text, icon, tone, weight=weight, tip=one_line(each.diagnostic)[:500]))
    return found


def _notice(warning: Warning, body: Body, source: Act) -> Notice | None:
    detail = one_line(warning.detail)[:300]
    kind = warning.kind
    if kind in (
        "not-downloaded",
        "held-back",
        "remote-content",
        "executable-attachment",
        "type-mismatch",
        "name-altered",
    ):
        return None
    if kind in ("damaged-headers", "damaged-structure", "too-deep", "too-large", "undecodable"):
        acts = ((translate("strips", "Show source"), source),)
        return Notice(_damage(kind, detail), "triangle-alert", "secondary", acts, 2)
    if kind == "reply-to-differs":
        where = listed(body.reply_to) or detail
        return Notice(translate("strips", "An answer goes to {0}").format(where), "corner-up-left", "care", weight=5)
    words, icon, tone, weight = _WORDS.get(kind, ("{0}", "info", "secondary", 1))
    text = translate("strips", words).format(detail) if "{0}" in words else translate("strips", words)
    return Notice(text, icon, tone, weight=weight) if text.strip() else None


def _damage(kind: str, detail: str) -> str:
    return translate("strips", _DAMAGE[kind]) if kind in _DAMAGE else detail


_DAMAGE = {
    "damaged-headers": mark("strips", "The head of this message is damaged; shown as far as it can be read"),
    "damaged-structure": mark("strips", "This message is not well formed; shown as far as it can be read"),
    "too-deep": mark("strips", "This message is nested too deeply to show all of it"),
    "too-large": mark("strips", "Part of this message is too large to show"),
    "undecodable": mark("strips", "Some characters of this message could not be read"),
}
_WORDS: dict[str, tuple[str, str, str, int]] = {
    "several-from": (mark("strips", "This message names several senders: {0}"), "users", "care", 7),
    "no-sender": (mark("strips", "This message does not say who sent it."), "circle-help", "care", 6),
    "ambiguous-address": (
        mark("strips", "The sender's address is written in an unclear way: {0}"),
        "circle-alert",
        "care",
        6,
    ),
    "name-looks-like-address": (
        mark("strips", "The sender's name looks like another address: {0}"),
        "circle-alert",
        "care",
        7,
    ),
    "confusable-domain": (mark("strips", "The sender's address looks like another one: {0}"), "shield-alert", "bad", 8),
    "bidi-or-control": (
        mark("strips", "The head of this message has hidden characters: {0}"),
        "circle-alert",
        "care",
        5,
    ),
    "unknown-for-known-name": (
        mark("strips", "You know this name under another address: {0}"),
        "circle-alert",
        "care",
        7,
    ),
    "link-differs": (mark("strips", "A link goes elsewhere than it says: {0}"), "link", "care", 8),
    "suspicious-link": (mark("strips", "A link hides where it goes: {0}"), "link", "care", 8),
    "external-body": (
        mark("strips", "Part of this message lies elsewhere and is not fetched: {0}"),
        "cloud-off",
        "secondary",
        2,
    ),
    "receipt-requested": (
        mark("strips", "The sender asks to be told when you read this. Nothing was sent."),
        "mail",
        "secondary",
        3,
    ),
    "unsigned-part-beside-signed": (
        mark("strips", "Only a part of this message is signed."),
        "shield-alert",
        "care",
        6,
    ),
}
